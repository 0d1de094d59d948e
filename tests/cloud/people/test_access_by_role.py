"""Every role in every scope over two schools: whom an actor reaches is what an oracle in plain Python says."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.accounts.access import RIGHTS, SCOPES, Actor, Grant, Right, Role, Scope
from cloud.accounts.tables import User
from cloud.kit.db import Database
from cloud.kit.errors import Forbidden, NotFound
from cloud.people.access import class_for, classes_for, student_for, students_for, visible_to
from cloud.people.tables import Guardian, Guardianship, StaffMember, Student, StudentLogin
from cloud.school.calendar.setup import open_year
from cloud.school.calendar.tables import Term
from cloud.school.tables import School, SchoolClass
from cloud.school.timetable.tables import Homeroom, Subject, TeachingAssignment
from tests.cloud.schoolhouse import TERMS, YEAR

TODAY = date(2026, 11, 16)


@dataclass(frozen=True)
class Seat:
    student: UUID
    class_id: UUID
    school: UUID
    grade: int


@dataclass(frozen=True)
class World:
    user: UUID
    seats: tuple[Seat, ...]
    homerooms: frozenset[UUID]
    taught: frozenset[UUID]
    child: UUID
    hidden_child: UUID
    own_seat: UUID


def build(session: Session) -> World:
    """Two schools of three grades with two classes of one pupil each; one user who is something in both."""
    user, other = (User(login=str(uuid4()), display_name="", password_hash="-") for _ in range(2))
    session.add_all([user, other])
    session.flush()
    seats, homerooms, taught = [], set(), set()
    for slug in ("a", "b"):
        school = School(name=slug, level="primary", slug=slug)
        session.add(school)
        session.flush()
        open_year(session, school.id, "2026-2027", YEAR, TERMS)
        term = session.scalars(select(Term).order_by(Term.id.desc())).first()
        mine, theirs = (
            StaffMember(school_id=school.id, user_id=one.id, code=code, full_name="", search_name="", position="")
            for one, code in ((user, "1"), (other, "2"))
        )
        subject = Subject(school_id=school.id, code="T", name="Toán")
        session.add_all([mine, theirs, subject])
        session.flush()
        for grade in (1, 2, 3):
            for letter in "AB":
                room = SchoolClass(school_id=school.id, name=f"{grade}{letter}", grade=grade)
                session.add(room)
                session.flush()
                pupil = Student(school_id=school.id, class_id=room.id, code=room.name, full_name="", search_name="")
                session.add(pupil)
                session.flush()
                seats.append(Seat(pupil.id, room.id, school.id, grade))
        rooms = [seat.class_id for seat in seats if seat.school == school.id]
        assert term
        # The first class is the user's; the second was, until yesterday; the third will be, from tomorrow.
        session.add_all(
            [
                Homeroom(class_id=rooms[0], from_day=date(2026, 9, 1), staff_id=mine.id),
                Homeroom(class_id=rooms[1], from_day=date(2026, 9, 1), staff_id=mine.id),
                Homeroom(class_id=rooms[1], from_day=TODAY, staff_id=theirs.id),
                Homeroom(class_id=rooms[2], from_day=date(2026, 9, 1), staff_id=theirs.id),
                Homeroom(class_id=rooms[2], from_day=date(2026, 11, 17), staff_id=mine.id),
                TeachingAssignment(term_id=term.id, class_id=rooms[3], subject_id=subject.id, staff_id=mine.id),
                TeachingAssignment(term_id=term.id, class_id=rooms[4], subject_id=subject.id, staff_id=theirs.id),
            ]
        )
        homerooms.add(rooms[0])
        taught.add(rooms[3])
    guardian = Guardian(school_id=seats[0].school, user_id=user.id, full_name="")
    session.add(guardian)
    session.flush()
    child, hidden, own = seats[5].student, seats[4].student, seats[11].student
    session.add_all(
        [
            Guardianship(guardian_id=guardian.id, student_id=child),
            Guardianship(guardian_id=guardian.id, student_id=hidden, may_see=False),
            StudentLogin(student_id=own, user_id=user.id),
        ]
    )
    return World(user.id, tuple(seats), frozenset(homerooms), frozenset(taught), child, hidden, own)


def covers(world: World, grant: Grant, seat: Seat) -> bool:
    if grant.school_id != seat.school or grant.scope_kind not in SCOPES[grant.role]:
        return False
    if grant.scope_kind is Scope.SCHOOL:
        return True
    if grant.scope_kind is Scope.GRADE:
        return grant.grade == seat.grade
    if grant.scope_kind is Scope.CLASS:
        return seat.class_id in world.homerooms if grant.scope_id is None else grant.scope_id == seat.class_id
    return grant.scope_kind is Scope.SUBJECT and seat.class_id in world.taught


def reached(world: World, actor: Actor, right: Right) -> set[UUID]:
    """The oracle."""
    found = {
        seat.student
        for seat in world.seats
        for grant in actor.grants
        if right in RIGHTS[grant.role] and covers(world, grant, seat)
    }
    if actor.school_id is not None:
        return {seat.student for seat in world.seats if seat.student in found and actor.school_id == seat.school}
    found |= {world.child} if right in RIGHTS[Role.GUARDIAN] else set()
    found |= {world.own_seat} if right in RIGHTS[Role.PUPIL] else set()
    return found


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=st.data())
def test_an_actor_reaches_exactly_those_whom_a_role_reaches(
    data: st.DataObject, world: World, reading: Session
) -> None:
    schools = sorted({seat.school for seat in world.seats})
    rooms = [None, *(seat.class_id for seat in world.seats)]
    grant = st.builds(
        Grant,
        role=st.sampled_from(Role),
        school_id=st.sampled_from(schools),
        scope_kind=st.sampled_from(Scope),
        scope_id=st.sampled_from(rooms),
        grade=st.sampled_from([None, 1, 2, 3]),
    )
    grants = tuple(data.draw(st.lists(grant, max_size=3)))
    actor = Actor(world.user, "", "vi", TODAY, grants)
    if data.draw(st.booleans()):
        actor = actor.within(data.draw(st.sampled_from(schools)))
    right = data.draw(st.sampled_from(Right))
    expected = reached(world, actor, right)
    assert set(reading.scalars(select(Student.id).where(visible_to(actor, right)))) == expected
    seen = reached(world, actor, Right.SEE_PUPILS)
    for seat in world.seats:
        if seat.student in expected:
            assert student_for(reading, actor, seat.student, right).id == seat.student
        else:
            with pytest.raises(Forbidden if seat.student in seen else NotFound):
                student_for(reading, actor, seat.student, right)
    whole = {
        seat.class_id
        for seat in world.seats
        if any(right in RIGHTS[one.role] and covers(world, one, seat) for one in actor.grants)
    }
    assert {one.id for one in classes_for(reading, actor, right)} == whole
    for seat in world.seats:
        if seat.class_id not in whole:
            with pytest.raises((Forbidden, NotFound)):
                class_for(reading, actor, seat.class_id, right)


def test_one_pupil_out_of_reach_refuses_the_whole_list(world: World, reading: Session) -> None:
    actor = Actor(world.user, "", "vi", TODAY, (Grant(Role.GUARD, world.seats[0].school),))
    mine, other = world.seats[3].student, world.seats[7].student
    assert [pupil.id for pupil in students_for(reading, actor, [mine], Right.RELEASE_PUPILS)] == [mine]
    with pytest.raises(NotFound):
        students_for(reading, actor, [mine, other], Right.RELEASE_PUPILS)


@pytest.fixture
def world(database: Database) -> World:
    with database.writing() as session:
        return build(session)


@pytest.fixture
def reading(database: Database, world: World) -> Iterator[Session]:
    with database.reading() as session:
        yield session
