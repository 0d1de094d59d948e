"""A back-up put into a fresh service is that service: every table, the guards, a page."""

import gzip
import json
from datetime import timedelta
from pathlib import Path
from secrets import token_hex
from uuid import UUID

import pytest
from sqlalchemy import delete, select, update

from cloud import migrations
from cloud.accounts.tables import AuditEntry
from cloud.backup import envelope, restoring, taking
from cloud.backup.errors import Damaged, NoKey, NotEmpty
from cloud.backup.lines import Column, Head, Writer
from cloud.backup.values import Kind
from cloud.cards.tables import IssuedCard
from cloud.kit.db import Database
from cloud.kit.errors import Conflict, Invalid, Misconfigured
from cloud.kit.outbox import OutboxEvent
from cloud.kit.schema import require_current
from cloud.school.tables import School
from tests.cloud.backup.conftest import NOW, Installation, contents, guards_and_indexes


def silent(table: str, rows: int) -> None:
    pass


def take(source: Installation, folder: Path, recipient: str | None = None) -> Path:
    return taking.back_up(source.database, source.keys, folder, recipient=recipient, now=NOW, progress=silent).file


def put_back(target: Installation, file: Path, *, key: Path | None = None, replace: bool = False) -> None:
    restoring.restore(target.database, target.keys, file, key=key, replace=replace, progress=silent)


def test_a_restored_service_has_every_row_and_every_guard(
    source: Installation, target: Installation, tmp_path: Path
) -> None:
    public = envelope.new_key(tmp_path / "backup.key")
    file = take(source, tmp_path, public)
    assert file.read_bytes()[: len(envelope.AGE_BEGINS)] == envelope.AGE_BEGINS
    put_back(target, file, key=tmp_path / "backup.key")
    before = contents(source.database)
    assert all(before.values())
    assert contents(target.database) == before
    require_current(target.database)
    if target.database.is_sqlite == source.database.is_sqlite:
        assert guards_and_indexes(target.database) == source.migrated != set()
    with pytest.raises(Exception, match="append-only"), target.database.writing() as session:
        session.execute(delete(AuditEntry))
    with target.database.writing() as session:
        old = session.scalars(select(IssuedCard)).first()
        assert old
        highest = max(session.scalars(select(IssuedCard.serial)))
        values = {column.name: getattr(old, column.name) for column in IssuedCard.__table__.columns}
        session.add(card := IssuedCard(**{name: value for name, value in values.items() if name != "serial"}))
        session.flush()
        assert card.serial > highest


@pytest.mark.parametrize("target", ["sqlite"], indirect=True)
def test_a_back_up_is_of_one_moment_while_others_write(
    source: Installation, target: Installation, tmp_path: Path
) -> None:
    before = contents(source.database)

    def write_meanwhile(table: str, rows: int) -> None:
        with source.database.writing() as session:
            session.execute(update(School).values(name=f"changed while {table} was written"))
            session.execute(update(OutboxEvent).values(failure=table[:40]))

    file = taking.back_up(
        source.database, source.keys, tmp_path, recipient=None, now=NOW, progress=write_meanwhile
    ).file
    put_back(target, file)
    assert contents(target.database) == before != contents(source.database)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_there_is_replaced_only_when_asked_and_then_whole(
    source: Installation, target: Installation, tmp_path: Path
) -> None:
    file = take(source, tmp_path)
    migrations.upgrade(target.database)
    put_back(target, file)  # Migrated, but empty.
    with target.database.writing() as session:
        session.execute(update(School).values(name="Mới"))
    changed = contents(target.database)
    with pytest.raises(NotEmpty, match="--replace"):
        put_back(target, file)
    whole = file.read_bytes()
    for number, spoilt in enumerate(_spoilt(whole)):
        file.write_bytes(spoilt)
        with pytest.raises(Damaged):
            put_back(target, file, replace=True) if number == 0 else restoring.check(file, None)
    assert contents(target.database) == changed
    file.write_bytes(whole)
    put_back(target, file, replace=True)
    assert contents(target.database) == contents(source.database)


def _spoilt(whole: bytes) -> list[bytes]:
    lines = gzip.decompress(whole).splitlines(keepends=True)
    row = next(number for number, line in enumerate(lines) if line.startswith(b"[") and "Đỗ".encode() in line)
    altered = [*lines[:row], lines[row].replace("Đỗ".encode(), "Đổ".encode()), *lines[row + 1 :]]
    return [
        gzip.compress(b"".join(altered)),
        whole[: len(whole) // 2],
        b"",
        b"something else",
        gzip.compress(b"".join(lines[:row] + lines[row + 1 :])),
        gzip.compress(b"".join(lines[:-1])),
        gzip.compress(b"".join([*lines, lines[row]])),
    ]


def test_what_a_long_sealed_back_up_is_can_be_read_without_the_rest(tmp_path: Path) -> None:
    """Whoever unseals it has more to say than anybody listens to."""
    key, file = tmp_path / "backup.key", tmp_path / "long.backup"
    rows = [(token_hex(500),) for _ in range(2000)]
    with envelope.writing(file, envelope.new_key(key)) as out:
        writer = Writer(out, Head(taking.SERVICE, "1", NOW))
        writer.table("t", [Column("c", Kind.TEXT)], rows)
        writer.end()
    assert file.stat().st_size > 500_000
    assert restoring.head_of(file, key) == Head(taking.SERVICE, "1", NOW)
    assert restoring.check(file, key) == (Head(taking.SERVICE, "1", NOW), 2000)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_sealed_back_up_opens_for_its_key_alone(source: Installation, tmp_path: Path) -> None:
    public = envelope.new_key(tmp_path / "backup.key")
    file = take(source, tmp_path, public)
    assert restoring.check(file, tmp_path / "backup.key")[0].taken_at == NOW
    assert file.stat().st_mode & 0o077 == 0
    assert (tmp_path / "backup.key").stat().st_mode & 0o077 == 0
    envelope.new_key(tmp_path / "other.key")
    for key in (None, tmp_path / "other.key", file):
        with pytest.raises(NoKey):
            restoring.check(file, key)
    stored = bytearray(file.read_bytes())
    stored[-100] ^= 1
    file.write_bytes(stored)
    with pytest.raises(Damaged):
        restoring.check(file, tmp_path / "backup.key")
    with pytest.raises(Invalid, match="never written over"):
        envelope.new_key(tmp_path / "backup.key")
    with pytest.raises(Invalid, match="no age key"):
        take(source, tmp_path, "age1nonsense")
    assert not list(tmp_path.glob(".*.part"))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_back_up_of_a_newer_service_is_refused_by_name(source: Installation, tmp_path: Path) -> None:
    lines = gzip.decompress(take(source, tmp_path).read_bytes()).splitlines(keepends=True)
    head = json.loads(lines[0]) | {"schema": "9999"}
    file = tmp_path / "newer.backup"
    file.write_bytes(gzip.compress(json.dumps(head).encode() + b"\n" + b"".join(lines[1:])))
    before = contents(source.database)
    with pytest.raises(Misconfigured, match="update diemdanh-cloud"):
        put_back(source, file, replace=True)
    assert contents(source.database) == before


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_copy_brings_a_destroyed_key_back(source: Installation, database: Database, tmp_path: Path) -> None:
    school, lan, minh = UUID(int=1), UUID(int=11), UUID(int=12)
    ids = [source.keyring.live_key(school, student, now=NOW) for student in (lan, minh)]
    copy = taking.back_up_keyring(source.keys, tmp_path, recipient=None, now=NOW).file
    old_copy = copy.read_bytes()
    with copy.open("rb") as inode:  # What the disk had of it.
        source.keyring.destroy(lan, now=NOW + timedelta(days=1))
        taking.back_up_keyring(source.keys, tmp_path, recipient=None, now=NOW)
        assert set(inode.read()) == {0}
    file = take(source, tmp_path)
    # Somebody kept the copy of before after all: into the keyring that knows better, and onto a fresh machine.
    copy.write_bytes(old_copy)
    restoring.restore_keyring(source.keys, copy, key=None)
    fresh = Installation(database, f"sqlite:///{tmp_path}/fresh-keys.sqlite3")
    restoring.restore_keyring(fresh.keys, copy, key=None)
    assert len(fresh.keyring.keys(school, [key_id for key_id, _ in ids])) == 2
    put_back(fresh, file, replace=True)
    for installation in (source, fresh):
        [_, (minhs, key)] = ids
        assert installation.keyring.keys(school, [key_id for key_id, _ in ids]) == {minhs: key}
    other = Installation(database, f"sqlite:///{tmp_path}/other-keys.sqlite3")
    other.keyring.school_key(school)
    with pytest.raises(Conflict, match="another key"):
        restoring.restore_keyring(other.keys, copy, key=None)
    with pytest.raises(Invalid, match="not of the keyring"):
        restoring.restore_keyring(fresh.keys, file, key=None)


def test_only_the_newest_stay_and_the_keyring_always(tmp_path: Path) -> None:
    names = [f"diemdanh-2026110{day}T030000Z.backup" for day in range(1, 6)]
    for name in (*names, taking.KEYRING_FILE, "notes.txt"):
        (tmp_path / name).touch()
    assert [file.name for file in taking.forget_older(tmp_path, 2)] == names[:3]
    assert sorted(file.name for file in tmp_path.iterdir()) == [*names[3:], taking.KEYRING_FILE, "notes.txt"]
