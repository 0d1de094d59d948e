"""About half past seven who runs the school hears the rates, a homeroom teacher the figures of the class: once."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from cloud.accounts.tables import RoleGrant
from cloud.attendance import schedule
from cloud.attendance.ingest import ingest
from cloud.attendance.reading import Delivery
from cloud.attendance.roll_report import queries, telling
from cloud.kit.db import Database
from cloud.notifications.preference_queries import set_muted
from cloud.school.calendar.facts import HalfDay
from tests.cloud.notifications.staff.office import Office, Told, open_office
from tests.cloud.schoolhouse import MONDAY, SATURDAY, at
from tests.cloud.small_school import WINDOW, batch, sighting

KINDS = ("class_figures", "school_rates")


@pytest.fixture
def office(database: Database) -> Office:
    """The morning begins at 07:30: figures are due at 07:45."""
    return open_office(database)


def keep_up(office: Office, clock: str, day=MONDAY) -> list[Told]:
    schedule.keep_up(office.database, office.school.id, lambda: at(clock, day))
    return [one for one in office.told(at(clock, day)) if one.kind in KINDS]


def arrive(office: Office, *pupils: object) -> None:
    seen = [sighting(number, pupil, at=at("07:20")) for number, pupil in enumerate(pupils, 1)]
    ingest(office.database, [Delivery("gate-1", batch(*seen))], clock=lambda: at("07:21"), window=WINDOW)


def test_each_hears_what_is_theirs_once_and_nobody_else_anything(office: Office) -> None:
    arrive(office, office.school.lan)
    assert keep_up(office, "07:44") == []
    mai, principal = keep_up(office, "07:45")
    assert (mai.to, mai.subject) == ("mai", "Lớp 1A lúc 07:45: 1 em có mặt")
    assert mai.body == "Có mặt 1 (đi muộn 0), vắng không phép 1, nghỉ có phép 0, cần xem lại 0."
    assert mai.path == f"/classes/{office.school.class_id}/overview"
    assert (principal.to, principal.subject) == ("principal", "Sĩ số lúc 07:45: 50,0 %")
    assert principal.body.endswith("Lớp dưới 90 %: 1A (50,0 %).")
    assert principal.path == "/schools/a/attendance"
    assert all("Lan" not in one.body + one.subject for one in (mai, principal))
    for clock in ("07:46", "08:30", "13:46"):
        assert len(keep_up(office, clock)) == 2


def test_a_class_in_which_nobody_is_present_is_low(office: Office) -> None:
    [principal] = [one for one in keep_up(office, "07:45") if one.to == "principal"]
    assert principal.body.endswith("Lớp dưới 90 %: 1A (0,0 %).")


def test_a_vice_principal_of_the_grade_hears_of_it_and_comes_to_a_page_that_they_may_open(office: Office) -> None:
    with office.database.writing() as session:
        vice = session.query(RoleGrant).filter_by(user_id=office.people["vice"]).one()
        vice.grade = 1
    assert [(one.to, one.path) for one in keep_up(office, "07:45") if one.kind == "school_rates"] == [
        ("principal", "/schools/a/attendance"), ("vice", "/schools/a/desk")
    ]  # fmt: skip


def test_it_is_told_at_the_school_s_own_time_on_school_days_and_as_far_as_it_is_wished(office: Office) -> None:
    with office.database.writing() as session:
        queries.set_time(session, office.school.id, at("08:10").time())
        set_muted(session, office.people["mai"], ["class_figures"], among_kinds=["class_figures"])
    assert keep_up(office, "08:30", SATURDAY) == []
    assert keep_up(office, "08:09") == []
    assert [one.to for one in keep_up(office, "08:10")] == ["principal"]


def test_what_a_worker_did_not_commit_is_told_by_the_next_and_what_it_did_by_nobody_again(office: Office) -> None:
    class Killed(Exception):
        pass

    def work(session: Session, *, until_killed: bool = False) -> None:
        telling.tell(session, office.school.id, at("07:50"))
        if until_killed:
            raise Killed

    with pytest.raises(Killed), office.database.writing() as session:
        work(session, until_killed=True)
    assert [one for one in office.told(at("07:50")) if one.kind in KINDS] == []
    for _ in range(2):
        with office.database.writing() as session:
            work(session)
    assert len([one for one in office.told(at("07:50")) if one.kind in KINDS]) == 2


def test_a_worker_that_was_down_all_morning_tells_no_old_figures(office: Office) -> None:
    with office.database.writing() as session:
        telling.tell(session, office.school.id, at("07:50"))
    assert [one for one in office.told(at("07:50") + timedelta(hours=2)) if one.kind in KINDS] == []


def test_of_two_workers_that_find_the_same_due_one_tells_it(office: Office) -> None:
    due = {(office.school.class_id, HalfDay.MORNING), (office.school.id, HalfDay.MORNING)}
    got = []
    for _ in range(2):
        with office.database.writing() as session:
            got.append(queries.tell_once(session, office.school.id, MONDAY, due, now=at("07:50")))
    assert got == [due, set()]
