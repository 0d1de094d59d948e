"""The small school with people at work, each with a phone that is told: what they hear, and who does not."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.accounts import queries as accounts
from cloud.accounts.access import Actor, Grant, Role, Scope
from cloud.accounts.tables import User
from cloud.attendance.schedule import HEARD_BY_NOBODY
from cloud.kit import outbox
from cloud.kit.db import Database
from cloud.kit.outbox import OutboxEvent
from cloud.notifications import queries as notifications
from cloud.notifications.announce import handlers
from cloud.notifications.tables import Message
from cloud.notifications.transport import Channel, PushAddress
from cloud.people.tables import StaffMember
from cloud.school.timetable.tables import Homeroom
from tests.cloud.schoolhouse import YEAR, at, give_calendar
from tests.cloud.small_school import SmallSchool, add_school, watching

AT_WORK = {
    "mai": Grant(Role.HOMEROOM_TEACHER, UUID(int=0), Scope.CLASS),
    "nurse": Grant(Role.HEALTH_STAFF, UUID(int=0)),
    "principal": Grant(Role.PRINCIPAL, UUID(int=0)),
    "vice": Grant(Role.VICE_PRINCIPAL, UUID(int=0), Scope.GRADE, grade=2),
    "guard": Grant(Role.GUARD, UUID(int=0)),
}
"""mai has 1A; vice has the second grade, which has no class here."""


@dataclass(frozen=True, slots=True)
class Told:
    to: str
    kind: str
    subject: str
    body: str
    path: str
    due: datetime


@dataclass(frozen=True, slots=True)
class Office:
    database: Database
    school: SmallSchool
    people: dict[str, UUID]

    def actor(self, name: str, now: datetime) -> Actor:
        with self.database.reading() as session:
            return accounts.actor_of(session, accounts.user(session, self.people[name]), now)

    def told(self, now: datetime, *, kind: str = "") -> list[Told]:
        """What staff have been told once everything that happened by now is handed on, by whom and what it is."""
        known = {**handlers(frozenset(Channel), lambda: now), **HEARD_BY_NOBODY}
        while outbox.dispatch(self.database, known, lambda: now):
            pass
        with self.database.reading() as session:
            assert session.scalars(select(OutboxEvent.failure).where(OutboxEvent.failure.is_not(None))).all() == []
            rows = session.execute(
                select(User.login, Message)
                .join(User, User.id == Message.user_id)
                .order_by(User.login, Message.queued_at)
            ).all()
        found = [
            Told(to, one.kind, one.subject, one.body, one.path, one.next_attempt_at)
            for to, one in rows
            if kind in ("", one.kind)
        ]
        assert len({one.to for one in found} & {"bob", "charlie"}) == 0
        return found


def open_office(database: Database) -> Office:
    """A Monday's school year is on; everybody's phone is told, alice's and dave's, the administrators', too."""
    with database.writing() as session:
        school = add_school(session)
        give_calendar(session, school.id)
        watching(session)
        people = {name: _member(session, school, name, grant) for name, grant in AT_WORK.items()}
        people |= {one.display_name: one.user_id for one in (school.alice, school.bob, school.charlie, school.dave)}
        for number, user_id in enumerate(people.values()):
            address = PushAddress(f"https://push.example.vn/{number}", "BA", "BA")
            notifications.add_browser(session, user_id, address, now=at("06:00"))
    return Office(database, school, people)


def _member(session: Session, school: SmallSchool, name: str, grant: Grant) -> UUID:
    own = Grant(grant.role, school.id, grant.scope_kind, grade=grant.grade)
    user = accounts.add_user(session, login=name, display_name=name, password_hash="-", locale="vi", grants=[own])
    staff = StaffMember(school_id=school.id, user_id=user.id, code=name, full_name=name, search_name=name, position="")
    session.add(staff)
    session.flush()
    if grant.role is Role.HOMEROOM_TEACHER:
        session.add(Homeroom(class_id=school.class_id, from_day=YEAR.first, staff_id=staff.id))
    return UUID(str(user.id))
