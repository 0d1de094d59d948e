"""A pupil is handed over at the gate, to whom the family said, once; undone by a tap; register and family know."""

import json
import re
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select

from cloud.accounts.access import Role
from cloud.accounts.tables import AuditEntry, RoleGrant
from cloud.attendance import schedule
from cloud.attendance.register import entry_queries, keeping
from cloud.attendance.register.events import ABSENT_WITHOUT_NOTICE
from cloud.attendance.register.facts import Presence, Status
from cloud.attendance.release.events import LEFT, LEFT_AFTER_ALL_NOT
from cloud.kit.outbox import OutboxEvent
from cloud.people.tables import Guardian, Guardianship
from cloud.school.calendar.facts import HalfDay
from tests.cloud.pages.people import House
from tests.cloud.pages.roll import call
from tests.cloud.schoolhouse import MONDAY, at
from tests.cloud.small_school import sighting


@pytest.fixture
def gate(taught: House) -> House:
    """Monday, 09:00: Lan came at 07:05. charlie is a guard here; bob may collect, Lan's uncle may not."""
    school = taught.school
    with taught.database.writing() as session:
        session.add(RoleGrant(user_id=school.charlie.user_id, role=Role.GUARD, school_id=school.id))
        uncle = Guardian(school_id=school.id, full_name="Chú Ba")
        session.add(uncle)
        session.flush()
        session.add(Guardianship(guardian_id=uncle.id, student_id=school.lan, may_collect=False))
    taught.clock.now = at("07:10")
    taught.report(sighting(1, school.lan, at=at("07:05")))
    taught.clock.now = at("09:00")
    schedule.keep_up(taught.database, school.id, taught.clock)
    return taught


def path(house: House) -> str:
    return f"/schools/a/pick-up/{house.school.lan}"


def guardian_id(page: httpx.Response) -> str:
    [found] = re.findall(r'name="guardian_id" value="([^"]+)"', page.text)
    return str(found)


def morning(house: House, half: HalfDay = HalfDay.MORNING) -> Status:
    with house.database.reading() as session:
        return entry_queries.entries_of(session, [house.school.lan], MONDAY)[house.school.lan, half].status


def told(house: House, topic: str) -> list[dict[str, str]]:
    with house.database.reading() as session:
        rows = session.scalars(select(OutboxEvent.payload).where(OutboxEvent.topic == topic).order_by(OutboxEvent.id))
        return [json.loads(row) for row in rows]


def test_a_guard_hands_a_pupil_to_who_may_collect_and_takes_it_back(gate: House) -> None:
    with gate.visit("charlie") as guard:
        found = guard.get("/schools/a/pick-up?q=lan").text
        assert ("Nguyễn Thị Lan" in found, "Minh" in found) == (True, False)
        page = guard.get(path(gate))
        assert ("bob" in page.text, "Chú Ba" in page.text, "example.vn" in page.text) == (True, False, False)
        form = {"guardian_id": guardian_id(page)}
        answer = guard.post(f"{path(gate)}/guardian", data=form)
        assert answer.status_code == 303
        assert (morning(gate).presence, morning(gate).left_early_minutes) == (Presence.PRESENT, 85)
        assert guard.post(f"{path(gate)}/guardian", data=form).status_code == 409
        [undo] = re.findall(r'action="(/releases/\S+)"', guard.get(answer.headers["location"]).text)
        assert guard.post(undo).status_code == 303
        assert guard.post(undo).status_code == 409
    assert morning(gate).left_early_minutes == 0
    assert [one["way"] for one in told(gate, LEFT)] == ["guardian"]
    assert len(told(gate, LEFT_AFTER_ALL_NOT)) == 1
    with gate.database.reading() as session:
        assert {"pupil.released", "pupil.release_taken_back"} <= set(session.scalars(select(AuditEntry.action)))


def test_the_register_says_when_and_with_whom_a_pupil_left(gate: House) -> None:
    with gate.visit("charlie") as guard, gate.visit("alice") as alice, gate.visit("bob") as bob:
        guard.post(f"{path(gate)}/guardian", data={"guardian_id": guardian_id(guard.get(path(gate)))})
        register = alice.get(f"/classes/{gate.school.class_id}/register").text
        assert "Về sớm 85 phút: trả trẻ lúc 09:00" in register
        assert "cùng bob" in register
        assert "cùng bob" in bob.get(f"/children/{gate.school.lan}/pick-up").text


def test_who_is_fetched_after_the_roll_was_called_left_early_all_the_same(gate: House) -> None:
    lan = gate.school.lan
    with gate.visit("charlie") as guard, gate.visit("alice") as alice, gate.visit("bob") as bob:
        gate.clock.now = at("08:00")
        call(alice, gate, **{f"say_{lan}": "late", f"minutes_{lan}": "9"})
        gate.clock.now = at("09:00")
        guard.post(f"{path(gate)}/guardian", data={"guardian_id": guardian_id(guard.get(path(gate)))})
        said = morning(gate)
        assert (said.presence, said.late_minutes, said.left_early_minutes) == (Presence.PRESENT, 9, 85)
        assert said.by_person
        gate.clock.now = at("10:00")
        page = alice.get(f"/students/{lan}/days/{MONDAY}").text
        assert "Về sớm 85 phút: trả trẻ lúc 09:00" in page
        assert re.search(r"Tiết 4</span>\s*<span[^>]*>vắng|Tiết 4[^T]*vắng", page), "went before it began"
        month = alice.get(f"/classes/{gate.school.class_id}/register/month?month=2026-11").text
        assert "<td>V</td>" in month.replace("MV", "V")
        assert "về sớm 85 phút" in bob.get(f"/students/{lan}/calendar").text


def test_whoever_was_fetched_is_absent_afterwards_and_nobody_is_alarmed(gate: House) -> None:
    with gate.visit("charlie") as guard:
        guard.post(f"{path(gate)}/guardian", data={"guardian_id": guardian_id(guard.get(path(gate)))})
    gate.clock.now = at("14:00")
    schedule.refresh(gate.database, gate.school.id, at("14:00"))
    with gate.database.writing() as session:
        keeping.tell_absences(session, gate.school.id, at("14:05"))
    assert morning(gate, HalfDay.AFTERNOON).presence is Presence.ABSENT
    assert [one["student_id"] for one in told(gate, ABSENT_WITHOUT_NOTICE)] == [str(gate.school.minh)]


def test_somebody_else_comes_with_a_code_that_works_once(gate: House) -> None:
    family = f"/children/{gate.school.lan}/pick-up"
    with gate.visit("charlie") as guard, gate.visit("bob") as bob:
        assert "không báo ai khác" in guard.get(path(gate)).text
        gone_by = bob.post(f"{family}/permits", data={"day": str(MONDAY - timedelta(days=1)), "name": "Ông nội"})
        assert (gone_by.status_code, 'value="Ông nội"' in gone_by.text) == (422, True)
        nobody = bob.post(f"{family}/permits", data={"name": "", "day": "mai"})
        assert re.findall(r'id="(\w+)-wrong"', nobody.text) == ["name", "day"]
        assert [one in nobody.text for one in ("hãy chọn ngày", 'value="mai"')] == [True, True]
        given = bob.post(f"{family}/permits", data={"day": str(MONDAY), "name": "Bà ngoại"}).text
        [code] = re.findall(r'printed-code">(\d{3} \d{3})<', given)
        assert code not in bob.get(family).text
        assert "Bà ngoại" in guard.get(path(gate)).text
        wrong = "000 000" if code != "000 000" else "111 111"
        assert guard.post(f"{path(gate)}/code", data={"code": wrong}).status_code == 422
        assert guard.post(f"{path(gate)}/code", data={"code": code}).status_code == 303
        gate.clock.now += timedelta(minutes=11)
        assert guard.post(f"{path(gate)}/code", data={"code": code}).status_code == 422
        assert "đã dùng lúc 09:00" in bob.get(family).text


def test_five_wrong_codes_lock_the_permission(gate: House) -> None:
    family = f"/children/{gate.school.lan}/pick-up"
    with gate.visit("charlie") as guard, gate.visit("bob") as bob:
        given = bob.post(f"{family}/permits", data={"day": str(MONDAY), "name": "Bà ngoại"}).text
        [code] = re.findall(r'printed-code">(\d{3} \d{3})<', given)
        wrong = "000 000" if code != "000 000" else "111 111"
        for _ in range(5):
            assert guard.post(f"{path(gate)}/code", data={"code": wrong}).status_code == 422
        assert guard.post(f"{path(gate)}/code", data={"code": code}).status_code == 422
        assert "bị khóa" in bob.get(family).text


def test_a_pupil_goes_alone_only_where_the_family_allows_it(gate: House) -> None:
    family = f"/children/{gate.school.lan}/pick-up"
    with gate.visit("charlie") as guard, gate.visit("bob") as bob:
        assert guard.post(f"{path(gate)}/alone").status_code == 403
        assert bob.post(f"{family}/alone", data={"may": "true"}).status_code == 303
        assert guard.post(f"{path(gate)}/alone").status_code == 303
        assert bob.post(f"{family}/alone", data={"may": "false"}).status_code == 303
    assert [one["way"] for one in told(gate, LEFT)] == ["alone"]


def test_who_may_not_collect_may_not_send_anybody_either(gate: House) -> None:
    with gate.database.writing() as session:
        own = session.scalars(select(Guardian.id).where(Guardian.user_id == gate.school.bob.user_id)).one()
        session.get_one(Guardianship, (own, gate.school.lan)).may_collect = False
    family = f"/children/{gate.school.lan}/pick-up"
    with gate.visit("bob") as bob:
        assert bob.post(f"{family}/permits", data={"day": str(MONDAY), "name": "Bà ngoại"}).status_code == 403
        assert bob.post(f"{family}/alone", data={"may": "true"}).status_code == 403
        assert 'name="may"' not in bob.get(family).text


def test_seen_on_the_way_out_is_told_once_and_not_when_the_pupil_turns_back(gate: House) -> None:
    lan, minh = gate.school.lan, gate.school.minh
    gate.clock.now = at("15:41")
    gate.report(
        sighting(2, lan, at=at("15:40"), direction="out"),
        sighting(3, minh, at=at("15:38"), direction="out"),
        sighting(4, minh, at=at("15:40"), direction="in"),
    )
    for clock in ("15:41", "15:43", "15:44"):
        gate.clock.now = at(clock)
        schedule.keep_up(gate.database, gate.school.id, gate.clock)
    [event] = told(gate, LEFT)
    assert (event["student_id"], event["way"]) == (str(lan), "seen")
