"""What guardians read. Each text names one child, the guardian's own, and nobody else."""

from dataclasses import dataclass
from datetime import datetime

from cloud.kit.clock import school_time

ARRIVED = "arrived"
CORRECTED = "corrected"


@dataclass(frozen=True, slots=True)
class Text:
    subject: str
    body: str


TEXTS = {
    ("vi", ARRIVED): Text(
        "{name} đã đến trường lúc {time}",
        "{name} (lớp {class_name}) đã đến trường lúc {time}, ngày {day}.",
    ),
    ("vi", CORRECTED): Text(
        "Đính chính: {name} đã đến trường lúc {time}",
        "{name} (lớp {class_name}) đã đến trường lúc {time}, ngày {day}. Giờ báo trước đó, {told}, là chưa đúng.",
    ),
    ("en", ARRIVED): Text(
        "{name} arrived at school at {time}",
        "{name} (class {class_name}) arrived at school at {time} on {day}.",
    ),
    ("en", CORRECTED): Text(
        "Correction: {name} arrived at school at {time}",
        "{name} (class {class_name}) arrived at school at {time} on {day}. The time told before, {told}, was wrong.",
    ),
}


def arrival_text(
    locale: str | None, *, name: str, class_name: str, first_in_at: datetime, corrects: datetime | None
) -> Text:
    """In the guardian's language; Vietnamese unless they chose English."""
    text = TEXTS["en" if locale == "en" else "vi", CORRECTED if corrects else ARRIVED]
    values = {
        "name": name,
        "class_name": class_name,
        "time": f"{school_time(first_in_at):%H:%M}",
        "day": f"{school_time(first_in_at):%d/%m/%Y}",
        "told": f"{school_time(corrects):%H:%M}" if corrects else "",
    }
    return Text(text.subject.format(**values), text.body.format(**values))
