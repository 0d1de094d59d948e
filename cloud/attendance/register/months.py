"""A class's month as a sheet: a row a pupil, a column a half-day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from cloud.attendance.papers.paper import Paper
from cloud.attendance.register.facts import Permission, Presence
from cloud.attendance.register.roll_queries import Kept
from cloud.kit.i18n import Language, marked, translator
from cloud.people.names import list_order
from cloud.school.calendar.facts import HalfDay

PRESENT, LATE, LEFT, PERMITTED, DOUBT = "x", "M", "V", "p", "?"
"""As registers on paper have it: P and K are absences with and without permission, M (muộn) is late, V (về sớm) went
home early; with p beside it that was permitted."""
COUNTED = (Permission.PERMITTED.value, Permission.NOT_PERMITTED.value, LATE, LEFT)
NUMBER = marked("No.")
LEGEND = marked(
    "S morning, C afternoon; x present, M late, V left early (p: with permission), P absent with permission, "
    "K without, ? not certain"
)


@dataclass(frozen=True, slots=True)
class Row:
    number: int
    """STT: the pupil's place in the class's order."""
    name: str
    marks: tuple[str, ...]
    """One a column; empty where nothing is known, or the pupil was not in this class."""

    def count(self, mark: str) -> int:
        """Of a letter that stands in a mark, alone or beside others."""
        return sum(mark in one for one in self.marks)


@dataclass(frozen=True, slots=True)
class Sheet:
    class_name: str
    columns: tuple[tuple[date, HalfDay], ...]
    rows: tuple[Row, ...]


def sheet_of(class_name: str, kept: Iterable[tuple[str, Kept]]) -> Sheet:
    """`kept`: half-days with the pupil's name, in any order."""
    all_of_them = list(kept)
    columns = tuple(
        sorted({(one.day, one.half) for _, one in all_of_them}, key=lambda key: (key[0], key[1] is HalfDay.AFTERNOON))
    )
    names = {one.student_id: name for name, one in all_of_them}
    marks = {(one.student_id, one.day, one.half): mark_of(one) for _, one in all_of_them}
    ordered = sorted(names.items(), key=lambda one: (list_order(one[1]), one[0]))
    rows = (
        Row(number, name, tuple(marks.get((key, *column), "") for column in columns))
        for number, (key, name) in enumerate(ordered, start=1)
    )
    return Sheet(class_name, columns, tuple(rows))


def paper_of(sheet: Sheet, school: str, first: date, language: Language) -> Paper:
    say = translator(language).gettext
    letters = {HalfDay.MORNING: "S", HalfDay.AFTERNOON: "C"}
    return Paper(
        title=f"{say(marked('Register %(name)s')) % {'name': sheet.class_name}}, {first:%m/%Y}",
        school=school,
        columns=[
            say(NUMBER),
            say(marked("Name")),
            *(f"{day.day}{letters[half]}" for day, half in sheet.columns),
            *COUNTED,
        ],
        rows=[(row.number, row.name, *row.marks, *(row.count(mark) for mark in COUNTED)) for row in sheet.rows],
        notes=[say(LEGEND)],
        signed_by=[say(marked("Homeroom teacher")), say(marked("Principal"))],
        wide=True,
    )


def mark_of(kept: Kept) -> str:
    match kept.presence:
        case Presence.PRESENT:
            unusual = (LATE if kept.late_minutes else "") + (LEFT if kept.left_early_minutes else "")
            permitted = PERMITTED if kept.permission is Permission.PERMITTED else ""
            return unusual + permitted if unusual else PRESENT
        case Presence.ABSENT:
            return kept.permission or Permission.NOT_PERMITTED
        case Presence.ASK:
            return DOUBT
        case Presence.NOT_YET:
            return ""
