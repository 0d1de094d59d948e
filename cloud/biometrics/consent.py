"""An answer is taken down; a no erases in the same transaction."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.biometrics.events import ERASED, Erased
from cloud.biometrics.queries import consent as queries
from cloud.biometrics.rules import Answer, How, Party, Request, Standing, standing
from cloud.biometrics.tables import ConsentDecision
from cloud.biometrics.wordings import wording
from cloud.kit import outbox
from cloud.kit.clock import school_day
from cloud.kit.errors import Forbidden, Invalid
from cloud.kit.i18n import marked
from cloud.people.queries import hold_students


@dataclass(frozen=True, slots=True)
class Said:
    """An answer as it was given. Nothing has a default: nothing is ticked beforehand."""

    student_id: UUID
    party: Party
    guardian_id: UUID | None
    """Who of the guardians; None when the child answers."""
    answer: Answer
    how: How
    wording_version: int
    wording_language: str
    decided_at: datetime
    scan_id: UUID | None


def record(session: Session, said: Said, *, recorded_by: UUID, now: datetime) -> Standing:
    """Take the answer down and return where the pupil stands with it.

    A no erases the pupil's templates at once (the database does, in guards.py) and tells the units.
    Raises Invalid for an answer that does not fit together and Forbidden for somebody who is no guardian.
    """
    read = wording(said.wording_version, said.wording_language)
    hold_students(session, [said.student_id])
    pupil = queries.subject(session, said.student_id)
    guardians = queries.guardians_of(session, said.student_id)
    if said.decided_at > now:
        raise Invalid(marked("That day lies in the future: give the one on which the answer was given."))
    if (said.how is How.PAPER) != (said.scan_id is not None):
        raise Invalid(marked("A paper form comes with its scan, and only a paper form does."))
    if (said.party is Party.GUARDIAN) != (said.guardian_id is not None):
        raise Invalid(marked("Name the guardian who answered; a child's own answer names none."))
    if said.guardian_id is not None and said.guardian_id not in guardians:
        raise Forbidden(marked("Only a guardian of this pupil may answer for them."))
    queries.add_decision(
        session,
        ConsentDecision(
            student_id=said.student_id,
            number=queries.next_number(session, said.student_id),
            party=said.party,
            guardian_id=said.guardian_id,
            guardian_name=guardians[said.guardian_id] if said.guardian_id else None,
            answer=said.answer,
            how=said.how,
            wording_version=said.wording_version,
            wording_language=said.wording_language,
            wording_sha256=read.digest,
            scan_id=said.scan_id,
            decided_at=said.decided_at,
            recorded_at=now,
            recorded_by=recorded_by,
        ),
    )
    if said.answer is Answer.WITHDRAWN:
        queries.add_request(session, Request.WITHDRAWAL, pupil, received_by=recorded_by, now=now, acknowledged=True)
    if said.answer is not Answer.GRANTED:
        outbox.put(session, ERASED, Erased(school_id=pupil.school_id, student_id=pupil.id), now=now)
    return where_it_stands(session, said.student_id, now=now)


def where_it_stands(session: Session, student_id: UUID, *, now: datetime) -> Standing:
    pupil, today = queries.subject(session, student_id), school_day(now)
    if pupil.left_on is not None and pupil.left_on <= today:
        return Standing.LEFT
    return standing(
        queries.decisions(session, student_id),
        guardians=set(queries.guardians_of(session, student_id)),
        birth_date=pupil.birth_date,
        today=today,
    )
