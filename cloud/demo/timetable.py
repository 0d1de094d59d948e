"""The demo school's subjects, who teaches them, and a week of lessons in which nobody is in two places at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import cycle, product
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.demo.queries import add_rows
from cloud.kit.ids import new_id
from cloud.school.calendar.facts import HalfDay
from cloud.school.timetable import queries
from cloud.school.timetable.tables import TeachingAssignment

BY_HOMEROOM = (
    ("TV", "Tiếng Việt", 10), ("TOAN", "Toán", 5), ("DD", "Đạo đức", 1), ("TNXH", "Tự nhiên và Xã hội", 2),
    ("HDTN", "Hoạt động trải nghiệm", 3), ("CN", "Công nghệ", 1),
)  # fmt: skip
"""Code, name and lessons a week."""
BY_OTHERS = (
    ("TA", "Tiếng Anh", 4, None), ("TIN", "Tin học", 1, "P. Tin học"), ("AN", "Âm nhạc", 1, "P. Âm nhạc"),
    ("MT", "Mĩ thuật", 1, None), ("GDTC", "Giáo dục thể chất", 2, None),
)  # fmt: skip
"""The same of those with teachers of their own, and the room that there is one of."""
PERIODS = tuple(
    (weekday, half, number)
    for (half, periods), weekday in product(((HalfDay.MORNING, 4), (HalfDay.AFTERNOON, 3)), range(5))
    for number in range(1, periods + 1)
)
"""In the order in which they are filled: mornings first, so that what is free in the end is an afternoon's last."""

Slot = tuple[int, HalfDay, int]


@dataclass(frozen=True, slots=True)
class Taught:
    """A class with its homeroom teacher."""

    class_id: UUID
    homeroom_id: UUID


def write_timetable(
    session: Session, school_id: UUID, term_ids: Sequence[UUID], classes: Sequence[Taught], others: Sequence[UUID],
    valid_from: date,
) -> int:  # fmt: skip
    """Assignments for every term, lessons for the first; returns how many. `others`: teachers without a class."""
    subjects = {code: queries.add_subject(session, school_id, code, name) for code, name, *_ in BY_HOMEROOM + BY_OTHERS}
    by_subject = {code: others[number :: len(BY_OTHERS)] for number, (code, *_) in enumerate(BY_OTHERS)}
    takers = {code: cycle(teachers) for code, teachers in by_subject.items() if teachers}
    busy: set[tuple[object, Slot]] = set()
    lessons: list[tuple[UUID, int, HalfDay, int, str | None]] = []
    assignments: list[dict[str, object]] = []
    for number, one in enumerate(classes):
        wanted = [(code, next(takers[code]), many, room) for code, _, many, room in BY_OTHERS if code in takers]
        wanted += [(code, one.homeroom_id, many, None) for code, _, many in BY_HOMEROOM]
        # Each class begins elsewhere in the week, so that those who teach many classes find room in all.
        order = PERIODS[number % 20 :] + PERIODS[: number % 20]
        for code, staff_id, many, room in wanted:
            ids = [new_id() for _ in term_ids]
            assignments += [
                {
                    "id": assignment_id, "term_id": term_id, "class_id": one.class_id, "subject_id": subjects[code],
                    "staff_id": staff_id,
                }
                for assignment_id, term_id in zip(ids, term_ids, strict=True)
            ]  # fmt: skip
            keys = [one.class_id, staff_id, *([room] if room else [])]
            free = [slot for slot in order if not any((key, slot) in busy for key in keys)]
            for slot in free[:many]:
                busy |= {(key, slot) for key in keys}
                lessons.append((ids[0], *slot, room))
    add_rows(session, TeachingAssignment, assignments)
    queries.add_lessons(session, queries.add_timetable(session, term_ids[0], valid_from), lessons)
    return len(lessons)
