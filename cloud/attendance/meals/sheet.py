"""The kitchen's sheet of a day: how many portions for which class, and who eats something else. Numbers, no names."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from pydantic import SecretStr
from sqlalchemy.orm import Session

from cloud.attendance.meals import sheet_queries
from cloud.attendance.meals.rules import is_far_below
from cloud.attendance.meals.sheet_queries import ClassLine, DietLine, SheetState
from cloud.attendance.papers.paper import Paper
from cloud.kit.clock import school_time
from cloud.kit.i18n import Language, marked, translator
from cloud.kit.seal import Seal

PURPOSE = "kitchen sheet"
TITLE = marked("Meals on %(day)s: %(portions)s portions")
TO_CHECK = marked("Please check! %(title)s")
UNPLACED = marked("Pupils whom nobody could place: %(doubt)s. Ask the school before you cook for fewer.")
FEW = marked("Portions for only %(portions)s of %(registered)s registered pupils: ask the school before you cook.")
TOGETHER = marked("Together: %(portions)s")
LOCKED = marked("Counted at %(time)s. Pupils whom nobody could place then: %(doubt)s.")


@dataclass(frozen=True, slots=True)
class Sheet:
    day: date
    lines: tuple[ClassLine, ...]
    diets: tuple[DietLine, ...]
    state: SheetState

    @property
    def portions(self) -> int:
        return sum(line.portions for line in self.lines)

    @property
    def in_doubt(self) -> int:
        return sum(line.in_doubt for line in self.lines)

    @property
    def registered(self) -> int:
        return sum(line.registered for line in self.lines)

    @property
    def warnings(self) -> tuple[str, ...]:
        return warnings_of(self)

    def diets_of(self, class_name: str) -> str:
        return "; ".join(f"{one.portions} × {one.diet}" for one in self.diets if one.class_name == class_name)


class Counted(Protocol):
    @property
    def portions(self) -> int: ...
    @property
    def in_doubt(self) -> int: ...
    @property
    def registered(self) -> int: ...


def warnings_of(count: Counted) -> tuple[str, ...]:
    """Why somebody should ask before the count is believed; texts to translate, then to fill with the figures."""
    few = is_far_below(count.portions, count.registered)
    return tuple(text for text, holds in ((UNPLACED, count.in_doubt > 0), (FEW, few)) if holds)


def read_sheet(session: Session, school_id: UUID, day: date) -> Sheet | None:
    """None before the day is locked, and for a day without meals."""
    state = sheet_queries.sheet_state(session, school_id, day)
    if state is None:
        return None
    lines = sheet_queries.locked_lines(session, school_id, day)
    return Sheet(day, lines, sheet_queries.diet_lines(session, school_id, day), state)


def paper_of(sheet: Sheet, school: str, language: Language) -> Paper:
    say = translator(language).gettext
    facts = {"day": f"{sheet.day:%d/%m/%Y}", "portions": sheet.portions}
    locked = {"time": f"{school_time(sheet.state.locked_at):%H:%M}", "doubt": sheet.in_doubt}
    return Paper(
        title=say(TITLE) % facts,
        school=school,
        columns=[say(marked("Class")), say(marked("Portions")), say(marked("In doubt")), say(marked("Special diets"))],
        rows=[(line.class_name, line.portions, line.in_doubt, sheet.diets_of(line.class_name)) for line in sheet.lines],
        total=(say(marked("Total")), sheet.portions, sheet.in_doubt, ""),
        notes=[*_warnings(sheet, language), say(LOCKED) % locked],
        signed_by=[say(marked("The school")), say(marked("The kitchen"))],
        widths=(10, 10, 10, 50),
    )


def as_text(sheet: Sheet, language: Language) -> tuple[str, str]:
    """Subject and body of what is sent to the kitchen."""
    say = translator(language).gettext
    paper = paper_of(sheet, "", language)
    lines = [
        f"{line.class_name}: {line.portions}" + (f" ({diets})" if (diets := sheet.diets_of(line.class_name)) else "")
        for line in sheet.lines
    ]
    total = say(TOGETHER) % {"portions": sheet.portions}
    warnings = _warnings(sheet, language)
    title = say(TO_CHECK) % {"title": paper.title} if warnings else paper.title
    first = [*warnings, ""] if warnings else []
    return title, "\n".join([*first, *lines, total, "", paper.notes[-1]])


def _warnings(sheet: Sheet, language: Language) -> list[str]:
    facts = {"doubt": sheet.in_doubt, "portions": sheet.portions, "registered": sheet.registered}
    return [translator(language).gettext(text) % facts for text in sheet.warnings]


def token_of(secret: SecretStr | None, school_id: UUID, day: date) -> str | None:
    """What opens one day's sheet to whoever got it by e-mail. None on a service without a secret: no link is sent."""
    if secret is None:
        return None
    return Seal(secret.get_secret_value(), PURPOSE).digest(f"{school_id} {day.isoformat()}")[:32]
