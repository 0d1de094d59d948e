"""What changed in how somebody logs in: told to themselves, and noted in the log of every school they work at."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from cloud.accounts import audit_queries as audit
from cloud.accounts import history_queries
from cloud.accounts.access import Actor


class Change(StrEnum):
    PASSWORD = "password.changed"
    PASSWORD_CODE = "password.code"
    """By somebody else: a letter by which a forgotten one is replaced."""
    PASSWORD_BY_CODE = "password.by_code"
    SECOND_STEP_ON = "second_step.on"
    SECOND_STEP_OFF = "second_step.off"
    SECOND_STEP_RESET = "second_step.reset"
    """By an administrator."""
    RECOVERY_CODES = "recovery_codes.new"
    RECOVERY_CODE_USED = "recovery_code.used"
    PASSKEY_ADDED = "passkey.added"
    PASSKEY_REMOVED = "passkey.removed"
    IDENTITY_LINKED = "identity.linked"
    IDENTITY_UNLINKED = "identity.unlinked"


def note(session: Session, actor: Actor, change: Change, *, now: datetime) -> None:
    """By the owner of the account, in the transaction that makes it."""
    history_queries.add(session, actor.user_id, change, by_name=None, now=now)
    for school_id in actor.schools:
        audit.note(session, school_id, actor.user_id, change, actor.user_id, now=now)
