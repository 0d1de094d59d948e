"""What the office does on a pupil's page: each button one change. What cannot be is said on the page, which keeps what
was typed."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts.access import Right
from cloud.accounts.visitor import SignedIn, Visitor
from cloud.kit.errors import Conflict, Invalid, NotFound, Refused
from cloud.kit.i18n import Said, marked, said_by
from cloud.kit.web import forms
from cloud.kit.web.forms import Posted
from cloud.kit.web.service import service
from cloud.people.access import Pupil
from cloud.people.exchange.formats import Field
from cloud.people.guardians import keeping
from cloud.people.guardians.keeping import May, SamePerson, Typed
from cloud.people.members import helping, inviting, log_in_queries
from cloud.people.members.letters import show_letters
from cloud.people.pupils import changing, queries
from cloud.people.pupils.changing import MOST_REASON, MOST_SCHOOL, Unfit, When
from cloud.people.pupils.pages import Answer, Same, new_page, own_pupil, pupil_page
from cloud.school.access import school_for

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Form(max_length=300)]
Tick = Annotated[bool, Form()]


def _facts(
    full_name: Text = "", birth_date: Text = "", ministry_id: Text = "", personal_id: Text = "", gender: Text = "",
    ethnicity: Text = "", birth_place: Text = "", address: Text = "",
) -> dict[Field, str]:  # fmt: skip
    texts = (full_name, birth_date, ministry_id, personal_id, gender, ethnicity, birth_place, address)
    return dict(zip(changing.TYPED, texts, strict=True))


def _when(form: forms.Typed) -> When:
    """Raises Refused."""
    day, reason = form.day("day"), form.text("reason", MOST_REASON, needed=False)
    other_school = form.text("other_school", MOST_SCHOOL, needed=False)
    form.require()
    assert day
    return When(day, reason, other_school)


def _into(form: forms.Typed) -> tuple[UUID, When]:
    """A class, and since when. Raises Refused."""
    class_id = form.key("class_id")
    if class_id is None:
        form.complain("class_id", marked("choose one of the list"))
    when = _when(form)
    assert class_id
    return class_id, when


Facts = Annotated[dict[Field, str], Depends(_facts)]


@router.post("/schools/{slug}/pupils")
def add(request: Request, visitor: SignedIn, slug: str, typed: Facts, form: Posted) -> Response:
    kit = service(request)
    try:
        with kit.database.writing() as session:
            school = school_for(session, visitor.actor, slug, Right.MANAGE_PEOPLE)
            class_id, when = _into(form)
            student_id = changing.add(session, visitor.actor, school.id, typed, class_id, when, kit.clock())
    except (Invalid, Conflict) as error:
        answer = Answer(_reasons(error), _shown(typed), form=form, status=error.status)
        return new_page(request, visitor.actor, slug, answer)
    return RedirectResponse(f"/schools/{slug}/pupils/{student_id}", 303)


@router.post("/schools/{slug}/pupils/{student_id}/facts")
def change(request: Request, visitor: SignedIn, slug: str, student_id: UUID, typed: Facts) -> Response:
    def do(session: Session, pupil: Pupil, now: datetime) -> None:
        changing.change(session, visitor.actor, queries.facts(session, pupil.id), typed, now)

    return _carry_out(request, visitor, slug, student_id, do, typed=_shown(typed))


@router.post("/schools/{slug}/pupils/{student_id}/move")
def move(request: Request, visitor: SignedIn, slug: str, student_id: UUID, form: Posted) -> Response:
    def do(session: Session, pupil: Pupil, now: datetime) -> None:
        class_id, when = _into(form)
        changing.move(session, visitor.actor, pupil.id, class_id, when, now)

    return _carry_out(request, visitor, slug, student_id, do, step="move", form=form)


@router.post("/schools/{slug}/pupils/{student_id}/leave")
def leave(request: Request, visitor: SignedIn, slug: str, student_id: UUID, form: Posted) -> Response:
    def do(session: Session, pupil: Pupil, now: datetime) -> None:
        changing.leave(session, visitor.actor, pupil.id, _when(form), now)

    return _carry_out(request, visitor, slug, student_id, do, step="leave", form=form)


@router.post("/schools/{slug}/pupils/{student_id}/return")
def come_back(request: Request, visitor: SignedIn, slug: str, student_id: UUID, form: Posted) -> Response:
    def do(session: Session, pupil: Pupil, now: datetime) -> None:
        class_id, when = _into(form)
        changing.come_back(session, visitor.actor, pupil.id, class_id, when, now)

    return _carry_out(request, visitor, slug, student_id, do, step="return", form=form)


@router.post("/schools/{slug}/pupils/{student_id}/steps/{step_id}/taken-back")
def take_back(request: Request, visitor: SignedIn, slug: str, student_id: UUID, step_id: UUID) -> Response:
    def do(session: Session, pupil: Pupil, now: datetime) -> None:
        changing.take_back(session, visitor.actor, pupil.id, step_id, now)

    return _carry_out(request, visitor, slug, student_id, do)


@router.post("/schools/{slug}/pupils/{student_id}/guardians")
def add_guardian(
    request: Request,
    visitor: SignedIn,
    slug: str,
    student_id: UUID,
    form: Posted,
    full_name: Text = "",
    phone: Text = "",
    email: Text = "",
    may_collect: Tick = False,
    may_see: Tick = False,
    same: Annotated[UUID | None, Form()] = None,
) -> Response:
    typed, may = Typed(full_name, phone, email), May(may_collect, may_see)

    def do(session: Session, pupil: Pupil, now: datetime) -> None:
        keeping.add(session, visitor.actor, pupil.school_id, pupil.id, typed, may, now, same=same)

    try:
        return _carry_out(request, visitor, slug, student_id, do, step="guardians", form=form)
    except SamePerson as error:
        asked = Same(said_by(error), error.guardian_id, typed, may_collect, may_see)
        return pupil_page(request, visitor.actor, slug, student_id, Answer(same=asked, status=error.status))


@router.post("/schools/{slug}/pupils/{student_id}/guardians/{guardian_id}")
def allow_guardian(
    request: Request,
    visitor: SignedIn,
    slug: str,
    student_id: UUID,
    guardian_id: UUID,
    may_collect: Tick = False,
    may_see: Tick = False,
) -> Response:
    def do(session: Session, pupil: Pupil, now: datetime) -> None:
        may = May(may_collect, may_see)
        keeping.allow(session, visitor.actor, pupil.school_id, pupil.id, guardian_id, may, now)

    return _carry_out(request, visitor, slug, student_id, do)


@router.post("/schools/{slug}/pupils/{student_id}/guardians/{guardian_id}/removed")
def remove_guardian(request: Request, visitor: SignedIn, slug: str, student_id: UUID, guardian_id: UUID) -> Response:
    def do(session: Session, pupil: Pupil, now: datetime) -> None:
        keeping.remove(session, visitor.actor, pupil.school_id, pupil.id, guardian_id, now)

    return _carry_out(request, visitor, slug, student_id, do)


@router.post("/schools/{slug}/pupils/{student_id}/invitation")
def invite(request: Request, visitor: SignedIn, slug: str, student_id: UUID) -> Response:
    """To a log-in of the pupil's own; there is no letter for one who has it."""
    kit = service(request)
    with kit.database.writing() as session:
        school, pupil = own_pupil(session, visitor.actor, slug, student_id, Right.MANAGE_ACCOUNTS)
        letters = inviting.invite_pupil(session, visitor.actor, pupil, kit.clock())
    back = f"/schools/{slug}/pupils/{student_id}"
    return show_letters(request, visitor.actor, school, letters, back=back, back_label=pupil.full_name)


@router.post("/schools/{slug}/pupils/{student_id}/new-password")
def help_in(request: Request, visitor: SignedIn, slug: str, student_id: UUID) -> Response:
    """The pupil has forgotten it: a letter with which they choose another one."""
    kit = service(request)
    try:
        with kit.database.writing() as session:
            school, pupil = own_pupil(session, visitor.actor, slug, student_id, Right.MANAGE_ACCOUNTS)
            found = log_in_queries.log_in_of_pupil(session, pupil.id)
            if found is None:
                raise NotFound("This pupil has no log-in.")
            letter = helping.letter_for_new_password(
                session, visitor.actor, school.id, found[0], pupil.full_name, kit.clock()
            )
    except Conflict as error:
        answer = Answer((said_by(error),), status=error.status)
        return pupil_page(request, visitor.actor, slug, student_id, answer)
    back = f"/schools/{slug}/pupils/{student_id}"
    return show_letters(request, visitor.actor, school, [letter], back=back, back_label=pupil.full_name)


@router.post("/schools/{slug}/pupils/{student_id}/log-in/{user_id}/taken")
def take_log_in(request: Request, visitor: SignedIn, slug: str, student_id: UUID, user_id: UUID) -> Response:
    kit = service(request)
    with kit.database.writing() as session:
        _, pupil = own_pupil(session, visitor.actor, slug, student_id, Right.MANAGE_ACCOUNTS)
        inviting.take_log_in(session, visitor.actor, pupil, user_id, kit.clock())
    return RedirectResponse(f"/schools/{slug}/pupils/{student_id}", 303)


def _carry_out(
    request: Request,
    visitor: Visitor,
    slug: str,
    student_id: UUID,
    do: Callable[[Session, Pupil, datetime], None],
    *,
    typed: dict[str, str] | None = None,
    step: str = "",
    form: forms.Typed | None = None,
) -> Response:
    kit = service(request)
    try:
        with kit.database.writing() as session:
            _, pupil = own_pupil(session, visitor.actor, slug, student_id, Right.MANAGE_PEOPLE)
            do(session, pupil, kit.clock())
    except SamePerson:
        raise
    except (Invalid, Conflict) as error:
        answer = Answer(_reasons(error), typed or {}, step=step, form=form or forms.Typed(), status=error.status)
        return pupil_page(request, visitor.actor, slug, student_id, answer)
    return RedirectResponse(f"/schools/{slug}/pupils/{student_id}", 303)


def _shown(typed: dict[Field, str]) -> dict[str, str]:
    return {one.value: text for one, text in typed.items()}


def _reasons(error: Invalid | Conflict) -> tuple[Said, ...]:
    """What is said on top of the page: of a form that could not be read, it stands beside its fields."""
    if isinstance(error, Refused):
        return ()
    return error.reasons if isinstance(error, Unfit) else (said_by(error),)
