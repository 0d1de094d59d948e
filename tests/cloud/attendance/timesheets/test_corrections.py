"""Timesheets as read, corrected, approved and written, and who may not."""

from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from python_calamine import CalamineWorkbook

from cloud.attendance.ingest import ingest
from cloud.attendance.reading import Delivery
from cloud.attendance.timesheets.corrections import ask_for_correction, decide, timesheet_of, timesheets
from cloud.attendance.timesheets.excel import write_month
from cloud.attendance.timesheets.queries import State, asked_for, waiting_for
from cloud.kit.db import Database
from cloud.kit.errors import Conflict, Forbidden, Invalid, NotFound
from cloud.people.tables import StaffMember
from tests.cloud.schoolhouse import MONDAY, at
from tests.cloud.small_school import WINDOW, SmallSchool, batch, sighting

NOVEMBER = date(2026, 11, 1)
SPAN = (at("07:00"), at("16:00"))
NOW = at("17:00")


@pytest.fixture
def mai(database: Database, a_school: SmallSchool) -> UUID:
    """A teacher, who is also bob; seen at 07:00 on Monday, and at 07:05 and 16:35 on Tuesday."""
    with database.writing() as session:
        teacher = StaffMember(
            school_id=a_school.id, user_id=a_school.bob.user_id, code="GV1", full_name="Cô Mai", search_name="co mai",
            position="teacher",
        )  # fmt: skip
        session.add(teacher)
        session.flush()
    tuesday = MONDAY + timedelta(days=1)
    moments = (at("07:00"), at("07:05", tuesday), at("16:35", tuesday))
    seen = [sighting(number, teacher.id, at=moment) for number, moment in enumerate(moments, start=1)]
    ingest(database, [Delivery("gate-1", batch(*seen))], clock=lambda: at("18:00", tuesday), window=WINDOW)
    return teacher.id


def month(database: Database, school: SmallSchool):
    with database.reading() as session:
        [sheet] = timesheets(session, school.alice, school.id, NOVEMBER, passage_window=WINDOW)
    return sheet


def ask(database: Database, school: SmallSchool, staff_id: UUID) -> UUID:
    with database.writing() as session:
        return ask_for_correction(session, school.bob, staff_id, SPAN, "Quên quẹt thẻ khi về", NOW)


def test_a_month_follows_from_the_same_sightings_and_approved_corrections(
    database: Database, a_school: SmallSchool, mai: UUID, tmp_path: Path
) -> None:
    before = month(database, a_school).month
    assert (before.days_worked, before.minutes, before.days_incomplete) == (1, 570, 1)
    asked = ask(database, a_school, mai)
    assert month(database, a_school).month == before
    with database.writing() as session:
        decide(session, a_school.alice, asked, State.APPROVED, "", NOW)
    sheet = month(database, a_school)
    assert (sheet.month.days_worked, sheet.month.minutes, sheet.month.days_incomplete) == (2, 1110, 0)
    write_month(tmp_path / "11.xlsx", "Trường A", [sheet])
    rows = CalamineWorkbook.from_path(tmp_path / "11.xlsx").get_sheet_by_index(0).to_python()
    assert rows[4][:3] == [1, "GV1", "Cô Mai"]
    assert rows[4][2 + MONDAY.day] == "07:00-16:00*"
    assert rows[4][-3:] == [2, 18.5, 0]


def test_nobody_approves_their_own_and_nothing_is_decided_twice(
    database: Database, a_school: SmallSchool, mai: UUID
) -> None:
    with database.writing() as session:
        by_alice = ask_for_correction(session, a_school.alice, mai, SPAN, "Công tác", NOW)
    with pytest.raises(Forbidden), database.writing() as session:
        decide(session, a_school.alice, by_alice, State.APPROVED, "", NOW)
    asked = ask(database, a_school, mai)
    with database.writing() as session:
        decide(session, a_school.alice, asked, State.REJECTED, "Hôm đó trường nghỉ", NOW)
    with pytest.raises(Conflict), database.writing() as session:
        decide(session, a_school.alice, asked, State.APPROVED, "", NOW)


def test_outsiders_see_and_change_nothing(database: Database, a_school: SmallSchool, mai: UUID) -> None:
    asked = ask(database, a_school, mai)
    for outsider in (a_school.charlie, a_school.dave):
        with database.writing() as session:
            with pytest.raises(NotFound):
                timesheets(session, outsider, a_school.id, NOVEMBER, passage_window=WINDOW)
            with pytest.raises(NotFound):
                timesheet_of(session, outsider, a_school.id, mai, NOVEMBER, passage_window=WINDOW)
            with pytest.raises(NotFound):
                ask_for_correction(session, outsider, mai, SPAN, "x", NOW)
            with pytest.raises(NotFound):
                decide(session, outsider, asked, State.APPROVED, "", NOW)
            assert waiting_for(session, outsider, a_school.id, NOW) == 0
    with database.writing() as session, pytest.raises(NotFound):
        decide(session, a_school.bob, asked, State.APPROVED, "", NOW)


def test_a_correction_that_cannot_be_says_why(database: Database, a_school: SmallSchool, mai: UUID) -> None:
    with database.writing() as session:
        for span, reason, said in (
            ((SPAN[1], SPAN[0]), "x", "in that order"),
            ((SPAN[0], at("23:00")), "x", "not happened"),
            (SPAN, " ", "reason"),
        ):
            with pytest.raises(Invalid, match=said):
                ask_for_correction(session, a_school.bob, mai, span, reason, NOW)


def listed(database: Database, school: SmallSchool, first: date) -> list[str]:
    with database.reading() as session:
        return [
            one.staff.full_name for one in timesheets(session, school.alice, school.id, first, passage_window=WINDOW)
        ]


def test_a_month_shows_who_worked_there_in_it(database: Database, a_school: SmallSchool, mai: UUID) -> None:
    with database.writing() as session:
        for name, joined_on, left_on in (
            ("Thầy Nam", None, date(2026, 11, 1)),
            ("Cô Hoa", None, date(2026, 11, 2)),
            ("Cô Yến", date(2026, 11, 30), None),
        ):
            session.add(
                StaffMember(
                    school_id=a_school.id, code=name, full_name=name, search_name=name, position="",
                    joined_on=joined_on, left_on=left_on,
                )
            )  # fmt: skip
    assert listed(database, a_school, date(2026, 10, 1)) == ["Cô Hoa", "Thầy Nam", "Cô Mai"]
    assert listed(database, a_school, NOVEMBER) == ["Cô Hoa", "Cô Yến", "Cô Mai"], "who left on the 2nd worked the 1st"
    assert listed(database, a_school, date(2026, 12, 1)) == ["Cô Yến", "Cô Mai"]


def test_a_day_after_somebody_left_is_not_corrected(database: Database, a_school: SmallSchool, mai: UUID) -> None:
    with database.writing() as session:
        session.get_one(StaffMember, mai).left_on = MONDAY
    with database.writing() as session, pytest.raises(Invalid, match="left the school"):
        ask_for_correction(session, a_school.alice, mai, SPAN, "x", NOW)


def test_who_is_refused_is_told_why_and_finds_it_for_a_month(
    database: Database, a_school: SmallSchool, mai: UUID
) -> None:
    asked = ask(database, a_school, mai)
    with database.writing() as session:
        with pytest.raises(Invalid, match="reason"):
            decide(session, a_school.alice, asked, State.REJECTED, " ", NOW)
        decide(session, a_school.alice, asked, State.REJECTED, "Hôm đó trường nghỉ", NOW)
    december = (date(2026, 12, 1), date(2026, 12, 31))
    with database.reading() as session:
        [one] = asked_for(session, mai, *december, NOW + timedelta(days=29))
        assert (one.state, one.note, one.decided_by_name) == (State.REJECTED, "Hôm đó trường nghỉ", "alice")
        assert asked_for(session, mai, *december, NOW + timedelta(days=30)) == []
        assert len(asked_for(session, mai, NOVEMBER, date(2026, 11, 30), NOW + timedelta(days=90))) == 1


def test_what_waits_is_counted_for_who_may_decide_on_it(database: Database, a_school: SmallSchool, mai: UUID) -> None:
    with database.writing() as session:
        ask_for_correction(session, a_school.alice, mai, SPAN, "Công tác", NOW)
    asked = ask(database, a_school, mai)
    with database.writing() as session:
        assert waiting_for(session, a_school.alice, a_school.id, NOW) == 1, "not what she asked for herself"
        assert waiting_for(session, a_school.bob, a_school.id, NOW) == 0
        decide(session, a_school.alice, asked, State.APPROVED, "", NOW)
        assert waiting_for(session, a_school.alice, a_school.id, NOW) == 0
