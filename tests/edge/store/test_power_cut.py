"""The power goes at any fsync: what had been promised by then is in the file that is found afterwards.

A shim below SQLite keeps, for each file, what a disk holds that loses everything written since the file's last sync.
At every sync that picture is frozen; later each frozen picture is opened by the real code.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import apsw
import pytest

from edge.clock import SystemClock
from edge.store import db
from edge.store.db import FILE_NAME, connect
from edge.store.outbox import Outbox
from edge.store.recovery import ensure_whole
from tests.edge.sightings import sighting_of

VFS = "losing"


@dataclass
class Disk:
    """`durable` is what survives; `frozen` has one picture a sync, with the seqs that had been promised by then."""

    durable: dict[str, bytes] = field(default_factory=dict)
    frozen: list[tuple[dict[str, bytes], frozenset[int]]] = field(default_factory=list)
    promised: set[int] = field(default_factory=set)

    def synced(self, path: str) -> None:
        before = dict(self.durable)
        self.durable[Path(path).name] = Path(path).read_bytes()
        promised = frozenset(self.promised)
        # Cut just before this sync was through, and just after.
        self.frozen += [(before, promised), (dict(self.durable), promised)]


class LosingFile(apsw.VFSFile):
    def __init__(self, disk: Disk, name: object, flags: list[int]) -> None:
        super().__init__("", name, flags)
        self._disk = disk
        self._path = name.filename() if isinstance(name, apsw.URIFilename) else str(name)

    def xSync(self, flags: int) -> None:  # noqa: N802 - SQLite's name
        super().xSync(flags)
        self._disk.synced(self._path)


class LosingDisk(apsw.VFS):
    def __init__(self, disk: Disk) -> None:
        super().__init__(VFS, "")
        self._disk = disk

    def xOpen(self, name: object, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        return LosingFile(self._disk, name, flags)

    def xDelete(self, name: str, syncdir: bool) -> None:  # noqa: N802
        super().xDelete(name, syncdir)
        self._disk.durable.pop(Path(name).name, None)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    disk = Disk()
    vfs = LosingDisk(disk)
    real = apsw.Connection
    monkeypatch.setattr(db.apsw, "Connection", lambda path: real(path, vfs=VFS))
    yield disk
    monkeypatch.undo()
    vfs.unregister()


def test_no_promised_event_is_missing_whenever_the_power_goes(tmp_path: Path, disk: Disk, monkeypatch) -> None:
    chance = random.Random(5)
    connection = connect(tmp_path / "unit")
    outbox = Outbox(connection, SystemClock())
    for _ in range(120):
        seq = outbox.append(sighting_of("hs-1")).seq
        disk.promised.add(seq)
        if chance.random() < 0.3:
            gone = chance.sample(sorted(disk.promised), k=min(3, len(disk.promised)))
            # From here on the cloud has them: the unit may forget them, whichever side of the cut it is on.
            disk.promised.difference_update(gone)
            outbox.release(gone)
        if chance.random() < 0.1:
            connection.wal_checkpoint()

    assert len(disk.frozen) > 200
    monkeypatch.undo()
    for number, (files, promised) in enumerate(disk.frozen):
        found = tmp_path / f"cut-{number}"
        found.mkdir()
        for name, content in files.items():
            if name.startswith(FILE_NAME):
                (found / name).write_bytes(content)
        assert ensure_whole(found) is None, f"cut {number}: the file that was found is damaged"
        reopened = connect(found)
        kept = {row[0] for row in reopened.execute("SELECT seq FROM outbox")}
        reopened.close()
        assert promised <= kept, f"cut {number}"
