"""The Vietnamese catalogue says everything, and nothing that is not asked for."""

import ast
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from cloud.kit.i18n import Language, clock_time, day_month, language_of, long_day, translator, weekday
from cloud.kit.i18n.upkeep import CLOUD, missing, read_catalogue, texts_in_code

TRANSLATING = {"marked", "_", "say", "phrase", "gettext", "ngettext"}
TO_A_TERMINAL = CLOUD / "demo"
"""There `say` prints, in English."""


def test_every_text_is_translated() -> None:
    catalogue = read_catalogue(Language.VI)
    wanted = {str(message.id) for message in texts_in_code() if message.id}
    held = {str(message.id) for message in catalogue if message.id}
    assert wanted - held == set(), "run scripts/translations and fill the empty msgstr"
    assert held - wanted == set(), "left over: run scripts/translations"
    assert missing(catalogue) == []


def test_no_text_hides_from_the_catalogue_in_an_f_string_or_a_choice() -> None:
    """Babel passes over a call inside an f-string, and over `_("a" if x else "b")`; nothing else would say so."""
    held = {text for message in read_catalogue(Language.VI) for text in _texts(message.id)}
    files = [file for file in sorted(CLOUD.rglob("*.py")) if not file.is_relative_to(TO_A_TERMINAL)]
    hidden = [
        f"{file.relative_to(CLOUD)}:{line}: {text!r}"
        for file in files
        for line, text in _given(file)
        if text not in held
    ]
    assert len(files) > 100
    assert hidden == [], "name the text outside, with marked(), and run scripts/translations"


def _given(file: Path) -> Iterator[tuple[int, str]]:
    """Every string literal in what is given to a translating call, by line; an f-string as the text that it is not."""
    for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if not isinstance(call, ast.Call) or _name(call.func) not in TRANSLATING:
            continue
        # The other arguments are facts to fill in, and ngettext's second is its plural.
        for text in call.args[: 2 if _name(call.func) == "ngettext" else 1]:
            yield from ((call.lineno, one) for one in _literals(text))


def _literals(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=body, orelse=orelse):
            yield from (*_literals(body), *_literals(orelse))
        case ast.BoolOp(values=values):
            for one in values:
                yield from _literals(one)
        case ast.JoinedStr():
            yield ast.unparse(node)


def _name(called: ast.expr) -> str:
    return called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""


def _texts(message: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (message,) if isinstance(message, str) else tuple(message)


def test_no_placeholder_is_lost_in_translation() -> None:
    problems = [error for message in read_catalogue(Language.VI) if message.id for error in message.check()]
    assert problems == []


@pytest.mark.parametrize("wish", [None, "", "fr", "vi", "VI", "../../etc"])
def test_an_unknown_wish_is_answered_in_vietnamese(wish: str | None) -> None:
    assert language_of(wish) is Language.VI


def test_both_languages_speak() -> None:
    assert translator(Language.VI).gettext("Log in") == "Đăng nhập"
    assert translator(Language.EN).gettext("Log in") == "Log in"
    assert translator(Language.EN).ngettext("%(num)s pupil", "%(num)s pupils", 2) == "%(num)s pupils"


def test_time_is_shown_as_it_is_at_school() -> None:
    assert clock_time(datetime(2026, 9, 6, 23, 30, tzinfo=UTC)) == "06:30"
    assert long_day(date(2026, 9, 7), Language.VI) == "Thứ Hai, 7 tháng 9, 2026"
    assert long_day(date(2026, 9, 7), Language.EN) == "Monday, 7 September 2026"
    assert weekday(date(2026, 9, 7), Language.VI) == "Th 2"
    assert day_month(date(2026, 9, 7)) == "7/9"
    # Half past six of the 7th is still the 6th where clocks run by UTC.
    at_school = datetime(2026, 9, 6, 23, 30, tzinfo=UTC)
    assert day_month(at_school) == "7/9"
    assert weekday(at_school, Language.EN) == "Mon"
    assert long_day(at_school, Language.EN) == "Monday, 7 September 2026"
