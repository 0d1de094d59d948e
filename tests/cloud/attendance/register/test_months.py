"""A month's sheet: the letters of a half-day, counted, and as a file."""

import io
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from python_calamine import CalamineWorkbook

from cloud.attendance.register.excel import write_register
from cloud.attendance.register.facts import Permission, Presence
from cloud.attendance.register.months import mark_of, paper_of, sheet_of
from cloud.attendance.register.roll_queries import Kept
from cloud.kit.i18n import Language
from cloud.school.calendar.facts import HalfDay
from tests.cloud.schoolhouse import MONDAY

P, K = Permission.PERMITTED, Permission.NOT_PERMITTED
LAN = UUID(int=1)


def kept(presence: Presence, late: int = 0, early: int = 0, permission: Permission | None = None, day: int = 0) -> Kept:
    return Kept(LAN, MONDAY + timedelta(days=day), HalfDay.MORNING, presence, late, early, permission)


@pytest.mark.parametrize(
    ("one", "mark"),
    [
        (kept(Presence.PRESENT), "x"),
        (kept(Presence.PRESENT, 12, 0, K), "M"),
        (kept(Presence.PRESENT, 12, 0, P), "Mp"),
        (kept(Presence.PRESENT, 0, 55, K), "V"),
        (kept(Presence.PRESENT, 0, 55, P), "Vp"),
        (kept(Presence.PRESENT, 12, 55, P), "MVp"),
        (kept(Presence.ABSENT, permission=P), "P"),
        (kept(Presence.ABSENT, permission=K), "K"),
        (kept(Presence.ASK), "?"),
        (kept(Presence.NOT_YET), ""),
    ],
)
def test_a_half_day_is_its_letters(one: Kept, mark: str) -> None:
    assert mark_of(one) == mark


def test_late_and_left_early_are_counted_each_and_a_permitted_one_is_no_absence() -> None:
    days = [
        kept(Presence.PRESENT, 12, 55, P),
        kept(Presence.PRESENT, 0, 55, K, 1),
        kept(Presence.PRESENT, 5, 0, K, 2),
        kept(Presence.ABSENT, permission=P, day=3),
    ]
    sheet = sheet_of("1A", [("Lan", one) for one in days])
    [row] = paper_of(sheet, "Trường A", MONDAY, Language.VI).rows
    assert row == (1, "Lan", "MVp", "V", "M", "P", 1, 0, 2, 2)
    file = io.BytesIO()
    write_register(file, "Trường A", MONDAY, [sheet])
    rows = CalamineWorkbook.from_filelike(io.BytesIO(file.getvalue())).get_sheet_by_name("1A").to_python()
    assert rows[3][-4:] == ["P", "K", "Muộn", "Về sớm"]
    assert rows[4] == [1, "Lan", "MVp", "V", "M", "P", 1, 0, 2, 2]
    assert "V về sớm (p: có phép)" in rows[6][0]


def test_each_pupil_has_the_number_of_their_place_in_the_class() -> None:
    """By the given name, as a class list has them: on paper, in Excel and in the page."""
    names = {"Trần Văn Minh": 2, "Nguyễn Thị Lan": 1, "Lê Ánh": 0}
    half = Kept(LAN, MONDAY, HalfDay.MORNING, Presence.PRESENT, 0, 0, None)
    sheet = sheet_of("1A", [(name, replace(half, student_id=UUID(int=9 - at))) for name, at in names.items()])
    wanted = [(1, "Lê Ánh"), (2, "Nguyễn Thị Lan"), (3, "Trần Văn Minh")]
    assert [(row.number, row.name) for row in sheet.rows] == wanted
    paper = paper_of(sheet, "Trường A", MONDAY, Language.VI)
    assert (paper.columns[:2], [tuple(row[:2]) for row in paper.rows]) == (["STT", "Họ tên"], wanted)
