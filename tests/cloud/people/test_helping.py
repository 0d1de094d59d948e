"""Whose letter for a new password an office may make: only of an account that opens nothing beyond what it gives."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.accounts.access import Actor, Grant, Role
from cloud.accounts.tables import RoleGrant
from cloud.kit.clock import school_day
from cloud.kit.db import Database
from cloud.kit.errors import Conflict
from cloud.people.members.helping import letter_for_new_password
from cloud.people.tables import Guardian, StaffMember, StudentLogin
from cloud.school.tables import School
from tests.cloud.small_school import MORNING, SmallSchool, add_school

More = Callable[[SmallSchool, UUID], object]
"""What bob's account opens beside his child, given the other school's id."""


def works_here(school: SmallSchool, _: UUID) -> RoleGrant:
    return RoleGrant(user_id=school.bob.user_id, role=Role.GUARD, school_id=school.id)


def works_there(school: SmallSchool, other: UUID) -> RoleGrant:
    return RoleGrant(user_id=school.bob.user_id, role=Role.GUARD, school_id=other)


def on_the_list_there(school: SmallSchool, other: UUID) -> StaffMember:
    return StaffMember(
        school_id=other, user_id=school.bob.user_id, code="1", full_name="bob", search_name="", position=""
    )


def child_there(school: SmallSchool, other: UUID) -> Guardian:
    return Guardian(school_id=other, user_id=school.bob.user_id, full_name="bob")


def pupil_there(school: SmallSchool, _: UUID) -> StudentLogin:
    return StudentLogin(student_id=school.stranger, user_id=school.bob.user_id)


@pytest.mark.parametrize(
    ("more", "those_who_may"),
    [
        (None, {"clerk", "alice", "clerk_of_both", "alice_in_both"}),
        (works_here, {"alice", "alice_in_both"}),
        (works_there, {"alice_in_both"}),
        (on_the_list_there, {"alice_in_both"}),
        (child_there, {"clerk_of_both", "alice_in_both"}),
        (pupil_there, {"alice_in_both"}),
    ],
)
def test_who_makes_a_letter_gives_no_more_than_they_hold(
    database: Database, more: More | None, those_who_may: set[str]
) -> None:
    with database.writing() as session:
        school = add_school(session)
        other = session.scalars(select(School.id).where(School.slug == "b")).one()
        if more:
            session.add(more(school, other))
            session.flush()
        grants = {
            "clerk": [Grant(Role.CLERK, school.id)],
            "alice": [Grant(Role.ADMINISTRATOR, school.id)],
            "alice_in_both": [Grant(Role.ADMINISTRATOR, school.id), Grant(Role.ADMINISTRATOR, other)],
            "clerk_of_both": [Grant(Role.CLERK, school.id), Grant(Role.CLERK, other)],
        }
        made = {
            name
            for name, held in grants.items()
            if may(session, Actor(uuid4(), name, "vi", school_day(MORNING), tuple(held)), school)
        }
    assert made == those_who_may


def test_nobody_goes_around_the_proof_of_their_own_password(database: Database) -> None:
    with database.writing() as session:
        school = add_school(session)
        with pytest.raises(Conflict):
            letter_for_new_password(session, school.alice, school.id, school.alice.user_id, "alice", MORNING)


def may(session: Session, actor: Actor, school: SmallSchool) -> bool:
    try:
        letter_for_new_password(session, actor, school.id, school.bob.user_id, "bob", MORNING)
    except Conflict:
        return False
    return True
