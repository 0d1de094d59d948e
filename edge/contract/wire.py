"""How an envelope is read and written; what is said when it cannot be."""

import json
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, StringConstraints, ValidationError

MAX_PAYLOAD_BYTES = 256 * 1024
"""No envelope is larger; a broker and a consumer may both enforce it."""

DeviceId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{2,63}$")]
"""A unit's name: lower-case letters, digits and hyphens, 3 to 64; safe inside a topic."""

PersonRef = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
"""An opaque reference to a person, given by the cloud. Never a name: traffic carries none."""


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("outside the years 1 to 9999 in UTC") from error


UtcDatetime = Annotated[AwareDatetime, AfterValidator(_in_utc)]


class Unreadable(ValueError):
    """An envelope that cannot be used as it is."""


class Oversized(Unreadable):
    """Larger than MAX_PAYLOAD_BYTES; not parsed at all."""


class Malformed(Unreadable):
    """Not JSON, or fields missing or wrong. `problems` names each one."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__("; ".join(problems))


class FutureVersion(Unreadable):
    """Written by a newer peer. The sender must keep it; the receiver needs an update."""

    def __init__(self, version: int, newest_known: int) -> None:
        self.version = version
        super().__init__(
            f"envelope version {version} is newer than {newest_known}, the newest that this side reads: update it"
        )


class Wire(BaseModel):
    """Base of everything on the wire: frozen, and strict about what we write ourselves."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def encode(self) -> bytes:
        return self.model_dump_json(exclude_none=True).encode()


WireT = TypeVar("WireT", bound=Wire)


def parse(model: type[WireT], payload: bytes, *, newest_known: int = 1, max_bytes: int = MAX_PAYLOAD_BYTES) -> WireT:
    """Read `payload` as `model`, ignoring fields that a newer peer may have added.

    Raises Oversized, FutureVersion or Malformed.
    """
    raw = parse_json(payload, newest_known=newest_known, max_bytes=max_bytes)
    try:
        return model.model_validate(raw, extra="ignore")
    except ValidationError as error:
        raise Malformed(describe(error)) from error


def parse_json(payload: bytes, *, newest_known: int = 1, max_bytes: int = MAX_PAYLOAD_BYTES) -> dict[str, Any]:
    """The envelope as plain JSON, its size and version checked and nothing else."""
    if len(payload) > max_bytes:
        raise Oversized(f"{len(payload)} bytes: more than the {max_bytes} that an envelope may have")
    try:
        raw = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise Malformed((f"not JSON: {error}",)) from error
    if not isinstance(raw, dict):
        raise Malformed(("not a JSON object",))
    version = raw.get("v")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise Malformed(("v: an envelope says its version as a whole number from 1",))
    if version > newest_known:
        raise FutureVersion(version, newest_known)
    return raw


def describe(error: ValidationError) -> tuple[str, ...]:
    """One line a problem, `path: what is wrong`; never the value, which may be personal."""
    return tuple(f"{'.'.join(map(str, item['loc'])) or 'envelope'}: {item['msg']}" for item in error.errors())
