"""Somebody cannot log in any more. The phone that their second step is on is lost: an administrator switches it off.
The password is forgotten: whoever may invite them prints a letter with which they choose another. They are told."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.accounts import audit_queries as audit
from cloud.accounts import history_queries, new_password
from cloud.accounts.access import Actor, Right
from cloud.accounts.history import Change
from cloud.accounts.second_step import queries as second_step
from cloud.kit.errors import Conflict, NotFound
from cloud.kit.i18n import marked
from cloud.people.members import helping_queries, queries
from cloud.people.members.inviting import Letter


def reset_second_step(session: Session, actor: Actor, school_id: UUID, user_id: UUID, now: datetime) -> None:
    """Ends their sessions too: whoever took over one must not go on. Raises NotFound for somebody who has none, or
    nothing to do with the school; Conflict for staff of a school that the administrator does not run."""
    if not helping_queries.belongs_to(session, school_id, user_id):
        raise NotFound("Nobody of that name belongs here.")
    if not helping_queries.workplaces(session, user_id) <= set(actor.schools_where(Right.MANAGE_ACCOUNTS)):
        raise Conflict(
            marked("They work at another school too: its administrator has to do it, or whoever runs the service.")
        )
    if not second_step.forget(session, user_id):
        raise NotFound("They have no second step.")
    queries.end_sessions(session, [user_id])
    history_queries.add(session, user_id, Change.SECOND_STEP_RESET, by_name=actor.display_name, now=now)
    audit.note(session, school_id, actor.user_id, Change.SECOND_STEP_RESET, user_id, now=now)


def letter_for_new_password(
    session: Session, actor: Actor, school_id: UUID, user_id: UUID, name: str, now: datetime
) -> Letter:
    """For an account that belongs to this school; an earlier one is worth nothing then. Whoever calls has asked whether
    the actor may invite them. Raises Conflict where the account opens more than the actor may give, or is their own:
    who holds a letter holds the account. NotFound for one that is closed."""
    if user_id == actor.user_id:
        raise Conflict(marked("This is your own log-in: change its password under Account."))
    opens = helping_queries.opens(session, user_id)
    may_give, may_invite = actor.schools_where(Right.MANAGE_ACCOUNTS), actor.schools_where(Right.INVITE_FAMILIES)
    out_of_reach = (opens.as_staff_or_pupil - set(may_give)) | (opens.as_family - set(may_invite))
    if out_of_reach - {school_id}:
        raise Conflict(
            marked("This log-in belongs to another school, too: whoever runs the service has to make the new password.")
        )
    if out_of_reach:
        raise Conflict(marked("This log-in is not a parent's alone: an administrator has to make this letter."))
    code = new_password.make_code(
        session, user_id, by_id=actor.user_id, by_name=actor.display_name, school_id=school_id, now=now
    )
    return Letter(name, code, login=helping_queries.login_of(session, user_id))
