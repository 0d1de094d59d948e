"""How a value of each kind of column stands in a back-up, whichever database it came from or goes to."""

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Boolean, Date, Double, Float, Integer, LargeBinary, String, Time, Uuid
from sqlalchemy.types import TypeEngine

from cloud.kit.db import UtcDateTime


class Kind(StrEnum):
    MOMENT = "moment"
    UUID = "uuid"
    DATE = "date"
    TIME = "time"
    BYTES = "bytes"
    TRUTH = "truth"
    WHOLE = "whole"
    NUMBER = "number"
    JSON = "json"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class _Way:
    type: TypeEngine[Any]
    pack: Callable[[object], object]
    unpack: Callable[[object], object]


def _as_it_is(value: object) -> object:
    return value


def _iso(value: object) -> object:
    assert isinstance(value, date | time)
    return value.isoformat()


def _packed(value: object) -> object:
    assert isinstance(value, bytes | memoryview)
    return b64encode(value).decode()


_WAYS = {
    Kind.MOMENT: _Way(UtcDateTime(), _iso, lambda value: datetime.fromisoformat(str(value))),
    Kind.UUID: _Way(Uuid(), str, lambda value: UUID(str(value))),
    Kind.DATE: _Way(Date(), _iso, lambda value: date.fromisoformat(str(value))),
    Kind.TIME: _Way(Time(), _iso, lambda value: time.fromisoformat(str(value))),
    Kind.BYTES: _Way(LargeBinary(), _packed, lambda value: b64decode(str(value), validate=True)),
    Kind.TRUTH: _Way(Boolean(), _as_it_is, _as_it_is),
    Kind.WHOLE: _Way(BigInteger(), _as_it_is, _as_it_is),
    Kind.NUMBER: _Way(Double(), _as_it_is, _as_it_is),
    Kind.JSON: _Way(JSON(none_as_null=True), _as_it_is, _as_it_is),
    Kind.TEXT: _Way(String(), _as_it_is, _as_it_is),
}
_KINDS: tuple[tuple[type[TypeEngine[Any]], Kind], ...] = (
    (UtcDateTime, Kind.MOMENT),
    (Uuid, Kind.UUID),
    (Date, Kind.DATE),
    (Time, Kind.TIME),
    (LargeBinary, Kind.BYTES),
    (Boolean, Kind.TRUTH),
    (Integer, Kind.WHOLE),
    (Float, Kind.NUMBER),
    (JSON, Kind.JSON),
    (String, Kind.TEXT),
)


def kind_of(type_: TypeEngine[Any]) -> Kind:
    """Raises LookupError for a type that no column of ours had yet: give it a Kind."""
    for known, kind in _KINDS:
        if isinstance(type_, known):
            return kind
    raise LookupError(f"a back-up cannot hold a column of type {type_!r}: add a Kind")


def type_of(kind: Kind) -> TypeEngine[Any]:
    return _WAYS[kind].type


def packing(kinds: Iterable[Kind]) -> Callable[[Sequence[object]], list[object]]:
    """What JSON can hold of a row whose columns are of these kinds."""
    return _all([_WAYS[kind].pack for kind in kinds])


def unpacking(kinds: Iterable[Kind]) -> Callable[[Sequence[object]], list[object]]:
    """The way back. It raises ValueError or TypeError for a row that does not fit."""
    return _all([_WAYS[kind].unpack for kind in kinds])


def _all(ways: Sequence[Callable[[object], object]]) -> Callable[[Sequence[object]], list[object]]:
    # Most values stand as they are: a long table is twice as fast where those are not touched.
    differing = [(place, way) for place, way in enumerate(ways) if way is not _as_it_is]

    def changed(row: Sequence[object]) -> list[object]:
        if len(row) != len(ways):
            raise ValueError("a row has as many values as its table has columns")
        values = list(row)
        for place, way in differing:
            if values[place] is not None:
                values[place] = way(values[place])
        return values

    return changed
