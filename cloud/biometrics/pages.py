"""A guardian's page for each child: what is asked, three equal answers, what became of them, what else may be asked."""

from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Form
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts.access import Right
from cloud.accounts.visitor import SignedIn
from cloud.biometrics import consent
from cloud.biometrics.consent import Said
from cloud.biometrics.queries import consent as queries
from cloud.biometrics.queries import requests
from cloud.biometrics.reading import ChildFile, Voice, read_child
from cloud.biometrics.rules import Answer, How, Party
from cloud.biometrics.rules import Request as Wanted
from cloud.biometrics.wordings import NEWEST, Wording, wording
from cloud.kit.errors import Forbidden, Refused
from cloud.kit.i18n import marked
from cloud.kit.web.forms import Posted, Typed
from cloud.kit.web.service import language, page, service
from cloud.people.access import Pupil, child_of, student_for
from cloud.people.frame import FamilyPlace

router = APIRouter(include_in_schema=False)

FAMILY = (FamilyPlace(marked("Face recognition"), "/children/{student_id}/consent"),)

LATER = "later"
LONGEST_WISH = 1000
Saying = Literal["granted", "refused", "withdrawn", "later"]


@dataclass(frozen=True, slots=True)
class ConsentView:
    file: ChildFile
    wording: Wording
    wording_version: int
    own: UUID
    """The reader among the child's guardians."""
    just: str
    """What the reader did a moment ago, or nothing."""
    take_back: bool
    """They came to take it back: the one button for it is open before them."""
    form: Typed
    """A request that could not be taken."""

    @property
    def mine(self) -> Voice:
        return next(voice for voice in self.file.guardians if voice.guardian_id == self.own)

    @property
    def others(self) -> tuple[Voice, ...]:
        return tuple(voice for voice in self.file.guardians if voice.guardian_id != self.own)


@router.get("/children/{student_id}/consent")
def show_consent(
    request: Request, visitor: SignedIn, student_id: UUID, just: str = "", take_back: bool = False
) -> Response:
    return _show(request, visitor, student_id, just, take_back=take_back)


def _show(
    request: Request,
    visitor: SignedIn,
    student_id: UUID,
    just: str = "",
    *,
    take_back: bool = False,
    form: Typed | None = None,
) -> Response:
    kit, words = service(request), language(request)
    with kit.database.reading() as session:
        child, own = _own_child(session, visitor, student_id)
        file = read_child(session, child, now=kit.clock())
    view = ConsentView(file, wording(NEWEST, words), NEWEST, own, just, take_back, form or Typed())
    return page(request, "biometrics/consent.html", view, status=Refused.status if form else 200)


@router.post("/children/{student_id}/consent")
def take_answer(
    request: Request,
    visitor: SignedIn,
    student_id: UUID,
    party: Annotated[Party, Form()],
    answer: Annotated[Saying, Form()],
    wording_version: Annotated[int, Form()],
) -> Response:
    """`later` writes nothing down: silence is no answer, and nobody is asked to hurry."""
    kit = service(request)
    with kit.database.writing() as session:
        child, own = _own_child(session, visitor, student_id)
        if answer != LATER:
            spoken = Said(
                student_id=child.id,
                party=party,
                guardian_id=own if party is Party.GUARDIAN else None,
                answer=Answer(answer),
                how=How.GUARDIAN_PAGE,
                wording_version=wording_version,
                wording_language=language(request),
                decided_at=kit.clock(),
                scan_id=None,
            )
            consent.record(session, spoken, recorded_by=visitor.actor.user_id, now=kit.clock())
    return RedirectResponse(f"/children/{student_id}/consent?just={answer}", 303)


@router.post("/children/{student_id}/requests")
def take_request(
    request: Request,
    visitor: SignedIn,
    student_id: UUID,
    form: Posted,
) -> Response:
    kit, wish = service(request), form.lines("wish", LONGEST_WISH)
    wanted = form.choice("kind", Wanted)
    if wanted is Wanted.WITHDRAWAL:
        form.complain("kind", marked("choose one of the list"))
    try:
        with kit.database.writing() as session:
            child, _ = _own_child(session, visitor, student_id)
            form.require()
            if not requests.is_open(session, child.id, wanted, wish):
                subject = queries.subject(session, child.id)
                queries.add_request(
                    session, wanted, subject, wish=wish, received_by=visitor.actor.user_id, now=kit.clock()
                )
    except Refused:
        return _show(request, visitor, student_id, form=form)
    return RedirectResponse(f"/children/{student_id}/consent?just=asked#requests", 303)


def _own_child(session: Session, visitor: SignedIn, student_id: UUID) -> tuple[Pupil, UUID]:
    """The child, and who of its guardians the visitor is."""
    child = child_of(session, visitor.actor, student_id)
    student_for(session, visitor.actor, student_id, Right.ANSWER_CONSENT)
    own = queries.guardian_who_is(session, visitor.actor.user_id, child.id)
    if own is None:
        raise Forbidden(marked("Only a guardian answers in the guardian's page."))
    return child, own
