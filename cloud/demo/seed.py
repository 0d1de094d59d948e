"""The demo school, its log-ins, and pupils named after people whom a camera really sees."""

import secrets
from collections.abc import Sequence
from datetime import date
from random import Random
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.orm import Session

from cloud.accounts.access import Grant, Role, Scope
from cloud.accounts.passwords import Passwords
from cloud.accounts.queries import add_user, set_password_hash
from cloud.demo import queries
from cloud.demo.meals import serve_meals
from cloud.demo.past import Hands, write_past
from cloud.demo.plan import Plan, demo_school
from cloud.demo.school import Say, write_school
from cloud.kit.clock import Clock, school_day
from cloud.kit.db import Database
from cloud.kit.errors import Invalid
from cloud.people.names import one_form, search_form
from cloud.people.queries import person_ref
from cloud.people.tables import Student
from cloud.school.queries import school_by_slug

SEED = 826
ADMIN, ADMIN_NAME = "admin", "Quản trị viên"
STAFF_LOG_INS = (
    ("principal", Role.PRINCIPAL, Scope.SCHOOL),
    ("teacher", Role.HOMEROOM_TEACHER, Scope.CLASS),
)
FEWEST_PARENTS = 2


class Login(BaseModel):
    login: str
    password: str
    name: str
    role: str
    child: str | None = None


class Person(BaseModel):
    """`person` is the reference that a unit's gallery carries for this name."""

    name: str
    person: str
    code: str
    class_name: str


class Seeded(BaseModel):
    """What whoever starts the demo has to know."""

    school: str
    logins: list[Login]
    persons: list[Person]


def seed_demo(database: Database, persons: Sequence[str], passwords: Passwords, clock: Clock, say: Say) -> Seeded:
    """Make the demo school unless it is there, name one pupil in each class after `persons`, and give the log-ins of
    the administrator, these pupils' parents, the principal and a homeroom teacher new passwords. Raises Invalid."""
    plan = demo_school(school_year(clock), random=Random(SEED))
    names = [one_form(name) for name in persons]
    most = len(plan.classes)
    if len(names) > most or len(set(names)) < len(names) or not all(0 < len(name) <= 120 for name in names):
        raise Invalid(f"--person: at most {most} different names, each of 1 to 120 letters")
    with database.writing() as session:
        there = school_by_slug(session, plan.slug)
        school_id = there or write_school(session, plan, say)
        pupils = _name_pupils(session, school_id, plan, names)
        everybody = [one for _, one in sorted(queries.pupils_by_code(session, school_id).items())]
        since, today = date(plan.year, 9, 5), school_day(clock())
        serve_meals(session, school_id, [one.id for one in everybody], since, today)
        _, password = _user(session, ADMIN, ADMIN_NAME, passwords, Grant(Role.ADMINISTRATOR, school_id))
        logins = [Login(login=ADMIN, password=password, name=ADMIN_NAME, role=Role.ADMINISTRATOR)]
        for number, pupil in enumerate(pupils[: max(FEWEST_PARENTS, len(names))], start=1):
            logins.append(_parent_log_in(session, f"parent{number}", pupil, passwords))
        logins += _staff_log_ins(session, school_id, plan, passwords)
        say(f"{len(logins)} log-ins")
        if there is None:
            hands = Hands(_user_id(session, "teacher"), _user_id(session, "principal"))
            write_past(session, school_id, everybody, hands, since, today, Random(SEED))
            say("registers, meals, hand-overs and news of the last weeks")
        classes = queries.class_names(session, school_id)
        found = [
            Person(name=one.full_name, person=person_ref(one.id), code=one.code, class_name=classes[one.class_id])
            for one in pupils[: len(names)]
        ]
        return Seeded(school=plan.slug, logins=logins, persons=found)


def school_year(clock: Clock) -> int:
    """The year in which the present school year began; it begins in August."""
    today = school_day(clock())
    return today.year if today.month >= 8 else today.year - 1


def _name_pupils(session: Session, school_id: UUID, plan: Plan, names: Sequence[str]) -> list[Student]:
    """The first pupil of each class, named after `names` as far as they go, and as planned from there on."""
    pupils = queries.pupils_by_code(session, school_id)
    firsts = []
    for number, planned in enumerate(plan.classes):
        first = planned.pupils[0]
        pupil = pupils[first.code]
        pupil.full_name = names[number] if number < len(names) else first.full_name
        pupil.search_name = search_form(pupil.full_name)
        firsts.append(pupil)
    return firsts


def _parent_log_in(session: Session, login: str, pupil: Student, passwords: Passwords) -> Login:
    guardian = queries.first_guardian(session, pupil.id)
    guardian.user_id, password = _user(session, login, guardian.full_name, passwords)
    return Login(login=login, password=password, name=guardian.full_name, role="guardian", child=pupil.full_name)


def _staff_log_ins(session: Session, school_id: UUID, plan: Plan, passwords: Passwords) -> list[Login]:
    """The principal, and the homeroom teacher of the first class: where the first of `persons` is a pupil."""
    given = []
    for login, role, scope in STAFF_LOG_INS:
        planned = next(one for one in plan.staff if one.position == role)
        member = queries.staff_by_code(session, school_id, planned.code)
        grant = Grant(role, school_id, scope)
        member.user_id, password = _user(session, login, member.full_name, passwords, grant)
        given.append(Login(login=login, password=password, name=member.full_name, role=role))
    return given


def _user_id(session: Session, login: str) -> UUID:
    user = queries.user_with_login(session, login)
    assert user, "it was just given"
    return user.id


def _user(session: Session, login: str, name: str, passwords: Passwords, *grants: Grant) -> tuple[UUID, str]:
    """A new user, or the one of an earlier run, with a new password."""
    password = secrets.token_urlsafe(9)
    password_hash = passwords.hash(password)
    user = queries.user_with_login(session, login)
    if user is None:
        user = add_user(
            session, login=login, display_name=name, password_hash=password_hash, locale="vi", grants=grants
        )
    else:
        set_password_hash(session, user.id, password_hash)
    session.flush()
    return user.id, password
