"""A small school to test with: rows as a test wants them, with nothing left to chance."""

from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.kit.clock import SCHOOL_TIME
from cloud.people.tables import StaffMember, Student
from cloud.school.calendar.facts import Bell, BellSchedule, HalfDay, Span, Taught
from cloud.school.calendar.setup import open_year, ring_bells
from cloud.school.tables import School, SchoolClass

MONDAY = date(2026, 11, 16)
SATURDAY = date(2026, 11, 21)
YEAR = Span(date(2026, 9, 1), date(2027, 5, 31))
TERMS = (Span(date(2026, 9, 7), date(2027, 1, 15)), Span(date(2027, 1, 18), date(2027, 5, 28)))


def at(clock: str, day: date = MONDAY) -> datetime:
    """07:31 where the school stands."""
    return datetime.combine(day, time.fromisoformat(clock), tzinfo=SCHOOL_TIME)


def bells(
    *,
    morning: str = "07:30",
    afternoon: str | None = "13:30",
    valid_from: date = YEAR.first,
    first_grade: int = 1,
    last_grade: int = 9,
) -> BellSchedule:
    """Four periods of 40 minutes in the morning, three in the afternoon, five minutes between; Monday to Friday."""
    halves = [(HalfDay.MORNING, morning, 4)] + ([(HalfDay.AFTERNOON, afternoon, 3)] if afternoon else [])
    rung = []
    for half, begins, periods in halves:
        first = time.fromisoformat(begins).hour * 60 + time.fromisoformat(begins).minute
        for number in range(periods):
            start = first + number * 45
            rung.append(Bell(half, number + 1, time(*divmod(start, 60)), time(*divmod(start + 40, 60))))
    return BellSchedule(
        valid_from=valid_from,
        first_grade=first_grade,
        last_grade=last_grade,
        gate_opens_at=time(6, 30),
        bells=tuple(rung),
        week=tuple(Taught(weekday, half) for weekday in range(5) for half, _, _ in halves),
    )


@dataclass(frozen=True, slots=True)
class Schoolhouse:
    school_id: UUID
    class_id: UUID
    student_ids: tuple[UUID, ...]
    staff_id: UUID


def open_school(
    session: Session, slug: str = "hoa-sen", *, pupils: int = 3, schedule: BellSchedule | None = None
) -> Schoolhouse:
    """A school with one class 1A, its year, its bells and a teacher."""
    school = School(name=f"Trường {slug}", level="primary", slug=slug)
    session.add(school)
    session.flush()
    school_class = SchoolClass(school_id=school.id, name="1A", grade=1)
    teacher = StaffMember(school_id=school.id, code="GV1", full_name="Cô Mai", search_name="co mai", position="teacher")
    session.add_all([school_class, teacher])
    session.flush()
    students = [
        Student(
            school_id=school.id, class_id=school_class.id, code=f"HS{number}", full_name=f"Học sinh {number}",
            search_name=f"hoc sinh {number}",
        )
        for number in range(1, pupils + 1)
    ]  # fmt: skip
    session.add_all(students)
    session.flush()
    give_calendar(session, school.id, schedule)
    return Schoolhouse(school.id, school_class.id, tuple(student.id for student in students), teacher.id)


def give_calendar(session: Session, school_id: UUID, schedule: BellSchedule | None = None) -> None:
    open_year(session, school_id, "2026-2027", YEAR, TERMS)
    ring_bells(session, school_id, "Cả ngày", schedule or bells())
