"""Pupils for staff: found by class or name, and each one's page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from cloud.accounts.access import Actor, Right
from cloud.accounts.visitor import SignedIn
from cloud.kit.clock import school_day
from cloud.kit.i18n import Said, marked
from cloud.kit.web import forms
from cloud.kit.web.service import service
from cloud.people import history_queries as history
from cloud.people.access import CONTACT, RECORD, OwnClass, Pupil, classes_for, rights_over, student_for
from cloud.people.exchange.formats import HEADERS, Field
from cloud.people.exchange.rows import TEMPORARY
from cloud.people.guardians import queries as guardians
from cloud.people.guardians.keeping import Typed
from cloud.people.guardians.queries import LogIn, Of
from cloud.people.history_queries import Step
from cloud.people.members import log_in_queries as log_ins
from cloud.people.pupils import queries
from cloud.people.pupils.queries import Facts, Line
from cloud.school.access import OwnSchool, school_for, workplace_for
from cloud.school.frame import Group, Place, staff_page

router = APIRouter(include_in_schema=False)

PLACES = (Place(marked("Pupils"), "/schools/{slug}/pupils", Right.SEE_PUPILS, Group.PEOPLE),)
SHOWN = 60
"""Pupils on a page: a class and more."""


@dataclass(frozen=True, slots=True)
class ListView:
    school: OwnSchool
    classes: Sequence[OwnClass]
    class_id: UUID | None
    typed: str
    gone: bool
    found: int
    pupils: Sequence[Line]
    page: int
    pages: int
    may_change: bool
    opens_guardians: bool
    sees_births: bool
    """Of anybody at the school."""


@dataclass(frozen=True, slots=True)
class NewView:
    school: OwnSchool
    classes: Sequence[tuple[UUID, str, int]]
    today: date
    typed: Mapping[str, str]
    headers: Mapping[Field, str]
    form: forms.Typed
    reasons: Sequence[Said]


@dataclass(frozen=True, slots=True)
class Same:
    """A number that is another guardian's: is it the same person?"""

    question: Said
    guardian_id: UUID
    typed: Typed
    may_collect: bool
    may_see: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What a page says of a change that was not made."""

    reasons: Sequence[Said] = ()
    typed: Mapping[str, str] = field(default_factory=dict)
    same: Same | None = None
    step: str = ""
    """Which of the page's forms."""
    form: forms.Typed = field(default_factory=forms.Typed)
    status: int = 200


@dataclass(frozen=True, slots=True)
class PupilView:
    school: OwnSchool
    pupil: Facts
    rights: frozenset[Right]
    details: Mapping[Field, str]
    headers: Mapping[Field, str]
    steps: Sequence[Step]
    guardians: Sequence[Of] | None
    """None for whoever has nothing to do with them."""
    opens_guardians: bool
    """Their pages are for whoever invites families of the whole school."""
    classes: Sequence[tuple[UUID, str, int]]
    log_in: LogIn | None
    """None for whoever gives no log-ins."""
    now: datetime
    today: date
    typed: Mapping[str, str]
    """What the form of facts shows."""
    answer: Answer

    def form(self, step: str) -> forms.Typed:
        """As it was sent, where it was that one."""
        return self.answer.form if self.answer.step == step else forms.Typed()

    @property
    def sees_record(self) -> bool:
        return bool(self.rights & RECORD)

    @property
    def code(self) -> str | None:
        """None for whoever is not to read it; a temporary one is made of the personal id."""
        hidden = self.pupil.code.startswith(TEMPORARY) and not self.sees_record
        return self.pupil.code if Right.SEE_CODES in self.rights and not hidden else None

    def may(self, right: str) -> bool:
        return Right(right) in self.rights


@router.get("/schools/{slug}/pupils")
def show_pupils(
    request: Request,
    visitor: SignedIn,
    slug: str,
    q: Annotated[str, Query(max_length=120)] = "",
    class_id: str = "",
    gone: bool = False,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    chosen = _uuid(class_id)
    with service(request).database.reading() as session:
        school = workplace_for(session, visitor.actor, slug)
        own = visitor.actor.within(school.id)
        found = queries.find(session, own, school.id, typed=q, class_id=chosen, gone=gone)
        classes = classes_for(session, own)
    pages = max(1, -(-len(found) // SHOWN))
    page = min(page, pages)
    shown = found[(page - 1) * SHOWN : page * SHOWN]
    may_change = school.id in visitor.actor.schools_where(Right.MANAGE_PEOPLE)
    births = visitor.actor.holds(Right.SEE_PARTICULARS, school.id)
    opens = school.id in visitor.actor.schools_where(Right.INVITE_FAMILIES)
    view = ListView(school, classes, chosen, q, gone, len(found), shown, page, pages, may_change, opens, births)
    return staff_page(request, "people/pupils/list.html", view, visitor.actor, school)


@router.get("/schools/{slug}/pupils/new")
def show_new(request: Request, visitor: SignedIn, slug: str) -> Response:
    return new_page(request, visitor.actor, slug, Answer())


@router.get("/schools/{slug}/pupils/{student_id}")
def show_pupil(request: Request, visitor: SignedIn, slug: str, student_id: UUID) -> Response:
    return pupil_page(request, visitor.actor, slug, student_id, Answer())


def new_page(request: Request, actor: Actor, slug: str, answer: Answer) -> Response:
    with service(request).database.reading() as session:
        school = school_for(session, actor, slug, Right.MANAGE_PEOPLE)
        classes = queries.classes(session, school.id)
    today = school_day(service(request).clock())
    view = NewView(school, classes, today, answer.typed, HEADERS, answer.form, answer.reasons)
    return staff_page(request, "people/pupils/new.html", view, actor, school, status=answer.status)


def pupil_page(request: Request, actor: Actor, slug: str, student_id: UUID, answer: Answer) -> Response:
    now = service(request).clock()
    with service(request).database.reading() as session:
        school, pupil = own_pupil(session, actor, slug, student_id)
        rights = rights_over(session, actor.within(school.id), pupil.id)
        facts = queries.facts(session, pupil.id)
        details = queries.details(session, pupil.id) if rights & RECORD else {}
        view = PupilView(
            school=school,
            pupil=facts,
            rights=rights,
            details=details,
            headers=HEADERS,
            steps=history.steps_of(session, pupil.id),
            guardians=guardians.of_pupil(session, pupil.id, now) if rights & CONTACT else None,
            opens_guardians=school.id in actor.schools_where(Right.INVITE_FAMILIES),
            classes=queries.classes(session, school.id) if Right.MANAGE_PEOPLE in rights else (),
            log_in=_log_in(session, pupil.id, now) if actor.holds(Right.MANAGE_ACCOUNTS, school.id) else None,
            now=now,
            today=school_day(now),
            typed={**_as_typed(facts, details), **answer.typed},
            answer=answer,
        )
    return staff_page(request, "people/pupils/pupil.html", view, actor, school, status=answer.status)


def own_pupil(
    session: Session, actor: Actor, slug: str, student_id: UUID, right: Right = Right.SEE_PUPILS
) -> tuple[OwnSchool, Pupil]:
    """A pupil of a school where the actor works. Raises NotFound, also for the pupil's own guardians; or Forbidden."""
    school = workplace_for(session, actor, slug)
    return school, student_for(session, actor.within(school.id), student_id, right)


def _log_in(session: Session, student_id: UUID, now: datetime) -> LogIn:
    found = log_ins.log_in_of_pupil(session, student_id)
    if found:
        return LogIn(*found, None)
    return LogIn(None, None, log_ins.pupil_invited_until(session, student_id, now))


def _as_typed(facts: Facts, details: Mapping[Field, str]) -> dict[str, str]:
    own = {
        Field.FULL_NAME: facts.full_name,
        Field.BIRTH_DATE: facts.birth_date.isoformat() if facts.birth_date else "",
        Field.MINISTRY_ID: facts.code,
        Field.PERSONAL_ID: facts.personal_id or "",
    }
    return {**{one.value: text for one, text in details.items()}, **{one.value: text for one, text in own.items()}}


def _uuid(text: str) -> UUID | None:
    """A class chosen in a form; nothing chosen, or nonsense, is the whole school."""
    try:
        return UUID(text)
    except ValueError:
        return None
