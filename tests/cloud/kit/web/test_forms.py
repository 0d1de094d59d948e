"""What somebody typed is read field by field: everything that is wrong is known at once, and what was typed stays."""

import re
from datetime import date, time
from enum import StrEnum
from pathlib import Path

import pytest

import cloud
from cloud.kit.errors import Invalid, Refused
from cloud.kit.i18n import phrase
from cloud.kit.web.forms import Typed

ROOT = Path(cloud.__path__[0])
TYPED_BY_FASTAPI = re.compile(r"(\w+): Annotated\[(?:date|datetime|time|int|float|Decimal)\b[^\]]*, Form\(")
HIDDEN = {
    "attendance/meals/kitchen_pages.py": {"supplements"},
    "attendance/meals/pages.py": {"day", "supplements"},
    "attendance/register_pages.py": {"day", "at", "period"},
    "biometrics/pages.py": {"wording_version"},
    "biometrics/staff_pages.py": {"wording_version"},
    "notifications/notices/pages.py": {"sure_of"},
}
"""Fields that nobody fills in: the page wrote them."""


class Meal(StrEnum):
    LUNCH = "lunch"
    SNACK = "snack"


def form(**fields: str) -> Typed:
    return Typed({name: [text] for name, text in fields.items()})


def test_everything_that_is_wrong_is_named_at_once() -> None:
    typed = form(day="30/2", at="7 giờ", many="12", why="", meal="dinner")
    typed.day("day"), typed.clock("at"), typed.number("many", 1, 10), typed.text("why", 10), typed.choice("meal", Meal)
    with pytest.raises(Refused) as refused:
        typed.require()
    assert [one.field for one in refused.value.problems] == ["day", "at", "many", "why", "meal"]
    assert typed.value("day") == "30/2"


def test_what_can_be_used_is_read_as_people_write_it() -> None:
    typed = form(day="2026-11-20", at="7h30", many="7", why="Xe  hỏng", meal="snack", note="a\r\nb", tick="true")
    assert (typed.day("day"), typed.clock("at"), typed.number("many", 1, 10)) == (date(2026, 11, 20), time(7, 30), 7)
    assert (typed.text("why", 7), typed.choice("meal", Meal), typed.lines("note", 3)) == ("Xe hỏng", "snack", "a\nb")
    assert (typed.ticked("tick"), typed.ticked("other", otherwise=True)) == (True, False)
    typed.require()


def test_what_was_not_sent_is_as_it_was() -> None:
    typed = Typed()
    assert (typed.ticked("tick", otherwise=True), typed.number("many", 1, 10, otherwise=4)) == (True, 4)
    assert typed.choice("meal", Meal, Meal.LUNCH) is Meal.LUNCH
    typed.require()


def test_what_a_rule_says_stands_beside_the_field_with_its_facts() -> None:
    def rule(text: str) -> int:
        raise Invalid(phrase("at most %(most)s", most=3))

    typed = form(many="9")
    assert typed.read("many", rule) is None
    [problem] = typed.wrong("many")
    assert str(problem) == "many: at most 3"


def test_no_page_lets_a_slip_in_a_day_a_time_or_a_number_lose_the_form() -> None:
    found = {
        file.relative_to(ROOT).as_posix(): set(TYPED_BY_FASTAPI.findall(file.read_text(encoding="utf-8")))
        for file in ROOT.rglob("*.py")
    }
    assert {name: fields for name, fields in found.items() if fields} == HIDDEN, "read it with cloud/kit/web/forms.py"
