"""The demo school is written into a database."""

from collections.abc import Callable
from datetime import date, time, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.demo.plan import Plan, PlannedClass
from cloud.demo.timetable import Taught, write_timetable
from cloud.people.names import search_form
from cloud.people.tables import Guardian, Guardianship, StaffMember, Student
from cloud.school.calendar.facts import Bell, BellSchedule, DayRule, HalfDay, RuleKind, Span
from cloud.school.calendar.facts import Taught as TaughtWeekly
from cloud.school.calendar.holidays import fixed_holidays
from cloud.school.calendar.setup import add_rules, open_year, ring_bells
from cloud.school.calendar.setup_queries import years
from cloud.school.tables import School, SchoolClass
from cloud.school.timetable.queries import appoint_homeroom_teacher

Say = Callable[[str], None]


def write_school(session: Session, plan: Plan, say: Say) -> UUID:
    school = School(name=plan.name, level="primary", slug=plan.slug, is_demo=True)
    session.add(school)
    session.flush()
    class_ids = []
    for number, planned in enumerate(plan.classes, start=1):
        class_ids.append(_write_class(session, school.id, planned))
        say(f"class {planned.name}: {len(planned.pupils)} pupils ({number} of {len(plan.classes)})")
    staff = [
        StaffMember(
            school_id=school.id,
            code=one.code,
            full_name=one.full_name,
            search_name=search_form(one.full_name),
            position=one.position,
        )
        for one in plan.staff
    ]
    session.add_all(staff)
    session.flush()
    teachers = [one for one in staff if one.position == "homeroom_teacher"]
    # A plan with fewer classes leaves some teachers without one.
    for class_id, teacher in zip(class_ids, teachers, strict=False):
        appoint_homeroom_teacher(session, class_id, teacher.id, date(plan.year, 9, 5))
    say(f"{len(plan.staff)} staff")
    year, term_ids = _write_calendar(session, school.id, plan.year)
    taught = [Taught(class_id, teacher.id) for class_id, teacher in zip(class_ids, teachers, strict=False)]
    others = [one.id for one in staff if one.position == "subject_teacher"]
    lessons = write_timetable(session, school.id, term_ids, taught, others, year.first)
    say(f"{lessons} lessons a week")
    return school.id


def _write_class(session: Session, school_id: UUID, planned: PlannedClass) -> UUID:
    school_class = SchoolClass(school_id=school_id, name=planned.name, grade=planned.grade)
    session.add(school_class)
    session.flush()
    families = [
        (
            Student(
                school_id=school_id,
                class_id=school_class.id,
                code=pupil.code,
                full_name=pupil.full_name,
                search_name=search_form(pupil.full_name),
                birth_date=pupil.birth_date,
            ),
            [
                Guardian(school_id=school_id, full_name=one.full_name, phone=one.phone, email=one.email)
                for one in pupil.guardians
            ],
        )
        for pupil in planned.pupils
    ]
    for student, guardians in families:
        session.add_all([student, *guardians])
    session.flush()
    session.add_all(
        Guardianship(guardian_id=one.id, student_id=student.id) for student, guardians in families for one in guardians
    )
    return school_class.id


def _write_calendar(session: Session, school_id: UUID, year: int) -> tuple[Span, list[UUID]]:
    """Two terms, mornings and afternoons from Monday to Friday, four and three periods; the holidays that have dates,
    and an afternoon without lessons. Returns the year and its terms."""
    first = Span(date(year, 9, 5), date(year + 1, 1, 17))
    second = Span(first.last + timedelta(days=1), date(year + 1, 5, 31))
    whole = Span(first.first, second.last)
    open_year(session, school_id, f"{year}-{year + 1}", whole, (first, second))
    bells = [
        Bell(half, n + 1, time(*divmod(begins + 40 * n, 60)), time(*divmod(begins + 40 * n + 35, 60)))
        for half, begins, periods in ((HalfDay.MORNING, 7 * 60 + 30, 4), (HalfDay.AFTERNOON, 14 * 60, 3))
        for n in range(periods)
    ]
    week = tuple(TaughtWeekly(weekday, half) for weekday in range(5) for half in HalfDay)
    schedule = BellSchedule(first.first, 1, 5, time(6, 30), tuple(bells), week)
    ring_bells(session, school_id, "Cả ngày", schedule)
    differing = [DayRule(one.day, RuleKind.OFF, one.name) for one in fixed_holidays(whole)]
    differing.append(DayRule(date(year, 11, 20), RuleKind.OFF, "Mừng ngày Nhà giáo Việt Nam", half=HalfDay.AFTERNOON))
    for rule in differing:
        add_rules(session, school_id, [rule])
    return whole, [term.id for term in years(session, school_id)[0].terms]
