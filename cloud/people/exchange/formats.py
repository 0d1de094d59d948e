"""The sector database's Excel formats, and a sheet for staff: which column is called what. Headers are compared in one
form, Unicode NFC."""

from dataclasses import dataclass
from enum import StrEnum

from cloud.people.names import one_form

HEADER_WITHIN_ROWS = 12


class Field(StrEnum):
    """What a column holds; the value is the key under which a pupil's record keeps it."""

    NUMBER = "number"
    MINISTRY_ID = "ministry_id"
    FULL_NAME = "full_name"
    BIRTH_DATE = "birth_date"
    GENDER = "gender"
    ETHNICITY = "ethnicity"
    STATUS = "status"
    STATUS_DATE = "status_date"
    DISABILITY = "disability"
    CONTACT_PHONE = "contact_phone"
    BIRTH_PLACE = "birth_place"
    HAMLET = "hamlet"
    HOME_PROVINCE = "home_province"
    HOME_WARD = "home_ward"
    ADDRESS = "address"
    ID_CARD = "id_card"
    ID_CARD_DATE = "id_card_date"
    ID_CARD_PLACE = "id_card_place"
    FATHER_NAME = "father_name"
    FATHER_WORK = "father_work"
    FATHER_BORN = "father_born"
    MOTHER_NAME = "mother_name"
    MOTHER_WORK = "mother_work"
    MOTHER_BORN = "mother_born"
    CLASS = "class"
    GRADE = "grade"
    PERSONAL_ID = "personal_id"
    STAFF_CODE = "staff_code"
    POSITION = "position"


@dataclass(frozen=True, slots=True)
class Column:
    field: Field
    header: str
    """As we write it."""
    also: tuple[str, ...] = ()
    """Other headers under which it is found."""


@dataclass(frozen=True, slots=True)
class Format:
    name: str
    sheet: str
    columns: tuple[Column, ...]
    needed: tuple[Field, ...]
    """A sheet without these columns is not of this format."""

    def field_of(self, header: str) -> Field | None:
        wanted = header_form(header)
        return next(
            (one.field for one in self.columns if wanted in {header_form(name) for name in (one.header, *one.also)}),
            None,
        )


def header_form(text: str) -> str:
    return one_form(text).casefold()


CLASS_EXPORT = Format(
    name="class-export",
    sheet="Danh sách học sinh",
    columns=(
        Column(Field.NUMBER, "STT"),
        Column(Field.MINISTRY_ID, "Mã định danh Bộ GD&ĐT", ("Mã định danh Bộ GDĐT", "Mã định danh")),
        Column(Field.FULL_NAME, "Họ tên", ("Họ và tên",)),
        Column(Field.BIRTH_DATE, "Ngày sinh"),
        Column(Field.GENDER, "Giới tính"),
        Column(Field.ETHNICITY, "Dân tộc"),
        Column(Field.STATUS, "Trạng thái"),
        Column(Field.CONTACT_PHONE, "SĐT liên hệ", ("Số điện thoại liên hệ",)),
        Column(Field.BIRTH_PLACE, "Nơi sinh chi tiết", ("Nơi sinh",)),
        Column(Field.HAMLET, "Tổ/thôn HKTT"),
        Column(Field.HOME_PROVINCE, "Tỉnh thành quê quán"),
        Column(Field.HOME_WARD, "Phường Xã quê quán"),
        Column(Field.ADDRESS, "Chỗ ở hiện nay"),
        Column(Field.ID_CARD, "Số CMND"),
        Column(Field.ID_CARD_DATE, "Ngày cấp"),
        Column(Field.ID_CARD_PLACE, "Nơi cấp"),
        Column(Field.FATHER_NAME, "Tên cha", ("Họ tên cha",)),
        Column(Field.FATHER_WORK, "Nghề nghiệp cha"),
        Column(Field.FATHER_BORN, "Năm sinh cha"),
        Column(Field.MOTHER_NAME, "Tên mẹ", ("Họ tên mẹ",)),
        Column(Field.MOTHER_WORK, "Nghề nghiệp mẹ"),
        Column(Field.MOTHER_BORN, "Năm sinh mẹ"),
        Column(Field.CLASS, "Lớp học"),
        Column(Field.GRADE, "Khối học"),
        Column(Field.PERSONAL_ID, "Số định danh cá nhân"),
    ),
    needed=(Field.FULL_NAME, Field.BIRTH_DATE, Field.CLASS, Field.MINISTRY_ID),
)
C1_PUPILS = Format(
    name="c1-hocsinh",
    sheet="C1-HocSinh",
    columns=(
        Column(Field.CLASS, "Mã lớp"),
        Column(Field.MINISTRY_ID, "Mã học sinh"),
        Column(Field.FULL_NAME, "Họ tên", ("Họ và tên",)),
        Column(Field.BIRTH_DATE, "Ngày sinh"),
        Column(Field.GENDER, "Giới tính"),
        Column(Field.STATUS, "Trạng thái HS"),
        Column(Field.STATUS_DATE, "Ngày nhập trạng thái"),
        Column(Field.ETHNICITY, "Dân tộc"),
        Column(Field.DISABILITY, "Loại khuyết tật"),
        Column(Field.PERSONAL_ID, "Số định danh cá nhân"),
    ),
    needed=(Field.FULL_NAME, Field.BIRTH_DATE, Field.CLASS, Field.MINISTRY_ID),
)
STAFF = Format(
    name="staff",
    sheet="Cán bộ, giáo viên, nhân viên",
    columns=(
        Column(Field.NUMBER, "STT", ("No.",)),
        Column(Field.STAFF_CODE, "Mã cán bộ", ("Mã nhân viên", "Mã giáo viên", "Mã CB-GV-NV", "Staff number")),
        Column(Field.FULL_NAME, "Họ tên", ("Họ và tên", "Name", "Full name")),
        Column(Field.POSITION, "Chức vụ", ("Chức danh", "Vị trí việc làm", "Works as", "Position")),
    ),
    needed=(Field.STAFF_CODE, Field.FULL_NAME, Field.POSITION),
)
"""No ministry's: what the staff list holds, and nothing more. The column of numbers has to be there, its cells may be
empty."""
PUPIL_FORMATS = (CLASS_EXPORT, C1_PUPILS)
FORMATS = (*PUPIL_FORMATS, STAFF)
HEADERS = {column.field: column.header for one in reversed(FORMATS) for column in one.columns}
"""What the sector database calls a field: its users know it by that name, in whatever language they read."""

OWN_FIELDS = frozenset(
    {
        Field.NUMBER, Field.MINISTRY_ID, Field.FULL_NAME, Field.BIRTH_DATE, Field.CLASS, Field.GRADE, Field.PERSONAL_ID,
        Field.STAFF_CODE, Field.POSITION,
    }
)  # fmt: skip
"""Kept with whose row it is or not at all; every other field is a detail of the pupil's record."""
