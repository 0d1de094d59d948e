"""A family sends photos of its child; staff say whether it is this child."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, UploadFile
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts.access import Right
from cloud.accounts.visitor import SignedIn, Visitor
from cloud.biometrics.consent import where_it_stands
from cloud.biometrics.photos import keeping, queries
from cloud.biometrics.photos.queries import Sent
from cloud.biometrics.photos.rules import KEPT, MAX_BYTES, OPEN, REASONS, STATES, Reason, State
from cloud.biometrics.photos.tables import FamilyPhoto
from cloud.biometrics.queries.renewal import ToRenew, to_renew
from cloud.biometrics.queries.templates import Reader, template_count
from cloud.biometrics.roster_api import rosters_of
from cloud.biometrics.rules import Standing
from cloud.kit.errors import NotFound, Refusal
from cloud.kit.i18n import Said, marked, said_by
from cloud.kit.web.service import page, service
from cloud.people.access import Pupil, child_of, student_for
from cloud.people.frame import FamilyPlace
from cloud.school.access import OwnSchool, school_for, schools_for
from cloud.school.frame import Group, Place, staff_page

router = APIRouter(include_in_schema=False)

PLACES = (Place(marked("Photos from families"), "/schools/{slug}/photos", Right.ENROL, Group.PEOPLE, whole=True),)
FAMILY = (FamilyPlace(marked("Send a photo"), "/children/{student_id}/photos"),)
PURPOSE = marked("family photo")
MAX_FORM_BYTES = MAX_BYTES + 64 * 1024
SHOWN = KEPT * 4


@dataclass(frozen=True, slots=True)
class PhotoLine:
    id: UUID
    sent_at: datetime
    state: str
    """In words, as the reason is; both are translated where they are shown."""
    reason: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class FamilyView:
    child: Pupil
    consent: bool
    enrolled: bool
    photos: tuple[PhotoLine, ...]
    refused: Said = ""


@dataclass(frozen=True, slots=True)
class StaffView:
    school: OwnSchool
    waiting: tuple[Sent, ...]
    seen: tuple[Sent, ...]
    renew: tuple[ToRenew, ...]
    """Whose templates have grown old, or are recognised less and less."""


@router.get("/children/{student_id}/photos")
def show_family(request: Request, visitor: SignedIn, student_id: UUID) -> Response:
    with service(request).database.reading() as session:
        view = _family(session, child_of(session, visitor.actor, student_id), service(request).clock())
    return page(request, "biometrics/photos/family.html", view)


@router.post("/children/{student_id}/photos", max_body_size=MAX_FORM_BYTES)
def send(request: Request, visitor: SignedIn, student_id: UUID, photo: UploadFile | None = None) -> Response:
    kit, now = service(request), service(request).clock()
    content = photo.file.read() if photo is not None else b""
    try:
        with kit.database.writing() as session:
            child = child_of(session, visitor.actor, student_id)
            keyring = rosters_of(request).keyring
            keeping.take_in(session, keyring, child, content, sent_by=visitor.actor.user_id, now=now)
    except Refusal as error:
        with kit.database.reading() as session:
            view = _family(session, child_of(session, visitor.actor, student_id), now, refused=said_by(error))
        return page(request, "biometrics/photos/family.html", view, status=error.status)
    return RedirectResponse(f"/children/{student_id}/photos", 303)


@router.post("/children/{student_id}/photos/{photo_id}/withdrawal")
def withdraw(request: Request, visitor: SignedIn, student_id: UUID, photo_id: UUID) -> Response:
    """Gone at once; nothing happens to one that is gone already."""
    kit = service(request)
    with kit.database.writing() as session:
        child = child_of(session, visitor.actor, student_id)
        queries.move(session, [photo_id], child.id, State.WITHDRAWN, by=visitor.actor.user_id, now=kit.clock())
    return RedirectResponse(f"/children/{student_id}/photos", 303)


@router.get("/schools/{slug}/photos")
def show_staff(request: Request, visitor: SignedIn, slug: str) -> Response:
    with service(request).database.reading() as session:
        school = school_for(session, visitor.actor, slug, Right.ENROL)
        photos = queries.open_ones(session, visitor.actor, school.id)
        renew = tuple(to_renew(session, visitor.actor, school.id, now=service(request).clock()))
    waiting = tuple(one for one in photos if one.state == State.WAITING)
    view = StaffView(school, waiting, tuple(one for one in photos if one.state == State.SEEN), renew)
    return staff_page(request, "biometrics/photos/staff.html", view, visitor.actor, school)


@router.get("/photos/{photo_id}/picture")
def show_picture(request: Request, visitor: SignedIn, photo_id: UUID) -> Response:
    """To whoever may enrol this pupil; noted in the access log."""
    kit = service(request)
    with kit.database.writing() as session:
        photo, _ = _photo(session, visitor, photo_id)
        reader = Reader(PURPOSE, user_id=visitor.actor.user_id)
        picture = keeping.look(session, rosters_of(request).keyring, photo, reader=reader, now=kit.clock())
    return Response(picture.content, media_type=picture.media_type)


@router.post("/photos/{photo_id}/seen")
def say_seen(request: Request, visitor: SignedIn, photo_id: UUID) -> Response:
    return _say(request, visitor, photo_id, State.SEEN, None)


@router.post("/photos/{photo_id}/rejection")
def reject(request: Request, visitor: SignedIn, photo_id: UUID) -> Response:
    return _say(request, visitor, photo_id, State.REJECTED, Reason.ANOTHER_CHILD)


def _say(request: Request, visitor: Visitor, photo_id: UUID, state: State, reason: Reason | None) -> Response:
    kit = service(request)
    with kit.database.writing() as session:
        photo, pupil = _photo(session, visitor, photo_id)
        by = visitor.actor.user_id
        queries.move(session, [photo.id], pupil.id, state, by=by, now=kit.clock(), reason=reason)
        own = schools_for(session, visitor.actor, Right.ENROL)
        slug = next(school.slug for school in own if school.id == pupil.school_id)
    return RedirectResponse(f"/schools/{slug}/photos", 303)


def _photo(session: Session, visitor: Visitor, photo_id: UUID) -> tuple[FamilyPhoto, Pupil]:
    """Raises NotFound alike for a photo that is not there and for one of a pupil who is not the actor's to see."""
    photo = queries.find(session, photo_id)
    if photo is None:
        raise NotFound("No such photo, or not one that you may see.")
    return photo, student_for(session, visitor.actor, photo.student_id, Right.ENROL)


def _family(session: Session, child: Pupil, now: datetime, *, refused: Said = "") -> FamilyView:
    return FamilyView(
        child=child,
        consent=where_it_stands(session, child.id, now=now) is Standing.IN_FORCE,
        enrolled=template_count(session, child.id) > 0,
        photos=tuple(
            PhotoLine(
                id=photo.id,
                sent_at=photo.sent_at,
                state=STATES[State(photo.state)],
                reason=REASONS[Reason(photo.reason)] if photo.reason else "",
                is_open=photo.state in OPEN,
            )
            for photo in queries.of_child(session, child.id, now - SHOWN)
        ),
        refused=refused,
    )
