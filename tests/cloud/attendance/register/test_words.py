"""Whatever the rules may say has a sentence, in both languages."""

import re

import pytest

from cloud.attendance.register.facts import Fact, FactKind, Presence, Reason, Rule
from cloud.attendance.register.words import CALENDAR, HALVES, PRESENCES, RULES, sentence
from cloud.kit.i18n import Language, translator
from cloud.school.calendar.facts import Because, HalfDay
from tests.cloud.schoolhouse import at

USABLE = {"seen", "bell", "minutes", "unit"}


def test_every_rule_every_reason_of_the_calendar_and_every_presence_has_words() -> None:
    assert set(RULES) == set(Rule)
    assert set(CALENDAR) == set(Because)
    assert set(PRESENCES) >= set(Presence)
    assert set(HALVES) == set(HalfDay)


@pytest.mark.parametrize("text", [*RULES.values(), *CALENDAR.values(), *PRESENCES.values(), *HALVES.values()])
def test_they_are_said_in_vietnamese_too_and_ask_for_nothing_that_is_not_known(text: str) -> None:
    vietnamese = translator(Language.VI).gettext(text)
    assert vietnamese != text
    for said in (text, vietnamese):
        assert set(re.findall(r"%\((\w+)\)s", said)) <= USABLE


def test_why_it_says_late() -> None:
    used = (Fact(FactKind.SIGHTING, "gate-1/7", at("07:42")), Fact(FactKind.BELL, "07:30", at("07:30")))
    one = sentence(Reason(Rule.CAME_LATE, used, 12), {"gate-1": "Cổng chính"})
    values = {"seen": one.seen, "bell": one.bell, "minutes": one.minutes, "unit": one.unit}
    assert one.text % values == "Late by 12 min: seen at 07:42 at Cổng chính, the bell rang at 07:30."
