"""A month of meals, pupil by pupil: eaten, excused in time, excused too late. What it costs is for fees to say."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.attendance.meals import queries, sheet_queries
from cloud.attendance.meals.rules import Excuse
from cloud.attendance.papers.paper import Paper
from cloud.kit.i18n import Language, marked, translator
from cloud.people.access import Pupil
from cloud.school.calendar.facts import Span


@dataclass(frozen=True, slots=True)
class MonthLine:
    pupil: Pupil
    eaten: int
    excused: int
    """Absent with permission, told before the cut-off."""
    late: int
    """The same, told too late."""


def months_of(session: Session, school_id: UUID, pupils: Collection[Pupil], span: Span) -> list[MonthLine]:
    """Of those who ate or were excused, in the order given."""
    eaten = sheet_queries.eaten(session, school_id, span.first, span.last)
    excused: dict[UUID, list[Excuse]] = {}
    for (student_id, _), excuse in queries.excuses(session, school_id, span.first, span.last).items():
        excused.setdefault(student_id, []).append(excuse)
    return [
        MonthLine(
            pupil,
            eaten.get(pupil.id, 0),
            sum(one.before_cut_off for one in excused.get(pupil.id, ())),
            sum(not one.before_cut_off for one in excused.get(pupil.id, ())),
        )
        for pupil in pupils
        if pupil.id in eaten or pupil.id in excused
    ]


def paper_of(lines: Collection[MonthLine], school: str, first: date, language: Language) -> Paper:
    say = translator(language).gettext
    return Paper(
        title=say(marked("Meals in month %(month)s")) % {"month": f"{first:%m/%Y}"},
        school=school,
        columns=[say(marked("Class")), say(marked("Name")), say(marked("Eaten")), say(marked("Excused in time")),
                 say(marked("Excused too late"))],
        rows=[(one.pupil.class_name, one.pupil.full_name, one.eaten, one.excused, one.late) for one in lines],
        total=(say(marked("Total")), "", sum(one.eaten for one in lines), sum(one.excused for one in lines),
               sum(one.late for one in lines)),
        widths=(8, 30, 10, 16, 16),
    )  # fmt: skip
