"""The staff list: added, changed, and left, with the log-in."""

from datetime import date, timedelta

import pytest

from cloud.accounts import audit_queries as audit
from cloud.accounts.access import Actor, Grant, Role
from cloud.accounts.queries import actor_by_session, add_session, add_user
from cloud.accounts.tables import RoleGrant, User
from cloud.kit.db import Database
from cloud.kit.errors import Conflict, Invalid
from cloud.people.members.queries import staff_without_log_in
from cloud.people.staff import keeping, queries
from cloud.people.staff.keeping import Typed
from cloud.people.tables import Guardian, StaffMember
from tests.cloud.small_school import MORNING, SmallSchool, small_school

TODAY = MORNING.date()


@pytest.fixture
def school(database: Database) -> SmallSchool:
    return small_school(database)


def employ(database: Database, school: SmallSchool, name: str, role: Role | None = None) -> StaffMember:
    """With a log-in and an open session, if there is a role."""
    with database.writing() as session:
        row = session.get_one(
            StaffMember, keeping.add(session, school.alice, school.id, Typed(name, "", "clerk"), MORNING)
        )
        if role:
            grants = [Grant(role, school.id)]
            user = add_user(session, login=name, display_name=name, password_hash="-", locale="vi", grants=grants)
            row.user_id = user.id
            later = MORNING.replace(year=2027)
            add_session(session, token_hash=name, user_id=user.id, now=MORNING, expires_at=later, user_agent="")
        session.flush()
        return row


def leave(database: Database, school: SmallSchool, row: StaffMember, by: Actor | None = None) -> None:
    with database.writing() as session:
        keeping.leave(session, by or school.alice, session.get_one(StaffMember, row.id), TODAY, MORNING)


def test_a_member_is_added_with_the_next_number_found_and_changed(database: Database, school: SmallSchool) -> None:
    mai, duc = employ(database, school, "Cô  Mai"), employ(database, school, "Thầy Đức")
    assert (mai.code, duc.code, mai.full_name) == ("NV001", "NV002", "Cô Mai")
    with database.writing() as session:
        row = session.get_one(StaffMember, duc.id)
        with pytest.raises(Conflict, match="NV001"):
            keeping.change(session, school.alice, row, Typed("Thầy Đức", "NV001"), TODAY, MORNING)
        with pytest.raises(Invalid):
            keeping.change(session, school.alice, row, Typed(" "), TODAY, MORNING)
        keeping.change(session, school.alice, row, Typed("Thầy Đức", "NV9", "principal"), TODAY, MORNING)
    with database.reading() as session:
        [found] = queries.find(session, school.id, typed="duc", gone=False)
        assert (found.id, found.code, found.position) == (duc.id, "NV9", "principal")
        assert [one.full_name for one in queries.find(session, school.id, typed="", gone=False)] == [
            "Thầy Đức",
            "Cô Mai",
        ]


def test_the_first_day_at_work_is_corrected_within_reason_and_noted(database: Database, school: SmallSchool) -> None:
    row = employ(database, school, "Cô Mai")
    assert row.joined_on == TODAY

    def starts(day: date | None) -> None:
        with database.writing() as session:
            own = session.get_one(StaffMember, row.id)
            keeping.change(session, school.alice, own, Typed("Cô Mai", own.code, "clerk"), day, MORNING)

    for wrong, why in ((date(1949, 12, 31), "before 01/01/1950"), (TODAY + timedelta(days=367), "a year ahead")):
        with pytest.raises(Invalid, match=why):
            starts(wrong)
    starts(TODAY + timedelta(days=366))
    starts(None)
    starts(TODAY)
    leave(database, school, row)
    with pytest.raises(Invalid, match="after they left, on 16/11/2026"):
        starts(TODAY + timedelta(days=1))
    starts(TODAY - timedelta(days=7))
    with database.writing() as session:
        # Written down before such days were checked: whoever changes something else is not stopped by it.
        session.get_one(StaffMember, row.id).joined_on = TODAY + timedelta(days=1)
    starts(TODAY + timedelta(days=1))
    with database.reading() as session:
        noted = [one.details for one in audit.entries(session, school.id) if one.action == "staff.changed"]
    assert noted == [{"fields": "joined_on"}] * 4


def test_whoever_leaves_is_logged_out_at_once_and_can_be_invited_anew_after_returning(
    database: Database, school: SmallSchool
) -> None:
    row = employ(database, school, "hanh", Role.PRINCIPAL)
    leave(database, school, row)
    with database.reading() as session:
        assert actor_by_session(session, "hanh", MORNING) is None
        user = session.get_one(User, row.user_id)
        assert user.disabled_at == MORNING
        assert session.query(RoleGrant).filter(RoleGrant.user_id == user.id).count() == 0
        actions = [entry.action for entry in audit.entries(session, school.id)]
        assert actions[:2] == ["staff.left", "role.taken"]
        assert staff_without_log_in(session, school.id) == []
        assert [one.id for one in queries.find(session, school.id, typed="", gone=True)] == [row.id]
    with database.writing() as session:
        keeping.come_back(session, school.alice, session.get_one(StaffMember, row.id), MORNING)
        assert staff_without_log_in(session, school.id) == [(row.id, "hanh")]


def test_a_parent_who_worked_here_keeps_what_a_parent_sees(database: Database, school: SmallSchool) -> None:
    row = employ(database, school, "thu", Role.LIBRARIAN)
    with database.writing() as session:
        session.add(Guardian(school_id=school.id, full_name="thu", user_id=row.user_id))
    leave(database, school, row)
    with database.reading() as session:
        assert session.get_one(User, row.user_id).disabled_at is None
        assert actor_by_session(session, "thu", MORNING) is None, "they log in again, as a parent"


def test_a_clerk_ends_no_administrators_log_in_and_nobody_the_last_ones(
    database: Database, school: SmallSchool
) -> None:
    admin = employ(database, school, "admin2", Role.ADMINISTRATOR)
    clerk = employ(database, school, "clerk", Role.CLERK)
    assert clerk.user_id
    acting = Actor(clerk.user_id, "clerk", "vi", TODAY, (Grant(Role.CLERK, school.id),))
    with pytest.raises(Conflict, match="administrator"):
        leave(database, school, admin, by=acting)
    leave(database, school, clerk, by=acting)
    with database.writing() as session:
        session.query(RoleGrant).filter(RoleGrant.user_id == school.alice.user_id).delete()
    with pytest.raises(Conflict, match="last administrator"):
        leave(database, school, admin)
    with database.reading() as session:
        assert session.get_one(StaffMember, admin.id).left_on is None
