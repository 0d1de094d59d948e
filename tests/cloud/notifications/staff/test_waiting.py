"""A request for leave and a post that wait are told to whoever decides, and counted for them alone until decided."""

import re
from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import delete, select

from cloud.accounts.access import Actor
from cloud.attendance.desk import ask_for_leave, decide_on_leave
from cloud.attendance.leave import queries as leave
from cloud.attendance.leave.facts import ClaimState, Stretch
from cloud.attendance.noting import note_leave
from cloud.attendance.timesheets import queries as timesheets
from cloud.attendance.timesheets.corrections import ask_for_correction
from cloud.attendance.timesheets.corrections import decide as decide_correction
from cloud.kit.db import Database
from cloud.notifications.posts import queries as posts
from cloud.notifications.posts import writing
from cloud.notifications.posts.rules import Draft, State
from cloud.notifications.preference_queries import set_muted
from cloud.notifications.tables import Message
from cloud.people.tables import Guardian, StaffMember
from cloud.school.calendar.facts import HalfDay
from cloud.school.timetable.tables import Homeroom
from tests.cloud.notifications.staff.office import Office, open_office
from tests.cloud.schoolhouse import MONDAY, at

TODAY = Stretch(MONDAY, HalfDay.MORNING, MONDAY, HalfDay.AFTERNOON)
SEVEN = at("07:00")


@pytest.fixture
def office(database: Database) -> Office:
    return open_office(database)


def ask(office: Office, now: datetime = SEVEN) -> UUID:
    with office.database.writing() as session:
        return ask_for_leave(session, office.school.bob, office.school.lan, TODAY, "Sốt", now).id


def decide(office: Office, request_id: UUID, after: ClaimState, note: str, now: datetime) -> None:
    with office.database.writing() as session:
        decide_on_leave(session, office.actor("mai", now), request_id, after, note=note, now=now)


def waiting(office: Office, count: object) -> dict[str, int]:
    """By whom something waits for."""
    found = {}
    with office.database.reading() as session:
        for name in office.people:
            actor: Actor = office.actor(name, SEVEN).within(office.school.id)
            found[name] = count(session, actor, office.school.id, SEVEN)  # type: ignore[operator]
    return {name: number for name, number in found.items() if number}


def family_heard(office: Office) -> list[tuple[str, str, str]]:
    with office.database.reading() as session:
        rows = session.execute(
            select(Message.kind, Message.subject, Message.body)
            .join(Guardian, Guardian.id == Message.guardian_id)
            .where(Guardian.user_id == office.school.bob.user_id, Message.kind.startswith("leave"))
            .order_by(Message.happened_at)
        )
        return [(kind, subject, body) for kind, subject, body in rows]


def test_the_homeroom_teacher_alone_hears_of_a_request_and_who_decides_sees_that_it_waits(office: Office) -> None:
    request_id = ask(office)
    [told] = office.told(SEVEN)
    assert (told.to, told.subject, told.path) == ("mai", "Đơn xin nghỉ: Nguyễn Thị Lan (lớp 1A)", "/schools/a/leave")
    assert "ngày 16/11/2026" in told.body
    assert "Sốt" not in told.body
    assert waiting(office, leave.waiting_for) == {"mai": 1, "principal": 1, "alice": 1}
    decide(office, request_id, ClaimState.APPROVED, "", at("07:10"))
    assert waiting(office, leave.waiting_for) == {}


def test_a_request_to_a_class_without_a_teacher_is_not_silent(office: Office) -> None:
    with office.database.writing() as session:
        session.execute(delete(Homeroom))
    ask(office)
    assert [one.to for one in office.told(SEVEN)] == ["alice", "principal"]


def write_down(office: Office, by: str, now: datetime = SEVEN) -> UUID:
    with office.database.writing() as session:
        actor = office.actor(by, now)
        return note_leave(
            session, actor, office.school.lan, TODAY, "Sốt", told_by="bob", told_at=at("06:50"), now=now
        ).id


def test_the_homeroom_teacher_alone_hears_of_leave_that_somebody_else_wrote_down(office: Office) -> None:
    write_down(office, "principal")
    [told] = office.told(SEVEN)
    assert (told.to, told.kind, told.path) == ("mai", "leave_noted", "/schools/a/leave")
    assert told.subject == "Phép nghỉ: Nguyễn Thị Lan (lớp 1A)"
    assert told.body == (
        "Gia đình báo cho Nguyễn Thị Lan nghỉ ngày 16/11/2026. principal đã ghi lại, phép đã được duyệt."
    )


def test_who_wrote_leave_down_is_not_told_of_it_nor_is_anybody_where_a_class_has_no_teacher(office: Office) -> None:
    note = write_down(office, "mai")
    assert office.told(SEVEN) == []
    with office.database.writing() as session:
        decide_on_leave(session, office.actor("mai", SEVEN), note, ClaimState.WITHDRAWN, note="Nhầm", now=SEVEN)
        session.execute(delete(Homeroom))
    write_down(office, "principal", at("07:01"))
    assert office.told(at("07:01")) == []


def test_a_note_that_was_taken_back_or_is_switched_off_is_told_to_nobody(office: Office) -> None:
    note = write_down(office, "principal")
    decide(office, note, ClaimState.WITHDRAWN, "Nhầm em", at("07:01"))
    assert office.told(at("07:01")) == []
    with office.database.writing() as session:
        set_muted(session, office.people["mai"], ["leave_noted"], among_kinds=["leave_noted"])
    write_down(office, "principal", at("07:02"))
    assert office.told(at("07:02")) == []


def test_the_evening_is_theirs_and_what_is_switched_off_stays_off(office: Office) -> None:
    request_id = ask(office, at("21:00"))
    [told] = office.told(at("21:00"))
    assert told.due == at("06:30").replace(day=17)
    with office.database.writing() as session:
        session.execute(delete(Message))
        set_muted(session, office.people["mai"], ["leave_asked"], among_kinds=["leave_asked"])
        session.get_one(leave.LeaveRequest, request_id).state = ClaimState.WITHDRAWN
    ask(office, at("21:05"))
    assert office.told(at("21:05")) == []


def test_what_was_withdrawn_before_anybody_was_told_is_told_to_nobody(office: Office) -> None:
    request_id = ask(office)
    with office.database.writing() as session:
        decide_on_leave(session, office.school.bob, request_id, ClaimState.WITHDRAWN, now=at("07:01"))
    assert office.told(at("07:01")) == []
    assert family_heard(office) == [], "what a family does itself it need not be told"


def test_the_family_hears_each_decision_as_what_it_is(office: Office) -> None:
    request_id = ask(office)
    decide(office, request_id, ClaimState.APPROVED, "", at("07:10"))
    decide(office, request_id, ClaimState.REJECTED, "Hôm nay kiểm tra {học kì}", at("07:20"))
    decide(office, request_id, ClaimState.APPROVED, "Chúc con mau khoẻ", at("07:30"))
    office.told(at("07:31"))
    [yes, taken_back, again] = family_heard(office)
    assert yes[:2] == ("leave_approved", "Đơn xin nghỉ của Nguyễn Thị Lan đã được duyệt")
    assert yes[2].endswith("nghỉ ngày 16/11/2026.")
    assert taken_back[0] == "leave_withdrawn"
    assert taken_back[2].endswith("Nhà trường nhắn: Hôm nay kiểm tra {học kì}")
    assert again[2].endswith("Chúc con mau khoẻ")
    with office.database.reading() as session:
        paths = set(session.scalars(select(Message.path).where(Message.kind == "leave_approved")))
    assert paths == {f"/children/{office.school.lan}/leave"}


def test_a_rejected_request_is_told_with_its_reason(office: Office) -> None:
    decide(office, ask(office), ClaimState.REJECTED, "Cần giấy khám bệnh", at("07:10"))
    office.told(at("07:11"))
    [(kind, subject, body)] = family_heard(office)
    assert (kind, subject) == ("leave_rejected", "Đơn xin nghỉ của Nguyễn Thị Lan không được duyệt")
    assert body.endswith("Nhà trường nhắn: Cần giấy khám bệnh")


def test_a_post_that_waits_is_told_and_counted_to_whoever_may_approve_but_its_author(office: Office) -> None:
    key = f"class:{office.school.class_id}"
    draft = Draft("Hội thao", "Lớp 1A đã thắng.")
    with office.database.writing() as session:
        writing.write(session, office.actor("mai", SEVEN), office.school.id, key, draft, (), None, SEVEN)
        own = writing.write(session, office.actor("principal", SEVEN), office.school.id, key, draft, (), None, SEVEN)
    told = office.told(SEVEN)
    assert [one.to for one in told] == ["alice", "alice", "principal"], "vice approves for the second grade"
    assert told[-1].subject == "Tin chờ duyệt: Hội thao"
    assert told[-1].path.startswith("/posts/")
    assert waiting(office, writing.waiting_for) == {"alice": 2, "principal": 1}
    with office.database.writing() as session:
        post = posts.post(session, own)
        assert post is not None
        writing.decide(session, office.actor("alice", SEVEN), post, State.APPROVED, "", SEVEN)
    assert waiting(office, writing.waiting_for) == {"alice": 1, "principal": 1}


def correct(office: Office, asker: str, of: str, now: datetime) -> UUID:
    with office.database.writing() as session:
        staff_id = session.scalars(select(StaffMember.id).where(StaffMember.code == of)).one()
        span = (at("06:30"), at("06:50"))
        return ask_for_correction(session, office.actor(asker, now), staff_id, span, "Quên quét", now)


def test_a_correction_of_a_timesheet_is_told_to_who_may_decide_on_it_alone(office: Office) -> None:
    correct(office, "mai", "mai", SEVEN)
    told = office.told(SEVEN, kind="timesheet_asked")
    assert [one.to for one in told] == ["alice", "principal"], "vice keeps the sheets of a grade, which is nobody's"
    assert (told[0].subject, told[0].path) == ("Bảng chấm công chờ duyệt: mai", "/schools/a/timesheets")
    assert told[0].body == "Đề nghị điều chỉnh ngày 16/11/2026: 06:30 đến 06:50."
    correct(office, "alice", "principal", SEVEN)
    assert len(office.told(SEVEN, kind="timesheet_asked")) == 2, "who asks and whose it is do not decide"
    assert waiting(office, timesheets.waiting_for) == {"alice": 1, "principal": 1}


def test_a_correction_that_was_decided_before_anybody_was_told_is_told_to_nobody(office: Office) -> None:
    asked = correct(office, "mai", "mai", SEVEN)
    with office.database.writing() as session:
        timesheets.settle(session, asked, timesheets.State.APPROVED, "", office.school.alice.user_id, SEVEN)
    assert office.told(SEVEN, kind="timesheet_asked") == []


def test_who_asked_and_whose_sheet_it_is_hear_what_became_of_it_and_why(office: Office) -> None:
    own, on_behalf = correct(office, "mai", "mai", SEVEN), correct(office, "principal", "mai", SEVEN)
    with office.database.writing() as session:
        alice = office.actor("alice", SEVEN)
        decide_correction(session, alice, own, timesheets.State.APPROVED, "", at("07:05"))
        decide_correction(session, alice, on_behalf, timesheets.State.REJECTED, "Hôm đó nghỉ", at("07:05"))
    [yes] = office.told(at("07:06"), kind="timesheet_approved")
    assert (yes.to, yes.subject) == ("mai", "Bảng chấm công đã được điều chỉnh")
    no = office.told(at("07:06"), kind="timesheet_rejected")
    assert [one.to for one in no] == ["mai", "principal"]
    assert no[0].body == "Ngày 16/11/2026: 06:30 đến 06:50. Lý do: Hôm đó nghỉ"
    assert re.fullmatch(r"/schools/a/timesheets/[0-9a-f-]{36}\?month=2026-11", no[0].path)
