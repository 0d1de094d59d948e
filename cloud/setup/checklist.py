"""What a new school still has to set up, in the order in which it is done. Its pages lead through it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.accounts.access import Actor, Right
from cloud.kit.i18n import marked
from cloud.school.calendar import setup_queries
from cloud.setup import queries


@dataclass(frozen=True, slots=True)
class Step:
    done: bool
    label: str
    """Marked for translation, as `hint` is."""
    hint: str
    path: str
    """Below /schools/{slug}; empty for a reader who may not do it."""
    count: int | None = None


def steps_of(
    session: Session, actor: Actor, school_id: UUID, today: date, *, ways_to_families: int
) -> tuple[Step, ...]:
    """`ways_to_families`: how many channels this installation has to send by."""
    years = setup_queries.years(session, school_id)
    there = queries.counts(session, school_id)
    bells = [one.schedule for one in setup_queries.schedules(session, school_id)]
    grades = {one.grade for one in queries.classes(session, school_id)}
    rung = all(any(one.first_grade <= grade <= one.last_grade for one in bells) for grade in grades) and bool(bells)

    def step(done: bool, label: str, hint: str, path: str, right: Right, count: int | None = None) -> Step:
        return Step(done, label, hint, path if actor.holds(right, school_id) else "", count)

    return (
        step(
            any(one.span.last >= today and one.terms for one in years),
            marked("School year and terms"),
            marked("Outside of them no day is a school day."),
            "years",
            Right.MANAGE_CALENDAR,
        ),
        step(
            bool(grades),
            marked("Classes"),
            marked("Their grades say which bells ring for them."),
            "classes",
            Right.MANAGE_CALENDAR,
            there.classes,
        ),
        step(
            rung,
            marked("Bells"),
            marked("Who comes after the first one is late."),
            "bells",
            Right.MANAGE_CALENDAR,
        ),
        step(
            there.staff > 0 and there.pupils > 0,
            marked("Pupils and staff"),
            marked("Pupils from the sector database's Excel files, staff from a sheet of their own."),
            "exchange",
            Right.MANAGE_PEOPLE,
            there.pupils,
        ),
        step(
            there.members > 1,
            marked("Log-ins"),
            marked("Invite staff here, parents by printed letters."),
            "members",
            Right.MANAGE_ACCOUNTS,
            there.members,
        ),
        step(
            there.units > 0,
            marked("Units"),
            marked("A unit at the gate sees who comes; until then teachers call the roll."),
            "units",
            Right.MANAGE_UNITS,
            there.units,
        ),
        step(
            ways_to_families > 0,
            marked("Ways to families"),
            marked("Without one, nobody is told that a child has come, or has not."),
            "ways",
            Right.SEE_WHOLE,
            ways_to_families,
        ),
    )
