"""What the parts of a briefing say. A unit reads those that it knows and keeps only the digest of the others."""

from datetime import date, time
from typing import Annotated, Literal, Self, TypeVar

from pydantic import AwareDatetime, Base64UrlBytes, Field, ValidationError, model_validator

from edge.contract.signed import MAX_BODY_BYTES
from edge.contract.wire import PersonRef, Wire, describe, parse_json

PEOPLE = "people"
"""One part a class, `people/CLASS`, so that a changed name sends one class anew."""
CARDS = "cards"
LINKS = "links"
SETTINGS = "settings"
CALIBRATION = "calibration"
LESSONS = "lessons"
RINGS = "rings"

Name = Annotated[str, Field(min_length=1, max_length=120)]
Distance = Annotated[float, Field(ge=0, allow_inf_nan=False)]
MAX_DAYS = 400


class NamedPerson(Wire):
    person: PersonRef
    full_name: Name
    given_name: Name
    class_name: Annotated[str, Field(max_length=40)]


class PeoplePart(Wire):
    """Everybody of one class, with a template or without: whoever declined is marked by hand and card all the same."""

    v: Literal[1] = 1
    people: Annotated[tuple[NamedPerson, ...], Field(max_length=2_000)]


class SigningKey(Wire):
    id: Annotated[int, Field(ge=0, le=255)]
    public_key: Annotated[Base64UrlBytes, Field(min_length=32, max_length=32)]
    """Ed25519."""


class Chip(Wire):
    value: Annotated[str, Field(min_length=1, max_length=64)]
    """As a reader types it, in capitals."""
    person: PersonRef


class CardsPart(Wire):
    """Whose signature a printed card must have, which cards no longer count, whose chip is whose. All there are."""

    v: Literal[1] = 1
    keys: Annotated[tuple[SigningKey, ...], Field(max_length=256)] = ()
    revoked: Annotated[tuple[Annotated[int, Field(ge=0, lt=2**40)], ...], Field(max_length=100_000)] = ()
    chips: Annotated[tuple[Chip, ...], Field(max_length=20_000)] = ()


class LinksPart(Wire):
    """Pairs of people whom a camera may take for one another: twins, and siblings who look alike."""

    v: Literal[1] = 1
    pairs: Annotated[tuple[tuple[PersonRef, PersonRef], ...], Field(max_length=20_000)]


class UnitSettings(Wire):
    """What the cloud may set on a unit. Everything else is the installer's; None leaves the unit's own."""

    v: Literal[1] = 1
    direction: Literal["in", "out", "both"] | None = None
    liveness: Literal["off", "warn", "refuse"] | None = None
    min_face_px: Annotated[int, Field(ge=16, le=400)] | None = None
    passage_window_s: Annotated[float, Field(ge=0, le=3600, allow_inf_nan=False)] | None = None
    panel_greeting: Literal["given_name", "initials", "none"] | None = None
    fever_c: Annotated[float, Field(ge=36, le=40)] | None = None
    door_s: Annotated[float, Field(gt=0, le=60)] | None = None
    bell_s: Annotated[float, Field(gt=0, le=30)] | None = None


class CalibrationPart(Wire):
    """As `diemdanh-edge calibrate` writes it; it counts for the embedder `model` alone."""

    v: Literal[1] = 1
    model: Annotated[str, Field(min_length=1, max_length=64)]
    threshold: Distance
    ask_threshold: Distance
    margin: Distance
    wished_fpir: Annotated[float, Field(gt=0, lt=1)]
    gallery_people: Annotated[int, Field(ge=1)]
    people: Annotated[int, Field(ge=1)]
    made_at: AwareDatetime


class TimetabledLesson(Wire):
    """Times are the school's own. `class_ref` is the second half of a `people/CLASS` part's name."""

    starts_at: time
    ends_at: time
    class_ref: Annotated[str, Field(max_length=64)]

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.ends_at <= self.starts_at:
            raise ValueError("a lesson ends after it begins")
        return self


Index = Annotated[int, Field(ge=0)]


class LessonsPart(Wire):
    """Who has a lesson behind this door, day by day; `days` point into `patterns`, of which a term has few."""

    v: Literal[1] = 1
    patterns: Annotated[tuple[tuple[TimetabledLesson, ...], ...], Field(max_length=MAX_DAYS)]
    days: Annotated[tuple[tuple[date, Index], ...], Field(max_length=MAX_DAYS)]

    @model_validator(mode="after")
    def _points_at_what_is_there(self) -> Self:
        return _checked(self, self.days, len(self.patterns))


class RingsPart(Wire):
    """When the bell rings, day by day, until the last day named; a day that is not named is silent."""

    v: Literal[1] = 1
    patterns: Annotated[tuple[tuple[time, ...], ...], Field(max_length=MAX_DAYS)]
    days: Annotated[tuple[tuple[date, Index], ...], Field(max_length=MAX_DAYS)]

    @model_validator(mode="after")
    def _points_at_what_is_there(self) -> Self:
        return _checked(self, self.days, len(self.patterns))


PartT = TypeVar("PartT")


def _checked(part: PartT, days: tuple[tuple[date, int], ...], patterns: int) -> PartT:
    if any(index >= patterns for _, index in days):
        raise ValueError("a day points at a pattern that is not there")
    return part


KINDS: dict[str, type[Wire]] = {
    PEOPLE: PeoplePart,
    CARDS: CardsPart,
    LINKS: LinksPart,
    SETTINGS: UnitSettings,
    CALIBRATION: CalibrationPart,
    LESSONS: LessonsPart,
    RINGS: RingsPart,
}
"""By the name's first half: what this side reads."""


def kind_of(name: str) -> type[Wire] | None:
    return KINDS.get(name.partition("/")[0])


def read_settings(content: bytes) -> tuple[UnitSettings, tuple[str, ...]]:
    """Each field for itself: those that this unit may take, and what is wrong with the others. Raises Unreadable."""
    raw = parse_json(content, max_bytes=MAX_BODY_BYTES)
    taken: dict[str, object] = {}
    refused: list[str] = []
    for name, value in raw.items():
        try:
            UnitSettings.model_validate({name: value})
            taken[name] = value
        except ValidationError as error:
            refused += [f"{SETTINGS}.{problem}"[:200] for problem in describe(error)]
    return UnitSettings.model_validate(taken), tuple(refused)
