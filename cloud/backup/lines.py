"""What a back-up says, line by line in JSON: a head, then each table's name and columns with its rows, then the sums.

The last line holds the SHA-256 of all the lines before it and each table's number of rows: a back-up that lost its
end, a row or a bit is not taken for one.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from gzip import GzipFile
from io import BufferedReader

from cloud.backup.errors import Damaged
from cloud.backup.values import Kind, packing, unpacking

FORMAT = "diemdanh-backup"
VERSION = 1
BATCH = 500
_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_DECODE = json.JSONDecoder().decode


@dataclass(frozen=True, slots=True)
class Head:
    holds: str
    """"service" or "keyring"."""
    schema: str
    """The revision of the tables; "-" for the keyring, whose tables have none."""
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows of one table; a table without rows comes once, empty."""

    table: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[object]]


class Writer:
    def __init__(self, out: GzipFile, head: Head) -> None:
        self._out = out
        self._digest = hashlib.sha256()
        self.counts: dict[str, int] = {}
        first = {"format": FORMAT, "version": VERSION, "holds": head.holds, "schema": head.schema}
        self._line({**first, "taken_at": head.taken_at.isoformat()})

    def table(self, name: str, columns: Sequence[Column], rows: Iterable[Sequence[object]]) -> None:
        self._line({"table": name, "columns": [[column.name, column.kind] for column in columns]})
        self.counts[name] = 0
        packed = packing(column.kind for column in columns)
        for row in rows:
            self._line(packed(row))
            self.counts[name] += 1

    def end(self) -> None:
        self._line({"rows": self.counts, "sha256": self._digest.hexdigest()})

    def _line(self, value: object) -> None:
        line = _ENCODE(value).encode() + b"\n"
        self._digest.update(line)
        self._out.write(line)


class Reader:
    """Reads the head at once; what `rows()` gives holds only once it has ended. Raises Damaged."""

    def __init__(self, stored: GzipFile) -> None:
        self._stored = BufferedReader(stored)
        self._digest = hashlib.sha256()
        self.counts: dict[str, int] = {}
        first = self._next()[1]
        if not isinstance(first, dict) or first.get("format") != FORMAT:
            raise Damaged("this is no back-up of diemdanh-cloud")
        if first.get("version") != VERSION:
            raise Damaged(f"a back-up of format {first.get('version')}: this version of the service reads {VERSION}")
        try:
            self.head = Head(str(first["holds"]), str(first["schema"]), datetime.fromisoformat(str(first["taken_at"])))
        except (KeyError, ValueError) as error:
            raise Damaged("the back-up's first line is damaged") from error

    def rows(self) -> Iterator[Rows]:
        table = ""
        columns: tuple[Column, ...] = ()
        unpacked = unpacking(())
        pending: list[Sequence[object]] = []
        while True:
            before, line = self._next()
            if isinstance(line, list):
                pending.append(_fitting(unpacked, line))
                if len(pending) >= BATCH:
                    yield self._counted(Rows(table, columns, pending))
                    pending = []
                continue
            if table and (pending or not self.counts.get(table)):
                yield self._counted(Rows(table, columns, pending))
            pending = []
            if not isinstance(line, dict):
                raise Damaged("the back-up is damaged: a line is neither a row nor a table")
            if "sha256" in line:
                if (line["sha256"], line.get("rows")) != (before, self.counts) or self._stored.read(1):
                    raise Damaged("the back-up's checksum is wrong: it was altered or damaged")
                return
            table, columns = _table(line)
            unpacked = unpacking(column.kind for column in columns)

    def _counted(self, rows: Rows) -> Rows:
        self.counts[rows.table] = self.counts.get(rows.table, 0) + len(rows.rows)
        return rows

    def _next(self) -> tuple[str, object]:
        """The sum of what came before it, where it is no row; and what it says."""
        line = self._stored.readline()
        if not line.endswith(b"\n"):
            raise Damaged("the back-up ends too early: it was cut off")
        try:
            said = _DECODE(line.decode())
        except ValueError as error:
            raise Damaged("the back-up is damaged: a line is not JSON") from error
        before = "" if isinstance(said, list) else self._digest.hexdigest()
        self._digest.update(line)
        return before, said


def _table(line: dict[str, object]) -> tuple[str, tuple[Column, ...]]:
    try:
        described = line["columns"]
        assert isinstance(described, list)
        return str(line["table"]), tuple(Column(str(name), Kind(kind)) for name, kind in described)
    except (KeyError, ValueError, TypeError, AssertionError) as error:
        raise Damaged("the back-up is damaged: a table's line does not say what it holds") from error


def _fitting(unpacked: Callable[[Sequence[object]], list[object]], line: Sequence[object]) -> list[object]:
    try:
        return unpacked(line)
    except (ValueError, TypeError) as error:
        raise Damaged("the back-up is damaged: a row does not fit its table") from error
