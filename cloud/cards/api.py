"""What administrators do with cards: issue, revoke, give a chip, change the key."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from cloud.accounts.access import Right
from cloud.accounts.visitor import SignedIn, Visitor
from cloud.biometrics.roster_api import rosters_of
from cloud.cards import chips, issuing, queries
from cloud.kit.errors import NotFound
from cloud.kit.web.service import service
from cloud.people.access import Pupil, student_for
from cloud.school.access import school_for

router = APIRouter(tags=["cards"])

Serial = Annotated[int, Path(ge=1, lt=2**63)]
KeyNumber = Annotated[int, Path(ge=1, lt=2**31)]
"""Within what the database's columns hold."""


class NewCard(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    valid_until: date | None = None
    """Left out: the end of the school year."""


class NewChip(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    value: Annotated[str, Field(max_length=80)]


class CardShown(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    serial: int
    valid_until: date
    issued_at: datetime
    revoked_at: datetime | None


class CardIssued(CardShown):
    text: str
    """For the QR code."""


class KeyMade(BaseModel):
    number: int


@router.get("/api/v1/students/{student_id}/cards")
def show_cards(request: Request, visitor: SignedIn, student_id: UUID) -> list[CardShown]:
    with service(request).database.reading() as session:
        _pupil(session, visitor, student_id)
        return [CardShown.model_validate(card) for card in queries.cards_of(session, student_id)]


@router.post("/api/v1/students/{student_id}/cards", status_code=201)
def issue_card(request: Request, visitor: SignedIn, student_id: UUID, asked: NewCard) -> CardIssued:
    kit, keyring = service(request), rosters_of(request).keyring
    with kit.database.writing() as session:
        pupil = _pupil(session, visitor, student_id)
        card, text = issuing.issue(
            session, keyring, queries.Bearer(pupil.school_id, student_id), by=visitor.actor.user_id, now=kit.clock(),
            until=asked.valid_until,
        )  # fmt: skip
        return CardIssued(**CardShown.model_validate(card).model_dump(), text=text)


@router.post("/api/v1/cards/{serial}/revocation", status_code=204)
def revoke_card(request: Request, visitor: SignedIn, serial: Serial) -> Response:
    """It fails at every unit that has heard of it."""
    kit = service(request)
    with kit.database.writing() as session:
        card = queries.card(session, serial)
        if card is None:
            raise NotFound("No such card, or not one that you may see.")
        if card.student_id is not None:
            _pupil(session, visitor, card.student_id)
        elif card.school_id not in visitor.actor.schools_where(Right.ISSUE_CARDS):
            raise NotFound("No such card, or not one that you may see.")
        queries.revoke(session, serial, visitor.actor.user_id, kit.clock())
    return Response(status_code=204)


@router.put("/api/v1/students/{student_id}/chip", status_code=204)
def give_chip(request: Request, visitor: SignedIn, student_id: UUID, asked: NewChip) -> Response:
    """Refused while it is another pupil's."""
    kit = service(request)
    with kit.database.writing() as session:
        chips.give(session, visitor.actor, _pupil(session, visitor, student_id), asked.value, kit.clock())
    return Response(status_code=204)


@router.delete("/api/v1/students/{student_id}/chip", status_code=204)
def take_chip(request: Request, visitor: SignedIn, student_id: UUID) -> Response:
    kit = service(request)
    with kit.database.writing() as session:
        chips.take(session, visitor.actor, _pupil(session, visitor, student_id), kit.clock())
    return Response(status_code=204)


@router.post("/api/v1/schools/{slug}/card-keys", status_code=201)
def make_key(request: Request, visitor: SignedIn, slug: str) -> KeyMade:
    kit, keyring = service(request), rosters_of(request).keyring
    with kit.database.writing() as session:
        school = school_for(session, visitor.actor, slug, Right.MANAGE_UNITS)
        key = issuing.renew_key(session, keyring, school.id, by=visitor.actor.user_id, now=kit.clock())
        return KeyMade(number=key.number)


@router.delete("/api/v1/schools/{slug}/card-keys/{number}", status_code=204)
def retire_key(request: Request, visitor: SignedIn, slug: str, number: KeyNumber) -> Response:
    """No card of it counts any more: its secret is no longer one, say."""
    kit = service(request)
    with kit.database.writing() as session:
        school = school_for(session, visitor.actor, slug, Right.MANAGE_UNITS)
        issuing.retire_key(session, school.id, number, by=visitor.actor.user_id, now=kit.clock())
    return Response(status_code=204)


def _pupil(session: Session, visitor: Visitor, student_id: UUID) -> Pupil:
    """Raises NotFound for somebody whom the visitor may not see, Forbidden for a parent's own child."""
    return student_for(session, visitor.actor, student_id, Right.ISSUE_CARDS)
