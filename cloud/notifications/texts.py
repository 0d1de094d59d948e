"""What guardians read. Each text names one child, the guardian's own, and nobody else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cloud.kit.clock import school_time
from cloud.school.calendar.facts import HalfDay

ARRIVED = "arrived"
CORRECTED = "corrected"
ABSENT = "absent"
PRESENT_AFTER_ALL = "present_after_all"
EXCUSED_AFTER_ALL = "excused_after_all"
OFF_AFTER_ALL = "off_after_all"
DIGEST = "digest"
NOTICE = "notice"
THREAD = "thread"
THREAD_TO_TEACHER = "thread_to_teacher"
GROUP = "group"
NEWS = "news"
GROUP_TO_LOOK_AT = "group_to_look_at"
EMERGENCY = {"vi": "KHẨN CẤP: ", "en": "EMERGENCY: "}
REMINDER = {"vi": "Nhắc lại: ", "en": "Reminder: "}
HALVES = {
    ("vi", HalfDay.MORNING): "buổi sáng", ("vi", HalfDay.AFTERNOON): "buổi chiều",
    ("en", HalfDay.MORNING): "in the morning", ("en", HalfDay.AFTERNOON): "in the afternoon",
}  # fmt: skip
CORRECTION = {"vi": "Đính chính: ", "en": "Correction: "}


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
    ("vi", ABSENT): Text(
        "{name} chưa có mặt ở trường",
        "Đến {time} ngày {day}, nhà trường chưa thấy {name} (lớp {class_name}) và chưa nhận đơn xin nghỉ nào. "
        "Nếu cháu nghỉ, xin báo cho nhà trường; nếu cháu đã đi học, xin gọi ngay cho giáo viên chủ nhiệm.",
    ),
    ("vi", PRESENT_AFTER_ALL): Text(
        "Đính chính: {name} có mặt ở trường",
        "{name} (lớp {class_name}) có mặt ở trường ngày {day}. Tin báo vắng trước đó là chưa đúng.",
    ),
    ("vi", EXCUSED_AFTER_ALL): Text(
        "Đính chính: {name} nghỉ có phép",
        "Nhà trường ghi nhận {name} (lớp {class_name}) nghỉ có phép ngày {day}.",
    ),
    ("vi", OFF_AFTER_ALL): Text(
        "Đính chính: {name} được nghỉ học {half}",
        "Lớp {class_name} của {name} được nghỉ học {half} ngày {day}. Tin báo vắng trước đó không còn đúng.",
    ),
    ("vi", THREAD): Text(
        "{writer} nhắn tin về {name}",
        "{writer} vừa nhắn cho gia đình về {name} (lớp {class_name}). Xin đăng nhập để đọc và trả lời.",
    ),
    ("vi", THREAD_TO_TEACHER): Text(
        "Gia đình {name} (lớp {class_name}) nhắn tin", "Gia đình {name} (lớp {class_name}) vừa nhắn cho thầy cô."
    ),
    ("vi", GROUP): Text(
        "Giáo viên viết trong nhóm lớp {class_name}",
        "Giáo viên vừa viết trong nhóm lớp {class_name} của {name}. Xin đăng nhập để đọc.",
    ),
    ("vi", GROUP_TO_LOOK_AT): Text(
        "Nhóm lớp {class_name}: có tin cần xem", "Trong nhóm lớp {class_name} có tin chờ duyệt hoặc bị báo cáo."
    ),
    ("vi", NEWS): Text("Tin nhà trường: {title}", "Nhà trường có tin mới: {title}. Xin đăng nhập để đọc."),
    ("vi", DIGEST): Text("Tin trong ngày của {name} (lớp {class_name})", "{lines}"),
    ("en", DIGEST): Text("The day of {name} (class {class_name})", "{lines}"),
    ("en", THREAD): Text(
        "{writer} wrote about {name}",
        "{writer} has written to you about {name} (class {class_name}). Please log in to read and answer.",
    ),
    ("en", THREAD_TO_TEACHER): Text(
        "The family of {name} (class {class_name}) wrote",
        "The family of {name} (class {class_name}) has written to you.",
    ),
    ("en", GROUP): Text(
        "A teacher wrote in the group of class {class_name}",
        "A teacher has written in the group of {name}'s class {class_name}. Please log in to read it.",
    ),
    ("en", GROUP_TO_LOOK_AT): Text(
        "Group of class {class_name}: something to look at",
        "A message in the group of class {class_name} waits to be let in, or was reported.",
    ),
    ("en", NEWS): Text("News from school: {title}", "There is news from school: {title}. Please log in to read it."),
    ("en", ABSENT): Text(
        "{name} has not been seen at school",
        "By {time} on {day} the school had not seen {name} (class {class_name}) and had no request for leave. "
        "If your child stays at home, please tell the school; if not, please call the homeroom teacher at once.",
    ),
    ("en", PRESENT_AFTER_ALL): Text(
        "Correction: {name} is at school",
        "{name} (class {class_name}) is at school on {day}. The absence told before was wrong.",
    ),
    ("en", EXCUSED_AFTER_ALL): Text(
        "Correction: {name} is excused",
        "The school has noted that {name} (class {class_name}) is excused on {day}.",
    ),
    ("en", OFF_AFTER_ALL): Text(
        "Correction: {name} has no school {half}",
        "Class {class_name} of {name} has no school {half} of {day}. The absence told before does not hold any more.",
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


def absence_text(locale: str | None, kind: str, *, name: str, class_name: str, at: datetime, day: date) -> Text:
    """`kind`: ABSENT, PRESENT_AFTER_ALL or EXCUSED_AFTER_ALL."""
    text = TEXTS["en" if locale == "en" else "vi", kind]
    values = {"name": name, "class_name": class_name, "time": f"{school_time(at):%H:%M}", "day": f"{day:%d/%m/%Y}"}
    return Text(text.subject.format(**values), text.body.format(**values))


def off_text(locale: str | None, *, name: str, class_name: str, half: HalfDay, day: date) -> Text:
    language = "en" if locale == "en" else "vi"
    text = TEXTS[language, OFF_AFTER_ALL]
    values = {"name": name, "class_name": class_name, "half": HALVES[language, half], "day": f"{day:%d/%m/%Y}"}
    return Text(text.subject.format(**values), text.body.format(**values))


def thread_text(locale: str | None, kind: str, *, name: str, class_name: str, writer: str) -> Text:
    """`kind`: THREAD or THREAD_TO_TEACHER. That there is a message, not what it says: that may name others."""
    text = TEXTS["en" if locale == "en" else "vi", kind]
    values = {"name": name, "class_name": class_name, "writer": writer}
    return Text(text.subject.format(**values), text.body.format(**values))


def group_text(locale: str | None, kind: str, *, name: str, class_name: str) -> Text:
    """`kind`: GROUP or GROUP_TO_LOOK_AT."""
    text = TEXTS["en" if locale == "en" else "vi", kind]
    values = {"name": name, "class_name": class_name}
    return Text(text.subject.format(**values), text.body.format(**values))


def news_text(locale: str | None, title: str, *, corrects: bool) -> Text:
    language = "en" if locale == "en" else "vi"
    text = TEXTS[language, NEWS]
    subject = text.subject.format(title=title)
    return Text((CORRECTION[language] if corrects else "") + subject, text.body.format(title=title))


def digest_text(locale: str | None, name: str, class_name: str, told: Sequence[tuple[datetime, str]]) -> Text:
    """`told`: when each thing happened, and its text."""
    text = TEXTS["en" if locale == "en" else "vi", DIGEST]
    lines = "\n".join(f"{school_time(at):%H:%M} {body}" for at, body in told)
    return Text(text.subject.format(name=name, class_name=class_name), text.body.format(lines=lines))


def notice_text(
    language: str, subject: str, body: str, *, emergency: bool, corrects: bool, reminder: bool = False
) -> Text:
    """What a person wrote, with what it is in front: `language` is the one that it was written in."""
    marks = (REMINDER, reminder), (EMERGENCY, emergency), (CORRECTION, corrects)
    first = "".join(words[language] for words, holds in marks if holds)
    return Text(first + subject, body)
