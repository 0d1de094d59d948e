"""Somebody has lost the phone that their second step is on: an administrator switches it off, and they are told."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.accounts import audit_queries as audit
from cloud.accounts import history_queries
from cloud.accounts.access import Actor, Right
from cloud.accounts.history import Change
from cloud.accounts.second_step import queries as second_step
from cloud.kit.errors import Conflict, NotFound
from cloud.kit.i18n import marked
from cloud.people.members import helping_queries, queries


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
