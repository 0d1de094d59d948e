"""Consent asked for and given, templates brought by the kiosk, and what each unit says that it holds."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import Base64Bytes, BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session
from starlette.requests import Request

from cloud.accounts.access import Actor, Right
from cloud.accounts.visitor import SignedIn
from cloud.biometrics import consent, templates
from cloud.biometrics.consent import Said
from cloud.biometrics.queries import consent as consent_queries
from cloud.biometrics.queries import rosters as roster_queries
from cloud.biometrics.roster_api import rosters_of
from cloud.biometrics.rules import Answer, How, Party, Standing
from cloud.biometrics.templates import View
from cloud.kit.errors import Forbidden, Invalid
from cloud.kit.i18n import marked
from cloud.kit.web.service import service
from cloud.people.access import Pupil, rights_over, student_for
from cloud.school.access import school_for

router = APIRouter(tags=["biometrics"])

READING = frozenset({Right.ANSWER_CONSENT, Right.TAKE_CONSENT, Right.ENROL})
"""Any of these reads what was answered about a pupil, and by whom."""


class Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NewAnswer(Asked):
    """No field has a default: nothing is ticked beforehand. `guardian_id` is null for the child's own answer."""

    party: Party
    guardian_id: UUID | None
    answer: Answer
    how: Literal[How.GUARDIAN_PAGE, How.IN_PERSON]
    wording_version: int
    wording_language: Annotated[str, Field(max_length=2)]


class NewView(Asked):
    """`vector`: the template as little-endian float16, base64."""

    model: Annotated[str, Field(max_length=64)]
    quality: Annotated[float, Field(ge=0, le=1)]
    vector: Annotated[Base64Bytes, Field(max_length=8192)]


class AnswerGiven(BaseModel):
    number: int
    party: Party
    guardian: str | None
    answer: Answer
    how: How
    wording_version: int
    wording_language: str
    wording_sha256: str
    decided_at: datetime


class UnitErasure(BaseModel):
    """Null moments mean pending: the unit itself has not said so yet."""

    device: str
    name: str
    given_at: datetime
    erased_at: datetime | None
    acknowledged_at: datetime | None


class ConsentFile(BaseModel):
    standing: Standing
    history: list[AnswerGiven]
    units: list[UnitErasure]


class UnitRoster(BaseModel):
    device_id: str
    name: str
    version: int
    acked_version: int
    acked_people: int | None
    acked_at: datetime | None
    pending: int
    """Pupils whom this unit has yet to erase in its own words."""


@router.get("/api/v1/students/{student_id}/consent")
def show_consent(request: Request, visitor: SignedIn, student_id: UUID) -> ConsentFile:
    """For those who answer, who take answers down, and who enrol by them: others have nothing to do with it."""
    with service(request).database.reading() as session:
        pupil = student_for(session, visitor.actor, student_id)
        if not rights_over(session, visitor.actor, pupil.id) & READING:
            raise Forbidden(marked("You may see this pupil, but not do this."))
        return _consent_file(session, pupil.id, service(request).clock())


@router.post("/api/v1/students/{student_id}/consent")
def answer(request: Request, visitor: SignedIn, student_id: UUID, said: NewAnswer) -> ConsentFile:
    """A guardian answers for themselves, in their page; staff take down what was said before them."""
    now = service(request).clock()
    with service(request).database.writing() as session:
        pupil = student_for(session, visitor.actor, student_id)
        _check_who_speaks(session, visitor.actor, pupil, said)
        spoken = Said(student_id=pupil.id, decided_at=now, scan_id=None, **said.model_dump())
        consent.record(session, spoken, recorded_by=visitor.actor.user_id, now=now)
        return _consent_file(session, pupil.id, now)


@router.put("/api/v1/students/{student_id}/templates", status_code=204)
def enrol(request: Request, visitor: SignedIn, student_id: UUID, views: list[NewView]) -> None:
    """These views instead of those there were; 409 without consent."""
    kit, ours = service(request), rosters_of(request)
    with kit.database.writing() as session:
        pupil = student_for(session, visitor.actor, student_id, Right.ENROL)
        brought = [View(view.model, view.quality, view.vector) for view in views]
        templates.enrol(session, ours.keyring, pupil.id, brought, made_by=visitor.actor.user_id, now=kit.clock())


@router.get("/api/v1/schools/{slug}/rosters")
def show_rosters(request: Request, visitor: SignedIn, slug: str) -> list[UnitRoster]:
    """Each unit's own acknowledgement, pending ones included."""
    with service(request).database.reading() as session:
        school = school_for(session, visitor.actor, slug)
        copies = roster_queries.unit_copies(session, visitor.actor.within(school.id))
    return [UnitRoster(**asdict(copy)) for copy in copies]


def _check_who_speaks(session: Session, actor: Actor, pupil: Pupil, said: NewAnswer) -> None:
    if said.how is How.IN_PERSON:
        student_for(session, actor, pupil.id, Right.TAKE_CONSENT)
        return
    own = consent_queries.guardian_who_is(session, actor.user_id, pupil.id)
    if own is None:
        raise Forbidden("Only a guardian answers in the guardian's page.")
    if said.party is Party.GUARDIAN and said.guardian_id != own:
        raise Invalid("A guardian answers for themselves: guardian_id is another's.")


def _consent_file(session: Session, student_id: UUID, now: datetime) -> ConsentFile:
    return ConsentFile(
        standing=consent.where_it_stands(session, student_id, now=now),
        history=[
            AnswerGiven(
                number=row.number,
                party=Party(row.party),
                guardian=row.guardian_name,
                answer=Answer(row.answer),
                how=How(row.how),
                wording_version=row.wording_version,
                wording_language=row.wording_language,
                wording_sha256=row.wording_sha256,
                decided_at=row.decided_at,
            )
            for row in consent_queries.history(session, student_id)
        ],
        units=[
            UnitErasure(
                device=device,
                name=name,
                given_at=holding.given_at,
                erased_at=holding.erased_at,
                acknowledged_at=holding.acknowledged_at,
            )
            for device, name, holding in roster_queries.copies_of(session, student_id)
        ],
    )
