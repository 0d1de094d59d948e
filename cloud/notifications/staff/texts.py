"""What staff read, on a screen that others may see too: a pupil is named only where their family wrote."""

from cloud.notifications.texts import Text

FEVER = "fever"
LEAVE_ASKED = "leave_asked"
POST_WAITS = "post_waits"

TEXTS = {
    FEVER: {
        "vi": Text(
            "Phòng y tế: có em cần đo lại nhiệt độ",
            "Lúc {time}, máy ở cổng đo thấy một em quá nóng. Mở trang phòng y tế để xem là em nào.",
        ),
        "en": Text(
            "Health desk: somebody's temperature is to be taken again",
            "At {time} a unit found a pupil too warm. Open the health desk's page to see who it is.",
        ),
    },
    LEAVE_ASKED: {
        "vi": Text(
            "Đơn xin nghỉ: {name} (lớp {class_name})", "Gia đình xin cho {name} nghỉ {span}, chờ thầy cô duyệt."
        ),
        "en": Text(
            "Leave request: {name} (class {class_name})",
            "The family asks for leave for {name}, {span}. It waits for a decision.",
        ),
    },
    POST_WAITS: {
        "vi": Text("Tin chờ duyệt: {title}", "{author} vừa viết một tin cho phụ huynh. Tin đang chờ duyệt."),
        "en": Text("News to approve: {title}", "{author} has written news for families. It waits to be approved."),
    },
}


def language_of(locale: str | None) -> str:
    return "en" if locale == "en" else "vi"


def staff_text(locale: str | None, kind: str, **values: object) -> Text:
    """`values` fill the text of that kind."""
    text = TEXTS[kind][language_of(locale)]
    return Text(text.subject.format(**values), text.body.format(**values))
