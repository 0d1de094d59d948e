"""Somebody is asked in, and comes in."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.accounts import audit_queries as audit
from cloud.accounts import pending_queries
from cloud.accounts.access import GRANTED, SCOPES, Actor, Grant, Role, Scope
from cloud.accounts.codes import as_typed, new_code
from cloud.accounts.passwords import Passwords
from cloud.accounts.pending_queries import Kind
from cloud.accounts.registering import register
from cloud.accounts.tables import User
from cloud.kit.errors import Conflict, Invalid, NotFound
from cloud.kit.i18n import marked
from cloud.people.access import Pupil, class_for
from cloud.people.members import log_in_queries, queries
from cloud.people.members.rules import LIFE, code_hash
from cloud.people.members.tables import Invitation


@dataclass(frozen=True, slots=True)
class Letter:
    """`code` is shown this once: the database holds its hash."""

    name: str
    code: str
    children: tuple[str, ...] = ()
    login: str = ""
    """Of whoever has one already, and has forgotten the password."""


def role_named(typed: str) -> Role:
    """Raises Invalid."""
    try:
        return Role(typed)
    except ValueError as error:
        raise Invalid(marked("Nobody is given this role: choose one of the list.")) from error


def grade_named(typed: str) -> int | None:
    """None where nothing was typed. Raises Invalid."""
    if not typed.strip():
        return None
    if typed.strip() not in {str(grade) for grade in range(1, 13)}:
        raise Invalid(marked("A grade is a number from 1 to 12."))
    return int(typed)


def key(chosen: str) -> UUID | None:
    """None where nothing was chosen. Raises NotFound for what is no key of ours."""
    try:
        return UUID(chosen) if chosen else None
    except ValueError as error:
        raise NotFound("There is nothing like this to choose.") from error


def grant_of(
    session: Session, actor: Actor, school_id: UUID, role: Role, scope_id: UUID | None, grade: int | None
) -> Grant:
    """The role as the form asked for it. Raises Invalid, or NotFound for a class that is not the school's."""
    if role not in GRANTED:
        raise Invalid(marked("Nobody is given this role: choose one of the list."))
    if grade is not None:
        scope = Scope.GRADE
    elif scope_id is not None:
        scope = Scope.CLASS
        if class_for(session, actor, scope_id).school_id != school_id:
            raise NotFound("No such class, or not one that you may see.")
    else:
        scope = SCOPES[role][0]
    if scope not in SCOPES[role]:
        raise Invalid(
            marked("This role is not held over one class or one grade: leave those empty, or choose another role.")
        )
    return Grant(role, school_id, scope, scope_id, grade)


def invite_staff(
    session: Session, actor: Actor, grant: Grant, name: str, staff_id: UUID | None, now: datetime
) -> Letter:
    """For a member of staff of the school, or for somebody by name. Raises Invalid or NotFound."""
    if staff_id is not None:
        known = queries.staff_name(session, grant.school_id, staff_id)
        if known is None:
            raise NotFound("No such member of staff.")
        name = known
    if not name.strip() or len(name) > 120:
        raise Invalid(marked("Whom is it for? A name has 1 to 120 characters."))
    code = new_code()
    made = queries.add_invitation(
        session, school_id=grant.school_id, code_hash=code_hash(code), display_name=name.strip(), staff_id=staff_id,
        grant=grant, made_by=actor.user_id, made_at=now, expires_at=now + LIFE,
    )  # fmt: skip
    facts = {"role": grant.role, "scope": grant.scope_kind}
    audit.note(session, grant.school_id, actor.user_id, "member.invited", made.id, facts, now=now)
    return Letter(made.display_name, code)


def invite_guardians(session: Session, actor: Actor, school_id: UUID, class_id: UUID, now: datetime) -> list[Letter]:
    """A letter for every guardian of the class who cannot log in yet. Letters printed before are worth nothing then."""
    letters = []
    for one in queries.invitees(session, class_id):
        code = new_code()
        queries.add_invitation(
            session, school_id=school_id, code_hash=code_hash(code), display_name=one.full_name,
            guardian_id=one.guardian_id, made_by=actor.user_id, made_at=now, expires_at=now + LIFE,
        )  # fmt: skip
        letters.append(Letter(one.full_name, code, one.children))
    audit.note(
        session, school_id, actor.user_id, "guardians.invited", class_id, {"letters": str(len(letters))}, now=now
    )
    return letters


def invite_guardian(
    session: Session, actor: Actor, school_id: UUID, guardian_id: UUID, name: str, children: tuple[str, ...],
    now: datetime,
) -> Letter:  # fmt: skip
    """A letter for one; an earlier one is worth nothing then. `children` are those whom they may see."""
    code = new_code()
    made = queries.add_invitation(
        session, school_id=school_id, code_hash=code_hash(code), display_name=name, guardian_id=guardian_id,
        made_by=actor.user_id, made_at=now, expires_at=now + LIFE,
    )  # fmt: skip
    audit.note(session, school_id, actor.user_id, "guardian.invited", guardian_id, now=now)
    return Letter(made.display_name, code, children)


def invite_pupil(session: Session, actor: Actor, pupil: Pupil, now: datetime) -> list[Letter]:
    """To a log-in of the pupil's own, which is one: none for a pupil who has it."""
    if log_in_queries.log_in_of_pupil(session, pupil.id) is not None:
        return []
    code = new_code()
    queries.add_invitation(
        session, school_id=pupil.school_id, code_hash=code_hash(code), display_name=pupil.full_name,
        student_id=pupil.id, made_by=actor.user_id, made_at=now, expires_at=now + LIFE,
    )  # fmt: skip
    audit.note(session, pupil.school_id, actor.user_id, "pupil.invited", pupil.id, now=now)
    return [Letter(pupil.full_name, code)]


def take_log_in(session: Session, actor: Actor, pupil: Pupil, user_id: UUID, now: datetime) -> None:
    """The pupil's own: every session ends. Raises NotFound unless the user is the pupil."""
    found = log_in_queries.log_in_of_pupil(session, pupil.id)
    if found is None or found[0] != user_id:
        raise NotFound("This is not the pupil's log-in.")
    log_in_queries.take_log_in_of_pupil(session, pupil.id)
    log_in_queries.close_unless_used(session, user_id, now)
    audit.note(session, pupil.school_id, actor.user_id, "pupil.log_in_taken", pupil.id, now=now)


def invitation_for(session: Session, typed: str, now: datetime) -> Invitation:
    """Raises NotFound alike for a code that never was, was used or is too old."""
    found = queries.usable_invitation(session, code_hash(as_typed(typed)), now)
    if found is None:
        raise NotFound(
            marked("This invitation is not valid, or no longer. Please ask the school's office for a new one.")
        )
    return found


def come_in(
    session: Session, passwords: Passwords, typed: str, *, login: str, password: str | None, now: datetime
) -> User:
    """A new user by an invitation; `password` is None for whoever has another way in.

    Raises NotFound, Invalid, or Conflict where the name is taken."""
    invitation = invitation_for(session, typed, now)
    user = register(session, passwords, login, name=invitation.display_name, password=password)
    _use(session, invitation, user.id, now)
    return user


def add_to_own(session: Session, actor: Actor, typed: str, now: datetime) -> None:
    """Whoever has an account already adds what the invitation gives: a second child's school, another role."""
    invitation = invitation_for(session, typed, now)
    if invitation.student_id:
        raise Conflict(marked("A pupil's log-in is one of its own: log out first, then use the code."))
    _use(session, invitation, actor.user_id, now)


def _use(session: Session, invitation: Invitation, user_id: UUID, now: datetime) -> None:
    if not queries.use(session, invitation, user_id, now):
        raise Conflict(marked("This invitation has just been used."))
    # The account opens more than it did when somebody was given a letter to its password.
    pending_queries.drop(session, user_id, Kind.NEW_PASSWORD)
    audit.note(session, invitation.school_id, user_id, "invitation.used", invitation.id, now=now)


def withdraw(session: Session, actor: Actor, school_id: UUID, invitation_id: UUID, now: datetime) -> None:
    """Raises NotFound for one that is not there, was used, or is another school's."""
    if not queries.withdraw(session, school_id, invitation_id):
        raise NotFound("No such invitation, or it has been used.")
    audit.note(session, school_id, actor.user_id, "invitation.withdrawn", invitation_id, now=now)


def take_role(session: Session, actor: Actor, school_id: UUID, grant_id: UUID, now: datetime) -> None:
    """Raises NotFound, or Conflict for the last administrator: nobody would be left to give it back."""
    before = queries.administrators(session, school_id)
    taken = queries.take_grant(session, school_id, grant_id)
    if taken is None:
        raise NotFound("Nobody holds this role here.")
    user_id, role = taken
    if role is Role.ADMINISTRATOR and before == {user_id}:
        raise Conflict(marked("This is the school's last administrator: make another one first."))
    queries.end_sessions(session, [user_id])
    audit.note(session, school_id, actor.user_id, "role.taken", user_id, {"role": role}, now=now)


def end_sessions(session: Session, actor: Actor, school_id: UUID, user_id: UUID, now: datetime) -> None:
    """Raises NotFound for somebody who does not work there."""
    if not queries.works_at(session, school_id, user_id):
        raise NotFound("Nobody of that name works here.")
    queries.end_sessions(session, [user_id])
    audit.note(session, school_id, actor.user_id, "sessions.ended", user_id, now=now)
