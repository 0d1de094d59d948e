"""The keys of the templates, in a database of their own.

A pupil's templates are sealed with the pupil's key, that key with the school's, the school's with one derived from the
service's secret. Destroying a pupil's key makes every copy of their templates unreadable, back-ups of the service's
database included: so the keyring itself is backed up without history (the latest copy only, see README.md), and a key
that was destroyed stays known as destroyed, so that a restored back-up of the database brings nobody back.
"""

import sqlite3
from collections.abc import Collection
from datetime import datetime
from functools import cached_property
from pathlib import Path
from uuid import UUID

from sqlalchemy import LargeBinary, select, update
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from cloud.biometrics.sealing import Damaged, new_key, open_sealed, seal
from cloud.kit.db import Database, UtcDateTime, open_database
from cloud.kit.errors import Refusal
from cloud.kit.ids import new_id
from cloud.kit.seal import Seal, Unsealable
from cloud.kit.sqlite import BUSY_TIMEOUT_MS


class KeyUnavailable(Refusal):
    """Destroyed on purpose, or sealed under another secret. Sending it again will not help."""

    status = 503
    title = "The key is not there"


class KeyringBase(DeclarativeBase):
    """Not the service's metadata: these tables never stand in the service's database."""


class SchoolKey(KeyringBase):
    __tablename__ = "school_key"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class PupilKey(KeyringBase):
    __tablename__ = "pupil_key"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    """Stands with what it seals. A pupil who comes back gets another key."""
    school_id: Mapped[UUID]
    student_id: Mapped[UUID] = mapped_column(index=True)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """None: destroyed, for ever."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    destroyed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Keyring:
    """Its transactions are its own: it stands in another database than what its keys seal."""

    def __init__(self, database: Database, secret: str) -> None:
        self._unprepared = database
        self._seal = Seal(secret, "school template key")

    @cached_property
    def _database(self) -> Database:
        """With its tables, from the first use on: a service that enrols nobody needs no keyring."""
        file = self._unprepared.engine.url.database
        if self._unprepared.is_sqlite and file:
            Path(file).parent.mkdir(parents=True, exist_ok=True)
        KeyringBase.metadata.create_all(self._unprepared.engine)
        return self._unprepared

    def live_key(self, school_id: UUID, student_id: UUID, *, now: datetime) -> tuple[UUID, bytes]:
        """The pupil's key and its id, made if there is none."""
        school = self.school_key(school_id)
        with self._database.writing() as session:
            row = session.scalars(
                select(PupilKey).where(PupilKey.student_id == student_id, PupilKey.sealed.is_not(None)).limit(1)
            ).first()
            if row is not None and row.sealed is not None:
                return row.id, _open(school, row.sealed, f"pupil {row.id}")
            key, key_id = new_key(), new_id()
            session.add(
                PupilKey(
                    id=key_id,
                    school_id=school_id,
                    student_id=student_id,
                    sealed=seal(school, key, bound_to=f"pupil {key_id}"),
                    made_at=now,
                )
            )
            return key_id, key

    def keys(self, school_id: UUID, key_ids: Collection[UUID]) -> dict[UUID, bytes]:
        """Those of `key_ids` that were not destroyed."""
        school = self.school_key(school_id)
        with self._database.reading() as session:
            rows = session.execute(
                select(PupilKey.id, PupilKey.sealed).where(
                    PupilKey.school_id == school_id, PupilKey.sealed.is_not(None)
                )
            ).all()
        wanted = set(key_ids)
        return {
            key_id: _open(school, sealed, f"pupil {key_id}") for key_id, sealed in rows if key_id in wanted and sealed
        }

    def destroy(self, student_id: UUID, *, keep: Collection[UUID] = (), now: datetime) -> int:
        """The pupil's keys except `keep`; returns how many. Every copy of what they sealed is noise from now on."""
        with self._database.writing() as session:
            destroyed = session.scalars(
                update(PupilKey)
                .where(PupilKey.student_id == student_id, PupilKey.sealed.is_not(None), PupilKey.id.not_in(list(keep)))
                .values(sealed=None, destroyed_at=now)
                .returning(PupilKey.id)
            ).all()
        return len(destroyed)

    def destroy_unused(self, used: Collection[UUID], *, made_before: datetime, now: datetime) -> int:
        """Keys that seal nothing any more; a younger one may belong to an enrolment that is under way."""
        with self._database.writing() as session:
            live = session.scalars(
                select(PupilKey.id).where(PupilKey.sealed.is_not(None), PupilKey.made_at < made_before)
            ).all()
            unused = set(live) - set(used)
            for key_id in unused:
                session.execute(update(PupilKey).where(PupilKey.id == key_id).values(sealed=None, destroyed_at=now))
        return len(unused)

    def school_key(self, school_id: UUID) -> bytes:
        """What seals a school's pupil keys and its scanned forms; made when first asked for."""
        bound_to = f"school {school_id}"
        with self._database.reading() as session:
            sealed = session.scalar(select(SchoolKey.sealed).where(SchoolKey.school_id == school_id))
        if sealed is None:
            with self._database.writing() as session:
                sealed = session.scalar(select(SchoolKey.sealed).where(SchoolKey.school_id == school_id))
                if sealed is None:
                    sealed = self._seal.seal(new_key(), bound_to)
                    session.add(SchoolKey(school_id=school_id, sealed=sealed))
        try:
            return self._seal.open(sealed, bound_to)
        except Unsealable as error:
            raise KeyUnavailable(str(error)) from error

    def close(self) -> None:
        self._unprepared.close()


def open_keyring(url: str, secret: str) -> Keyring:
    return Keyring(open_keys(url), secret)


def open_keys(url: str) -> Database:
    """The keyring's database, its keys still sealed."""
    return open_database(url, prepare=_prepare)


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    """Deleted journals and overwritten pages: a write-ahead log would keep destroyed keys."""
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "journal_mode = DELETE",
        "synchronous = FULL",
        "secure_delete = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _open(key: bytes, sealed: bytes, bound_to: str) -> bytes:
    try:
        return open_sealed(key, sealed, bound_to=bound_to)
    except Damaged as error:
        raise KeyUnavailable(f"The key of {bound_to} does not open: the keyring was altered.") from error
