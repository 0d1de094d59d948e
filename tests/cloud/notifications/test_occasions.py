"""What guardians hear beside arrivals and absences: every text can be filled, names one child and nobody else."""

from datetime import datetime, timedelta
from string import Formatter

import pytest
from pydantic import BaseModel

from cloud.attendance.health.events import HEALTH_NOTED, HealthNoted
from cloud.attendance.leave.events import LEAVE_DECIDED, LeaveDecided
from cloud.attendance.leave.facts import ClaimState
from cloud.attendance.leave.rules import MAY_BECOME, Side
from cloud.attendance.register.events import ABSENCES_ADD_UP, AbsencesAddUp
from cloud.attendance.release.events import LEFT, LEFT_AFTER_ALL_NOT, Left, LeftAfterAllNot
from cloud.attendance.release.rules import Way
from cloud.kit.ids import new_id
from cloud.notifications.occasions import TEXTS, readers
from tests.cloud.schoolhouse import MONDAY, at

IDS = {"school_id": new_id(), "student_id": new_id(), "day": MONDAY}
NOON: datetime = at("12:00")
LEAVE = {
    "school_id": IDS["school_id"], "student_id": IDS["student_id"], "request_id": new_id(), "first_day": MONDAY,
    "last_day": MONDAY + timedelta(days=1), "note": "", "decided_at": NOON,
}  # fmt: skip
STEPS = [(before, after) for (before, after), sides in MAY_BECOME.items() if Side.STAFF in sides]
EVENTS: list[tuple[str, BaseModel]] = [
    *((LEFT, Left(**IDS, left_at=NOON, way=way)) for way in Way),
    (LEFT_AFTER_ALL_NOT, LeftAfterAllNot(**IDS, left_at=NOON, corrected_at=NOON)),
    (HEALTH_NOTED, HealthNoted(**IDS, at=NOON)),
    *((LEAVE_DECIDED, LeaveDecided(**LEAVE, before=before, after=after)) for before, after in STEPS),
    (LEAVE_DECIDED, LeaveDecided(**LEAVE, before=ClaimState.REQUESTED, after=ClaimState.APPROVED, is_note=True)),
    (LEAVE_DECIDED, LeaveDecided(**LEAVE, before=ClaimState.APPROVED, after=ClaimState.WITHDRAWN, is_note=True)),
    (ABSENCES_ADD_UP, AbsencesAddUp(**IDS, days=40, limit=45, reached_at=NOON)),
]


@pytest.mark.parametrize(("topic", "event"), EVENTS, ids=lambda one: one if isinstance(one, str) else "")
def test_every_event_is_a_text_in_both_languages(topic: str, event: BaseModel) -> None:
    occasion, text_for = readers()[topic](event.model_dump_json())
    texts = [text_for(language, "Nguyễn Thị Lan", "1A") for language in ("vi", "en", None)]
    assert occasion.student_id == IDS["student_id"]
    assert texts[0] == texts[2] != texts[1]
    for text in texts:
        assert text.subject.count("Nguyễn Thị Lan") == 1
        assert "1A" in text.body
        assert "{" not in text.subject + text.body


def test_no_text_has_a_place_for_anybody_else() -> None:
    places = {name for by in TEXTS.values() for text in by.values() for _, name, _, _ in Formatter().parse(text.body)}
    assert places - {None} <= {"name", "class_name", "how", "time", "day", "days", "limit", "span", "note"}
