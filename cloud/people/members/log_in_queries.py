"""SQL of log-ins that end, and of pupils' own."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from cloud.accounts.tables import RoleGrant, User
from cloud.people.members.queries import end_sessions
from cloud.people.members.tables import Invitation
from cloud.people.tables import Guardian, StudentLogin


def close_unless_used(session: Session, user_id: UUID, now: datetime) -> bool:
    """Ends every session of the user; the account, too, if it holds no role, no child and no pupil any more."""
    end_sessions(session, [user_id])
    still = (
        select(RoleGrant.id).where(RoleGrant.user_id == user_id).limit(1),
        select(Guardian.id).where(Guardian.user_id == user_id).limit(1),
        select(StudentLogin.student_id).where(StudentLogin.user_id == user_id).limit(1),
    )
    if any(session.scalar(one) is not None for one in still):
        return False
    session.execute(update(User).where(User.id == user_id).values(disabled_at=now))
    return True


def log_in_of_pupil(session: Session, student_id: UUID) -> tuple[UUID, str] | None:
    """Whose user, and by which name."""
    row = session.execute(
        select(User.id, User.login)
        .join(StudentLogin, StudentLogin.user_id == User.id)
        .where(StudentLogin.student_id == student_id)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def pupil_invited_until(session: Session, student_id: UUID, now: datetime) -> datetime | None:
    return session.scalar(
        select(func.max(Invitation.expires_at)).where(
            Invitation.student_id == student_id, Invitation.used_at.is_(None), Invitation.expires_at > now
        )
    )


def take_log_in_of_pupil(session: Session, student_id: UUID) -> None:
    session.execute(delete(StudentLogin).where(StudentLogin.student_id == student_id))
