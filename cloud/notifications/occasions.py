"""What guardians hear beside arrivals and absences: their child left, the health desk wrote, absences add up, leave was
decided on.

Each text names one child, the guardian's own, and nobody else: who fetched a child, and what the health desk wrote,
stands in the family's page.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from cloud.attendance.health.events import HEALTH_NOTED, HealthNoted
from cloud.attendance.leave.events import LEAVE_DECIDED, LeaveDecided
from cloud.attendance.leave.facts import ClaimState
from cloud.attendance.register.events import ABSENCES_ADD_UP, AbsencesAddUp
from cloud.attendance.release.events import LEFT, LEFT_AFTER_ALL_NOT, Left, LeftAfterAllNot
from cloud.attendance.release.rules import Way
from cloud.kit.clock import school_time
from cloud.notifications.preferences import Urgency
from cloud.notifications.telling import Occasion
from cloud.notifications.texts import Text

TEXTS = {
    "left": {
        "vi": Text("{name} đã rời trường lúc {time}", "{name} (lớp {class_name}) {how} lúc {time}, ngày {day}."),
        "en": Text("{name} left school at {time}", "{name} (class {class_name}) {how} at {time} on {day}."),
    },
    "left_not": {
        "vi": Text(
            "Đính chính: {name} vẫn ở trường",
            "{name} (lớp {class_name}) vẫn ở trường. Tin rời trường lúc {time}, ngày {day} là chưa đúng.",
        ),
        "en": Text(
            "Correction: {name} is still at school",
            "{name} (class {class_name}) is still at school. What was told of {time} on {day} was wrong.",
        ),
    },
    "health": {
        "vi": Text(
            "Phòng y tế có ghi về {name}",
            "Phòng y tế đã ghi vào sổ về {name} (lớp {class_name}) lúc {time}, ngày {day}. "
            "Mời phụ huynh xem trong trang của gia đình hoặc gọi cho nhà trường.",
        ),
        "en": Text(
            "The health desk wrote about {name}",
            "The health desk wrote something down about {name} (class {class_name}) at {time} on {day}. "
            "Please read it in your family's page, or call the school.",
        ),
    },
    "leave_approved": {
        "vi": Text(
            "Đơn xin nghỉ của {name} đã được duyệt",
            "Nhà trường đã đồng ý cho {name} (lớp {class_name}) nghỉ {span}.{note}",
        ),
        "en": Text(
            "Leave for {name} was approved",
            "The school has approved leave for {name} (class {class_name}), {span}.{note}",
        ),
    },
    "leave_noted": {
        "vi": Text(
            "Nhà trường đã ghi phép nghỉ cho {name}",
            "Theo lời gia đình báo, nhà trường đã ghi cho {name} (lớp {class_name}) nghỉ có phép {span}. "
            "Nếu gia đình không báo, xin gọi ngay cho nhà trường.{note}",
        ),
        "en": Text(
            "Leave for {name} was written down",
            "As the family told the school, leave for {name} (class {class_name}) was written down, {span}. "
            "If nobody of the family did, please call the school at once.{note}",
        ),
    },
    "leave_rejected": {
        "vi": Text(
            "Đơn xin nghỉ của {name} không được duyệt",
            "Nhà trường không duyệt đơn xin nghỉ của {name} (lớp {class_name}), {span}.{note}",
        ),
        "en": Text(
            "Leave for {name} was not approved",
            "The school has not approved leave for {name} (class {class_name}), {span}.{note}",
        ),
    },
    "leave_withdrawn": {
        "vi": Text(
            "Đính chính: đơn xin nghỉ của {name} không còn được duyệt",
            "Nhà trường đã rút lại việc cho {name} (lớp {class_name}) nghỉ {span}.{note}",
        ),
        "en": Text(
            "Correction: leave for {name} is no longer approved",
            "The school has withdrawn its approval of leave for {name} (class {class_name}), {span}.{note}",
        ),
    },
    "absences": {
        "vi": Text(
            "{name} đã nghỉ {days} ngày trong năm học",
            "Đến ngày {day}, {name} (lớp {class_name}) đã nghỉ {days} ngày trong năm học, có phép và không phép. "
            "Mỗi ngày tính 1 buổi; nghỉ quá {limit} buổi thì không đủ điều kiện lên lớp. Xin liên hệ giáo viên "
            "chủ nhiệm.",
        ),
        "en": Text(
            "{name} was absent on {days} days of this school year",
            "By {day} {name} (class {class_name}) was absent on {days} school days of this year, with and without "
            "permission. Whoever is absent on more than {limit} cannot move up. Please talk to the class teacher.",
        ),
    },
}
HOW = {
    "vi": {Way.GUARDIAN: "đã được người nhà đón", Way.PERMIT: "đã được người mà gia đình nhờ đón",
           Way.ALONE: "đã tự về", Way.SEEN: "đã ra khỏi trường"},
    "en": {Way.GUARDIAN: "was fetched by the family", Way.PERMIT: "was fetched by whom the family had sent",
           Way.ALONE: "went home alone", Way.SEEN: "was seen going out"},
}  # fmt: skip

SPANS = {
    "vi": ("ngày {first:%d/%m/%Y}", "từ {first:%d/%m/%Y} đến {last:%d/%m/%Y}"),
    "en": ("on {first:%d/%m/%Y}", "from {first:%d/%m/%Y} to {last:%d/%m/%Y}"),
}
"""Of one day, and of more."""
SAID = {"vi": " Nhà trường nhắn: {note}", "en": " The school says: {note}"}


@dataclass(frozen=True, slots=True)
class Heard:
    """An event as something to tell; `values` fill its text, by language."""

    occasion: Occasion
    values: Callable[[str], dict[str, object]]


TextFor = Callable[[str | None, str, str], Text]
"""By the reader's locale, the pupil's name and class."""
Read = Callable[[str], tuple[Occasion, TextFor]]


def readers() -> dict[str, Read]:
    """By topic: what an event's payload is to guardians."""
    return {topic: _reader(hear) for topic, hear in _HEARD.items()}


def _reader(hear: Callable[[str], Heard]) -> Read:
    def read(payload: str) -> tuple[Occasion, TextFor]:
        heard = hear(payload)

        def text_for(locale: str | None, name: str, class_name: str) -> Text:
            language = "en" if locale == "en" else "vi"
            text = TEXTS[heard.occasion.kind][language]
            values = {**heard.values(language), "name": name, "class_name": class_name}
            return Text(text.subject.format(**values), text.body.format(**values))

        return heard.occasion, text_for

    return read


def _left(payload: str) -> Heard:
    event = Left.model_validate_json(payload)
    values = _moment(event.left_at)
    occasion = _occasion("left", Urgency.ROUTINE, event.school_id, event.student_id, event.day, event.left_at)
    return Heard(occasion, lambda language: {**values, "how": HOW[language][Way(event.way)]})


def _left_not(payload: str) -> Heard:
    event = LeftAfterAllNot.model_validate_json(payload)
    values = _moment(event.left_at)
    ids = event.school_id, event.student_id, event.day
    return Heard(_occasion("left_not", Urgency.URGENT, *ids, event.corrected_at), lambda _: values)


def _health(payload: str) -> Heard:
    event = HealthNoted.model_validate_json(payload)
    values = _moment(event.at)
    ids = event.school_id, event.student_id, event.day
    return Heard(_occasion("health", Urgency.URGENT, *ids, event.at), lambda _: values)


def _absences(payload: str) -> Heard:
    event = AbsencesAddUp.model_validate_json(payload)
    values = {"day": f"{event.day:%d/%m/%Y}", "days": event.days, "limit": event.limit}
    ids = event.school_id, event.student_id, event.day
    return Heard(_occasion("absences", Urgency.ROUTINE, *ids, event.reached_at), lambda _: values)


def _leave_decided(payload: str) -> Heard:
    """What the school wrote to its decision is to this family alone, and is told with it."""
    event = LeaveDecided.model_validate_json(payload)
    kinds = {ClaimState.APPROVED: "leave_approved", ClaimState.REJECTED: "leave_rejected"}
    if event.is_note:
        kinds[ClaimState.APPROVED] = "leave_noted"
    kind = "leave_withdrawn" if event.before is ClaimState.APPROVED else kinds[event.after]
    ids = event.school_id, event.student_id, event.decided_at.date()
    occasion = _occasion(kind, Urgency.ROUTINE, *ids, event.decided_at)
    path = f"/children/{event.student_id}/leave"

    def values(language: str) -> dict[str, object]:
        note = SAID[language].format(note=event.note) if event.note else ""
        return {"span": span_words(language, event.first_day, event.last_day), "note": note}

    about = f"{occasion.about}{event.request_id.hex}"
    return Heard(replace(occasion, about=about, about_id=event.request_id, path=path), values)


def span_words(language: str, first: date, last: date) -> str:
    return SPANS[language][first != last].format(first=first, last=last)


_HEARD: dict[str, Callable[[str], Heard]] = {
    LEFT: _left,
    LEFT_AFTER_ALL_NOT: _left_not,
    HEALTH_NOTED: _health,
    ABSENCES_ADD_UP: _absences,
    LEAVE_DECIDED: _leave_decided,
}


def _moment(at: datetime) -> dict[str, object]:
    return {"time": f"{school_time(at):%H:%M}", "day": f"{school_time(at):%d/%m/%Y}"}


def _occasion(kind: str, urgency: Urgency, school_id: UUID, student_id: UUID, day: date, at: datetime) -> Occasion:
    """A child may leave twice a day: each time is an occasion of its own."""
    return Occasion(kind, urgency, school_id, student_id, day, at, about=f"{at:%H%M%S}")
