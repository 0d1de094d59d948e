"""The kitchen's sheet of a day: how many portions for which class, and who eats something else. Numbers, no names."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from pydantic import SecretStr
from sqlalchemy.orm import Session

from cloud.attendance.meals import sheet_queries, supplement_queries
from cloud.attendance.meals.rules import is_far_below
from cloud.attendance.meals.sheet_queries import ClassLine, DietLine, SheetState
from cloud.attendance.meals.supplement_queries import Supplement, added_by_class
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
MORE_TITLE = marked("Supplement %(number)s: %(more)s more portions, %(portions)s in all on %(day)s")
SUPPLEMENT = marked("Supplement %(number)s, at %(time)s: %(portions)s more portions (%(classes)s).")
LOCKED = marked("Counted at %(time)s. Pupils whom nobody could place then: %(doubt)s.")


@dataclass(frozen=True, slots=True)
class SheetLine:
    class_name: str
    locked: int
    more: int
    """Added since."""
    in_doubt: int
    """Whom nobody could place when it was locked, nor since."""
    diets: str

    @property
    def portions(self) -> int:
        return self.locked + self.more


@dataclass(frozen=True, slots=True)
class Sheet:
    day: date
    classes: tuple[ClassLine, ...]
    """As they were locked."""
    locked_diets: tuple[DietLine, ...]
    state: SheetState
    unplaced: Mapping[UUID, int]
    """By class: pupils whom nobody could place at the cut-off, nor since."""
    supplements: tuple[Supplement, ...] = ()

    @property
    def lines(self) -> tuple[SheetLine, ...]:
        """Of every class that was counted or added to."""
        locked, more = {one.class_id: one for one in self.classes}, added_by_class(self.supplements)
        named = {one.class_id: (one.grade, one.class_name) for one in self.classes}
        named |= {line.class_id: (line.grade, line.class_name) for one in self.supplements for line in one.lines}
        return tuple(
            SheetLine(
                name,
                locked[class_id].portions if class_id in locked else 0,
                more[class_id],
                self.unplaced.get(class_id, 0),
                self._diets_of(name),
            )
            for class_id, (_, name) in sorted(named.items(), key=lambda item: item[1])
        )

    @property
    def locked(self) -> int:
        return sum(line.portions for line in self.classes)

    @property
    def more(self) -> int:
        return sum(one.portions for one in self.supplements)

    @property
    def portions(self) -> int:
        return self.locked + self.more

    @property
    def in_doubt(self) -> int:
        return sum(self.unplaced.values())

    @property
    def in_doubt_then(self) -> int:
        return sum(line.in_doubt for line in self.classes)

    @property
    def registered(self) -> int:
        return sum(line.registered for line in self.classes)

    @property
    def warnings(self) -> tuple[str, ...]:
        return warnings_of(self)

    @property
    def changed_at(self) -> datetime:
        return self.supplements[-1].at if self.supplements else self.state.locked_at

    @property
    def is_received(self) -> bool:
        """With all that was added."""
        return bool(self.state.received_at) and all(one.received_at for one in self.supplements)

    def _diets_of(self, class_name: str) -> str:
        found: Counter[str] = Counter()
        added = [line for one in self.supplements for line in one.lines]
        for name, diet, portions in (
            *((line.class_name, line.diet, line.portions) for line in self.locked_diets),
            *((line.class_name, line.diet, line.portions) for line in added),
        ):
            if name == class_name and diet:
                found[diet] += portions
        return "; ".join(f"{portions} × {diet}" for diet, portions in sorted(found.items()))


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
    return Sheet(
        day,
        sheet_queries.locked_lines(session, school_id, day),
        sheet_queries.diet_lines(session, school_id, day),
        state,
        unplaced=Counter(supplement_queries.in_doubt(session, school_id, day).values()),
        supplements=supplement_queries.supplements(session, school_id, day),
    )


def paper_of(sheet: Sheet, school: str, language: Language) -> Paper:
    """Once something was added, with what was locked, what came on top and both together."""
    say = translator(language).gettext
    facts = {"day": f"{sheet.day:%d/%m/%Y}", "portions": sheet.portions}
    first, last = [say(marked("Class"))], [say(marked("In doubt")), say(marked("Special diets"))]
    signed_by = [say(marked("The school")), say(marked("The kitchen"))]
    notes = [*_warnings(sheet, language), *_supplements(sheet, language), _locked(sheet, language)]
    title, total = say(TITLE) % facts, say(marked("Total"))
    if not sheet.supplements:
        return Paper(
            title=title,
            school=school,
            columns=[*first, say(marked("Portions")), *last],
            rows=[(line.class_name, line.portions, line.in_doubt, line.diets) for line in sheet.lines],
            total=(total, sheet.portions, sheet.in_doubt, ""),
            notes=notes,
            signed_by=signed_by,
            widths=(10, 10, 10, 50),
        )
    return Paper(
        title=title,
        school=school,
        columns=[*first, say(marked("Locked")), say(marked("Supplement")), say(marked("Portions in all")), *last],
        rows=[
            (line.class_name, line.locked, line.more, line.portions, line.in_doubt, line.diets) for line in sheet.lines
        ],
        total=(total, sheet.locked, sheet.more, sheet.portions, sheet.in_doubt, ""),
        notes=notes,
        signed_by=signed_by,
        widths=(10, 10, 10, 14, 10, 50),
    )


def as_text(sheet: Sheet, language: Language) -> tuple[str, str]:
    """Subject and body of what is sent to the kitchen."""
    say = translator(language).gettext
    facts: dict[str, object] = {"day": f"{sheet.day:%d/%m/%Y}", "portions": sheet.portions}
    title = say(TITLE) % facts
    if sheet.supplements:
        last = sheet.supplements[-1]
        title = say(MORE_TITLE) % {**facts, "number": last.number, "more": last.portions}
    lines = [f"{line.class_name}: {line.portions}" + (f" ({line.diets})" if line.diets else "") for line in sheet.lines]
    warnings = _warnings(sheet, language)
    blocks = [
        warnings,
        _supplements(sheet, language),
        [*lines, say(TOGETHER) % {"portions": sheet.portions}],
        [_locked(sheet, language)],
    ]
    subject = say(TO_CHECK) % {"title": title} if warnings else title
    return subject, "\n\n".join("\n".join(block) for block in blocks if block)


def _supplements(sheet: Sheet, language: Language) -> list[str]:
    say = translator(language).gettext
    return [
        say(SUPPLEMENT)
        % {
            "number": one.number,
            "time": f"{school_time(one.at):%H:%M}",
            "portions": one.portions,
            "classes": one.by_class,
        }
        for one in sheet.supplements
    ]


def _locked(sheet: Sheet, language: Language) -> str:
    facts = {"time": f"{school_time(sheet.state.locked_at):%H:%M}", "doubt": sheet.in_doubt_then}
    return translator(language).gettext(LOCKED) % facts


def _warnings(sheet: Sheet, language: Language) -> list[str]:
    facts = {"doubt": sheet.in_doubt, "portions": sheet.portions, "registered": sheet.registered}
    return [translator(language).gettext(text) % facts for text in sheet.warnings]


def token_of(secret: SecretStr | None, school_id: UUID, day: date) -> str | None:
    """What opens one day's sheet to whoever got it by e-mail. None on a service without a secret: no link is sent."""
    if secret is None:
        return None
    return Seal(secret.get_secret_value(), PURPOSE).digest(f"{school_id} {day.isoformat()}")[:32]
