"""What a family says of how their child goes home: alone, or with somebody else on one day."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from pydantic import SecretStr
from sqlalchemy.orm import Session

from cloud.accounts import audit_queries as audit
from cloud.accounts.access import Actor
from cloud.attendance.release import queries
from cloud.attendance.release.queries import Permit
from cloud.attendance.release.rules import CODE_DIGITS, check_permit
from cloud.kit.clock import school_day
from cloud.kit.errors import Conflict, Forbidden, Unavailable
from cloud.kit.i18n import marked
from cloud.kit.ids import new_id
from cloud.kit.seal import Seal
from cloud.people.access import Pupil, child_of

PURPOSE = "collect permit"


@dataclass(frozen=True, slots=True)
class Given:
    """`code` is shown this once: the database holds its fingerprint."""

    permit: Permit
    code: str


def give(
    session: Session, actor: Actor, student_id: UUID, name: str, day: date, secret: SecretStr | None, now: datetime
) -> Given:
    """Raises NotFound, Forbidden for a guardian who may not collect either, Invalid, or Unavailable."""
    child = _own(session, actor, student_id)
    kept = check_permit(name, day, school_day(now))
    code, permit_id = _new_code(), new_id()
    permit = Permit(permit_id, child.id, day, kept, _fingerprint(secret, permit_id, code), 0, None, None)
    queries.add_permit(session, permit, child.school_id, actor.user_id, now)
    facts = {"day": day.isoformat()}
    audit.note(session, child.school_id, actor.user_id, "permit.given", child.id, facts, now=now)
    return Given(permit, code)


def give_again(
    session: Session, actor: Actor, student_id: UUID, permit_id: UUID, secret: SecretStr | None, now: datetime
) -> Given:
    """With another code. Raises NotFound, Forbidden, or Conflict for one that is used, withdrawn or of a day before."""
    child = _own(session, actor, student_id)
    permit = next(
        (one for one in queries.permits_since(session, child.id, school_day(now)) if one.id == permit_id), None
    )
    code = _new_code()
    if permit is None or not queries.change_code(session, permit.id, _fingerprint(secret, permit.id, code)):
        raise Conflict(marked("This permission was used or withdrawn already."))
    return Given(permit, code)


def withdraw(session: Session, actor: Actor, student_id: UUID, permit_id: UUID, now: datetime) -> None:
    """Raises NotFound, Forbidden or Conflict."""
    child = _own(session, actor, student_id)
    if not queries.withdraw_permit(session, child.id, permit_id, now):
        raise Conflict(marked("This permission was used or withdrawn already."))
    audit.note(session, child.school_id, actor.user_id, "permit.withdrawn", child.id, now=now)


def say_alone(session: Session, actor: Actor, student_id: UUID, *, may: bool, now: datetime) -> None:
    """Raises NotFound or Forbidden."""
    child = _own(session, actor, student_id)
    if may:
        queries.let_go_alone(session, child.id, actor.user_id, now)
    else:
        queries.let_go_alone_no_more(session, child.id)
    audit.note(session, child.school_id, actor.user_id, "alone.granted" if may else "alone.taken", child.id, now=now)


def code_fits(secret: SecretStr | None, permit: Permit, typed: str) -> bool:
    code = "".join(one for one in typed if one.isdecimal() and one.isascii())
    return secret is not None and hmac.compare_digest(_fingerprint(secret, permit.id, code), permit.code_hash)


def _own(session: Session, actor: Actor, student_id: UUID) -> Pupil:
    child = child_of(session, actor, student_id)
    if not queries.may_collect(session, actor.user_id, child.id):
        raise Forbidden(
            marked("You may not collect this child, so you cannot send somebody either. Please ask the school.")
        )
    return child


def _new_code() -> str:
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"


def _fingerprint(secret: SecretStr | None, permit_id: UUID, code: str) -> str:
    if secret is None:
        raise Unavailable(marked("This school cannot give out codes yet: please ask the office."))
    return Seal(secret.get_secret_value(), PURPOSE).digest(f"{permit_id} {code}")
