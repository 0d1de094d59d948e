"""A pupil is handed over, and that is taken back: each in one transaction, which changes the register at once."""

from datetime import date, datetime
from uuid import UUID

from pydantic import SecretStr
from sqlalchemy.orm import Session

from cloud.accounts import audit_queries as audit
from cloud.accounts.access import Actor, Right
from cloud.attendance.meals import counting as meals
from cloud.attendance.register import keeping
from cloud.attendance.release import queries
from cloud.attendance.release.events import LEFT, LEFT_AFTER_ALL_NOT, Left, LeftAfterAllNot
from cloud.attendance.release.permits import code_fits
from cloud.attendance.release.queries import Permit
from cloud.attendance.release.rules import Way, check_again, is_open
from cloud.attendance.release.tables import PupilRelease
from cloud.kit import outbox
from cloud.kit.clock import school_day
from cloud.kit.errors import Conflict, Forbidden, NotFound
from cloud.kit.i18n import marked
from cloud.kit.ids import new_id
from cloud.people.access import Pupil, student_for


def to_guardian(session: Session, actor: Actor, student_id: UUID, guardian_id: UUID, now: datetime) -> None:
    """Raises NotFound, Forbidden for a guardian who may not collect, or Conflict."""
    pupil = student_for(session, actor, student_id, Right.RELEASE_PUPILS)
    collectors = queries.collectors_of(session, [pupil.id]).get(pupil.id, [])
    found = next((one for one in collectors if one.id == guardian_id), None)
    if found is None:
        raise Forbidden(marked("This person may not collect the pupil."))
    _hand_over(session, actor, pupil, Way.GUARDIAN, now, to_name=found.name, guardian_id=found.id)


def alone(session: Session, actor: Actor, student_id: UUID, now: datetime) -> None:
    """Raises NotFound, Forbidden without the family's permission, or Conflict."""
    pupil = student_for(session, actor, student_id, Right.RELEASE_PUPILS)
    if not queries.may_go_alone(session, [pupil.id]):
        raise Forbidden(marked("The family has not said that this pupil may go home alone."))
    _hand_over(session, actor, pupil, Way.ALONE, now)


def by_code(
    session: Session, actor: Actor, student_id: UUID, code: str, secret: SecretStr | None, now: datetime
) -> bool:
    """False for a wrong code, which is counted: the caller's transaction has to commit either way. Raises NotFound,
    Forbidden or Conflict."""
    pupil = student_for(session, actor, student_id, Right.RELEASE_PUPILS)
    check_again(queries.released_on(session, [pupil.id], school_day(now)).get(pupil.id, ()), now)
    permits = [
        one for one in queries.permits_on(session, [pupil.id], school_day(now)).get(pupil.id, ()) if is_open(one)
    ]
    found = next((one for one in permits if code_fits(secret, one, code)), None)
    if found is None:
        queries.note_wrong_try(session, [one.id for one in permits])
        facts = {"open": str(len(permits))}
        audit.note(session, pupil.school_id, actor.user_id, "pupil.wrong_code", pupil.id, facts, now=now)
        return False
    _by_permit(session, actor, pupil, found, now)
    return True


def undo(session: Session, actor: Actor, release_id: UUID, now: datetime) -> Pupil:
    """Raises NotFound, Forbidden, or Conflict for one of an earlier day or taken back before."""
    found = queries.release(session, release_id)
    if found is None:
        raise NotFound("No such pupil, or not one that you may see.")
    pupil = student_for(session, actor, found.student_id, Right.RELEASE_PUPILS)
    if found.day != school_day(now):
        raise Conflict(marked("What was written on an earlier day is corrected in the register."))
    if not queries.take_back(session, release_id, actor.user_id, now):
        raise Conflict(marked("This was taken back already."))
    if found.permit_id:
        queries.give_permit_back(session, found.permit_id)
    queries.forget_told(session, pupil.id, found.day)
    event = LeftAfterAllNot(
        school_id=pupil.school_id, student_id=pupil.id, day=found.day, left_at=found.at, corrected_at=now
    )
    outbox.put(session, LEFT_AFTER_ALL_NOT, event, now=now)
    audit.note(session, pupil.school_id, actor.user_id, "pupil.release_taken_back", pupil.id, now=now)
    _recompute(session, actor, pupil, found.day, now)
    return pupil


def _by_permit(session: Session, actor: Actor, pupil: Pupil, permit: Permit, now: datetime) -> None:
    if not queries.use_permit(session, permit.id, now):
        raise Conflict(marked("This code has just been used."))
    _hand_over(session, actor, pupil, Way.PERMIT, now, to_name=permit.name, permit_id=permit.id)


def _hand_over(
    session: Session,
    actor: Actor,
    pupil: Pupil,
    way: Way,
    now: datetime,
    *,
    to_name: str = "",
    guardian_id: UUID | None = None,
    permit_id: UUID | None = None,
) -> None:
    day = school_day(now)
    check_again(queries.released_on(session, [pupil.id], day).get(pupil.id, ()), now)
    row = PupilRelease(
        id=new_id(),
        school_id=pupil.school_id,
        student_id=pupil.id,
        day=day,
        at=now,
        way=way,
        to_name=to_name,
        guardian_id=guardian_id,
        permit_id=permit_id,
        by=actor.user_id,
    )
    queries.add_release(session, row)
    queries.note_told(session, pupil.id, day, now)
    event = Left(school_id=pupil.school_id, student_id=pupil.id, day=day, left_at=now, way=way)
    outbox.put(session, LEFT, event, now=now)
    audit.note(session, pupil.school_id, actor.user_id, "pupil.released", pupil.id, {"way": way}, now=now)
    _recompute(session, actor, pupil, day, now)


def _recompute(session: Session, actor: Actor, pupil: Pupil, day: date, now: datetime) -> None:
    keeping.recompute(session, pupil.school_id, day, [pupil.id], now=now, by=actor.user_id)
    meals.settle(session, pupil.school_id, day, now)
