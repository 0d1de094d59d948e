"""What the office does with the staff list; each change is noted in the school's log."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.accounts import audit_queries as audit
from cloud.accounts.access import RIGHTS, Actor, Right
from cloud.kit.clock import school_day
from cloud.kit.errors import Conflict, Invalid
from cloud.kit.i18n import marked, phrase, whole_date
from cloud.people.members import inviting
from cloud.people.members import log_in_queries as log_ins
from cloud.people.names import one_form, search_form
from cloud.people.staff import queries
from cloud.people.tables import StaffMember

LONGEST_NAME, LONGEST_CODE, LONGEST_POSITION = 120, 40, 40
EARLIEST_START = date(1950, 1, 1)
LOOKS_AHEAD = timedelta(days=366)
"""Whoever is to come next term may be on the list now."""

POSITIONS = {
    "principal": marked("Principal"),
    "vice_principal": marked("Vice-principal"),
    "homeroom_teacher": marked("Homeroom teacher"),
    "subject_teacher": marked("Subject teacher"),
    "clerk": marked("Clerk"),
    "accountant": marked("Accountant"),
    "health": marked("Health staff"),
    "librarian": marked("Librarian"),
    "it": marked("IT officer"),
    "kitchen": marked("Kitchen"),
    "guard": marked("Guard"),
}
"""What somebody is employed as; what they may do in the service are their roles."""


@dataclass(frozen=True, slots=True)
class Typed:
    """As a form has it."""

    full_name: str
    code: str = ""
    position: str = ""


def add(session: Session, actor: Actor, school_id: UUID, typed: Typed, now: datetime) -> UUID:
    """Without a code they get the next one. Raises Invalid or Conflict."""
    number = queries.how_many(session, school_id) + 1
    while not typed.code and queries.has_code(session, school_id, f"NV{number:03}", besides=None):
        number += 1
    read = _read(session, school_id, typed, f"NV{number:03}", besides=None)
    row = StaffMember(
        school_id=school_id, code=read.code, full_name=read.full_name, search_name=search_form(read.full_name),
        position=read.position, joined_on=school_day(now),
    )  # fmt: skip
    queries.add(session, row)
    audit.note(session, school_id, actor.user_id, "staff.added", row.id, {"position": row.position}, now=now)
    return row.id


def change(
    session: Session, actor: Actor, row: StaffMember, typed: Typed, joined_on: date | None, now: datetime
) -> None:
    """Raises Invalid or Conflict."""
    read = _read(session, row.school_id, typed, row.code, besides=row.id)
    if joined_on != row.joined_on:
        _check_start(joined_on, row.left_on, school_day(now))
    after = {
        "full_name": read.full_name, "code": read.code, "position": read.position, "joined_on": joined_on,
    }  # fmt: skip
    changed = [name for name, value in after.items() if getattr(row, name) != value]
    row.full_name, row.search_name = read.full_name, search_form(read.full_name)
    row.code, row.position, row.joined_on = read.code, read.position, joined_on
    session.flush()
    if changed:
        facts = {"fields": ", ".join(changed)}
        audit.note(session, row.school_id, actor.user_id, "staff.changed", row.id, facts, now=now)


def _check_start(joined_on: date | None, left_on: date | None, today: date) -> None:
    """None is right for whoever was there before anybody wrote it down."""
    if joined_on is None:
        return
    if joined_on < EARLIEST_START:
        raise Invalid(phrase(marked("The first day at work is before %(day)s."), day=whole_date(EARLIEST_START)))
    if joined_on > today + LOOKS_AHEAD:
        raise Invalid(marked("The first day at work is more than a year ahead: choose a nearer one."))
    if left_on is not None and joined_on > left_on:
        raise Invalid(phrase(marked("The first day at work is after they left, on %(day)s."), day=whole_date(left_on)))


def leave(session: Session, actor: Actor, row: StaffMember, day: date, now: datetime) -> None:
    """Their roles here and every session end at once; the account too, unless they need it elsewhere, say as a parent.
    Raises Invalid, or Conflict for whoever gives log-ins unless the actor does so too."""
    if row.left_on is not None:
        raise Conflict(phrase(marked("They left already, on %(day)s."), day=whole_date(row.left_on)))
    if day > school_day(now):
        raise Invalid(marked("The day lies in the future: write it down when it has come."))
    if row.user_id is not None:
        held = queries.grants(session, row.school_id, row.user_id)
        gives_log_ins = any(Right.MANAGE_ACCOUNTS in RIGHTS[role] for _, role in held)
        if gives_log_ins and not actor.holds(Right.MANAGE_ACCOUNTS, row.school_id):
            raise Conflict(marked("They give log-ins to others: only an administrator can end theirs."))
        for grant_id, _ in held:
            inviting.take_role(session, actor, row.school_id, grant_id, now)
        user_id, row.user_id = row.user_id, None
        session.flush()
        log_ins.close_unless_used(session, user_id, now)
    queries.withdraw_invitations(session, row.id)
    row.left_on = day
    session.flush()
    audit.note(session, row.school_id, actor.user_id, "staff.left", row.id, {"day": str(day)}, now=now)


def come_back(session: Session, actor: Actor, row: StaffMember, now: datetime) -> None:
    """Without a log-in until they are invited anew. Raises Conflict."""
    if row.left_on is None:
        raise Conflict(marked("They have not left."))
    row.left_on = None
    session.flush()
    audit.note(session, row.school_id, actor.user_id, "staff.returned", row.id, now=now)


def _read(session: Session, school_id: UUID, typed: Typed, code: str, *, besides: UUID | None) -> Typed:
    full_name, code, position = one_form(typed.full_name), one_form(typed.code) or code, one_form(typed.position)
    if not full_name or len(full_name) > LONGEST_NAME:
        raise Invalid(phrase(marked("A name has 1 to %(most)s letters."), most=LONGEST_NAME))
    if len(code) > LONGEST_CODE or len(position) > LONGEST_POSITION:
        raise Invalid(phrase(marked("That is too long: at most %(most)s letters."), most=LONGEST_CODE))
    if queries.has_code(session, school_id, code, besides=besides):
        raise Conflict(phrase(marked("Somebody else has the number %(code)s."), code=code))
    return Typed(full_name, code, position)
