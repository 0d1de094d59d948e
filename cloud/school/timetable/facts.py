"""A week's lessons, and what may be wrong with them."""

from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from uuid import UUID

from cloud.school.calendar.facts import ClassRef, HalfDay


class ClashKind(StrEnum):
    TEACHER = "teacher"
    CLASS = "class"
    ROOM = "room"


@dataclass(frozen=True, slots=True)
class Lesson:
    id: UUID
    school_class: ClassRef
    subject_id: UUID
    staff_id: UUID
    weekday: int
    half: HalfDay
    number: int
    room: str | None = None


@dataclass(frozen=True, slots=True)
class Clash:
    """Two lessons that want the same teacher, class or room at the same time; the earlier one first."""

    kind: ClashKind
    weekday: int
    starts_at: time
    lessons: tuple[UUID, UUID]


@dataclass(frozen=True, slots=True)
class Overfull:
    """A day on which a primary class has more lessons than the programme allows."""

    class_id: UUID
    weekday: int
    lessons: int


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A lesson in a period that the class does not have."""

    lesson: UUID
    weekday: int
    half: HalfDay
    number: int
