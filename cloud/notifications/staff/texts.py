"""What staff read, on a screen that others may see too: a pupil is named only where their family asked for
leave or told of it."""

from cloud.notifications.texts import Text
from cloud.units.rules import Trouble

FEVER = "fever"
LEAVE_ASKED = "leave_asked"
LEAVE_NOTED = "leave_noted"
POST_WAITS = "post_waits"
UNIT_TROUBLE = "unit_trouble"
CLASS_FIGURES = "class_figures"
SCHOOL_RATES = "school_rates"
TIMESHEET_ASKED = "timesheet_asked"
TIMESHEET_APPROVED = "timesheet_approved"
TIMESHEET_REJECTED = "timesheet_rejected"

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
    LEAVE_NOTED: {
        "vi": Text(
            "Phép nghỉ: {name} (lớp {class_name})",
            "Gia đình báo cho {name} nghỉ {span}. {writer} đã ghi lại, phép đã được duyệt.",
        ),
        "en": Text(
            "Leave: {name} (class {class_name})",
            "The family told the school of leave for {name}, {span}. {writer} wrote it down; it is approved.",
        ),
    },
    CLASS_FIGURES: {
        "vi": Text(
            "Lớp {class_name} lúc {time}: {present} em có mặt",
            "Có mặt {present} (đi muộn {late}), vắng không phép {not_permitted}, nghỉ có phép {permitted}, "
            "cần xem lại {open}.",
        ),
        "en": Text(
            "Class {class_name} at {time}: {present} present",
            "{present} present ({late} late), {not_permitted} absent without permission, {permitted} on leave, "
            "{open} to be checked.",
        ),
    },
    SCHOOL_RATES: {
        "vi": Text(
            "Sĩ số lúc {time}: {rate} %",
            "Có mặt {present} trên {all} em, vắng không phép {not_permitted}, nghỉ có phép {permitted}, "
            "cần xem lại {open}. Lớp dưới {low} %: {classes}.",
        ),
        "en": Text(
            "At school at {time}: {rate} %",
            "{present} of {all} present, {not_permitted} absent without permission, {permitted} on leave, "
            "{open} to be checked. Classes below {low} %: {classes}.",
        ),
    },
    UNIT_TROUBLE: {
        "vi": Text("Thiết bị cần xem: {which}", "{lines}"),
        "en": Text("A unit to look at: {which}", "{lines}"),
    },
    TIMESHEET_ASKED: {
        "vi": Text("Bảng chấm công chờ duyệt: {name}", "Đề nghị điều chỉnh ngày {day}: {came} đến {left}."),
        "en": Text("A timesheet to look at: {name}", "A correction of {day} is asked for: {came} to {left}."),
    },
    TIMESHEET_APPROVED: {
        "vi": Text("Bảng chấm công đã được điều chỉnh", "Ngày {day}: {came} đến {left}."),
        "en": Text("A timesheet was corrected", "{day}: {came} to {left}."),
    },
    TIMESHEET_REJECTED: {
        "vi": Text("Đề nghị điều chỉnh chấm công không được duyệt", "Ngày {day}: {came} đến {left}. Lý do: {note}"),
        "en": Text("A correction of a timesheet was not approved", "{day}: {came} to {left}. Why: {note}"),
    },
    POST_WAITS: {
        "vi": Text("Tin chờ duyệt: {title}", "{author} vừa viết một tin cho phụ huynh. Tin đang chờ duyệt."),
        "en": Text("News to approve: {title}", "{author} has written news for families. It waits to be approved."),
    },
}

TROUBLES = {
    Trouble.OFFLINE: {"vi": "mất kết nối", "en": "offline"},
    Trouble.CAMERA: {"vi": "mất camera", "en": "no camera"},
    Trouble.HOT: {"vi": "máy quá nóng", "en": "too hot"},
    Trouble.DISK: {"vi": "sắp đầy bộ nhớ", "en": "little disk left"},
    Trouble.CLOCK: {"vi": "đồng hồ chưa chắc đúng", "en": "clock not trusted"},
    Trouble.CERTIFICATE: {"vi": "chứng thư sắp hết hạn", "en": "certificate ends soon"},
}
SINCE = {"vi": "{name}: {trouble}, từ {time}.", "en": "{name}: {trouble}, since {time}."}


def language_of(locale: str | None) -> str:
    return "en" if locale == "en" else "vi"


def staff_text(locale: str | None, kind: str, **values: object) -> Text:
    """`values` fill the text of that kind."""
    text = TEXTS[kind][language_of(locale)]
    return Text(text.subject.format(**values), text.body.format(**values))
