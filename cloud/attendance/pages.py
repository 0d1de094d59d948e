"""An administrator's morning and a parent's children, each page live."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts.access import Actor, Right
from cloud.accounts.visitor import SignedIn
from cloud.attendance.counting_classes import Shared, Standing, read_standing
from cloud.attendance.family import HISTORY, WEEK, read_children
from cloud.attendance.health import alarm_queries
from cloud.attendance.health.queries import fever_from_c
from cloud.attendance.morning import read_morning
from cloud.attendance.queries.fevers import fevers
from cloud.attendance.streaming import stream_parts
from cloud.biometrics.queries.consent import agreed_by
from cloud.kit.clock import school_day
from cloud.kit.errors import NotFound
from cloud.kit.i18n import marked
from cloud.kit.web.service import language, page, service
from cloud.kit.web.stream import Parts, version
from cloud.people.access import Pupil, children_of, own_pupil, student_for
from cloud.people.frame import FamilyGroup, FamilyPlace
from cloud.school.access import OwnSchool, school_for, schools_for, workplace_for, workplaces_for
from cloud.school.frame import Group, Place, staff_page
from cloud.setup.checklist import Step, steps_of

router = APIRouter(include_in_schema=False)

PLACES = (
    Place(marked("This morning"), "/schools/{slug}", Right.SEE_WHOLE, Group.TODAY, whole=True),
    Place(marked("My desk"), "/schools/{slug}/desk", None, Group.TODAY),
    Place(marked("Health desk"), "/schools/{slug}/health", Right.SEE_HEALTH, Group.TODAY, waiting=alarm_queries.unseen),
)
FAMILY = (
    FamilyPlace(marked("Today"), "/children", FamilyGroup.TODAY),
    FamilyPlace(marked("All days"), "/students/{student_id}", pupils=FamilyGroup.TODAY),
)
SCHOOL_PARTS = ("summary", "arrivals", "classes", "units", "aside")

LastEventId = Annotated[str | None, Header(alias="last-event-id")]


@dataclass(frozen=True, slots=True)
class SchoolView:
    school: OwnSchool
    others: tuple[OwnSchool, ...]
    """The actor's other schools."""
    live_url: str
    parts: Parts
    steps: tuple[Step, ...]
    """Of setting the school up, for whoever may, until all are done."""


@dataclass(frozen=True, slots=True)
class ChildrenView:
    name: str
    day: date
    web_push: bool
    """Whether this school sends any."""
    own: UUID | None
    """The reader is a pupil, who has come to their parents' page."""
    live_url: str
    parts: Parts


@dataclass(frozen=True, slots=True)
class HealthView:
    book_url: str
    day: date
    from_c: float
    live_url: str
    parts: Parts


BEGINNINGS = (
    (Right.KEEP_HEALTH, "health"),
    (Right.SEE_ATTENDANCE, "desk"),
    (Right.RELEASE_PUPILS, "pick-up"),
    (Right.SEE_MEALS, "meals"),
)
"""Where staff begin who do not run the school, by the first right of these that they hold there; else at their desk."""


@router.get("/")
def start(request: Request, visitor: SignedIn) -> Response:
    """Whoever runs a school to its morning, other staff to where their day begins, parents to their children, a pupil
    to their own days."""
    with service(request).database.reading() as session:
        schools = schools_for(session, visitor.actor)
        workplaces = workplaces_for(session, visitor.actor)
        own = None if workplaces or children_of(session, visitor.actor) else own_pupil(session, visitor.actor)
    if schools:
        return RedirectResponse(f"/schools/{schools[0].slug}", 303)
    if not workplaces:
        return RedirectResponse(f"/students/{own.id}" if own else "/children", 303)
    at = workplaces[0]
    begins = next((where for right, where in BEGINNINGS if visitor.actor.holds(right, at.id)), "desk")
    return RedirectResponse(f"/schools/{at.slug}/{begins}", 303)


@router.get("/schools/{slug}")
def show_school(request: Request, visitor: SignedIn, slug: str) -> Response:
    with service(request).database.reading() as session:
        school = school_for(session, visitor.actor, slug)
        others = tuple(one for one in schools_for(session, visitor.actor) if one != school)
        parts = _school_parts(request, session, visitor.actor, slug, read_standing)
        ways = len(service(request).settings.ways_to_families)
        today = school_day(service(request).clock())
        steps = steps_of(session, visitor.actor, school.id, today, ways_to_families=ways)
    missing = visitor.actor.holds(Right.MANAGE_CALENDAR, school.id) and not all(one.done for one in steps)
    live_url = f"/schools/{slug}/live?seen={version(parts)}"
    view = SchoolView(school, others, live_url, parts, steps if missing else ())
    return staff_page(request, "attendance/school.html", view, visitor.actor, school)


@router.get("/schools/{slug}/live")
def stream_school(
    request: Request, visitor: SignedIn, slug: str, seen: str | None = None, last_event_id: LastEventId = None
) -> Response:
    with service(request).database.reading() as session:
        school = school_for(session, visitor.actor, slug)
    standings: Shared = request.app.state.standings

    def parts_for(session: Session, actor: Actor) -> Parts:
        return _school_parts(request, session, actor, slug, standings.read)

    return stream_parts(request, visitor.token_hash, frozenset({school.id}), None, parts_for, last_event_id or seen)


@router.get("/schools/{slug}/health")
def show_health(request: Request, visitor: SignedIn, slug: str) -> Response:
    """Who was too warm: for those who see health, each as far as they may. The health staff have thereby seen it; that
    an open page was sent something new does not mean so."""
    kit, now = service(request), service(request).clock()
    with kit.database.reading() as session:
        school = workplace_for(session, visitor.actor, slug)
        parts = _health_parts(request, session, visitor.actor, slug)
        from_c = fever_from_c(session, school.id, kit.settings.fever_c)
        unseen = alarm_queries.unseen(session, visitor.actor, school.id, now)
    if unseen:
        with kit.database.writing() as session:
            alarm_queries.look(session, visitor.actor, school.id, now=now)
    live_url = f"/schools/{slug}/health/live?seen={version(parts)}"
    view = HealthView(f"/schools/{slug}/health/book", school_day(kit.clock()), from_c, live_url, parts)
    return staff_page(request, "attendance/health.html", view, visitor.actor, school)


@router.get("/schools/{slug}/health/live")
def stream_health(
    request: Request, visitor: SignedIn, slug: str, seen: str | None = None, last_event_id: LastEventId = None
) -> Response:
    with service(request).database.reading() as session:
        school = workplace_for(session, visitor.actor, slug)
        _health_parts(request, session, visitor.actor, slug)

    def parts_for(session: Session, actor: Actor) -> Parts:
        return _health_parts(request, session, actor, slug)

    return stream_parts(request, visitor.token_hash, frozenset({school.id}), None, parts_for, last_event_id or seen)


@router.get("/children")
def show_children(request: Request, visitor: SignedIn) -> Response:
    with service(request).database.reading() as session:
        children = children_of(session, visitor.actor)
        parts = _children_parts(request, session, visitor.actor, children)
        own = None if children else own_pupil(session, visitor.actor)
    kit = service(request)
    view = ChildrenView(
        name=visitor.actor.display_name,
        day=school_day(kit.clock()),
        web_push=kit.settings.vapid_private_key is not None,
        own=own.id if own else None,
        live_url=f"/children/live?seen={version(parts)}",
        parts=parts,
    )
    return page(request, "attendance/children.html", view)


@router.get("/children/live")
def stream_children(
    request: Request, visitor: SignedIn, seen: str | None = None, last_event_id: LastEventId = None
) -> Response:
    with service(request).database.reading() as session:
        children = children_of(session, visitor.actor)
    schools = frozenset(child.school_id for child in children)
    ids = frozenset(child.id for child in children)

    def parts_for(session: Session, actor: Actor) -> Parts:
        return _children_parts(request, session, actor, children_of(session, actor))

    return stream_parts(request, visitor.token_hash, schools, ids, parts_for, last_event_id or seen)


@router.get("/students/{student_id}")
def show_student(request: Request, visitor: SignedIn, student_id: UUID) -> Response:
    now = service(request).clock()
    with service(request).database.reading() as session:
        pupil = student_for(session, visitor.actor, student_id, Right.SEE_ATTENDANCE)
        [child] = read_children(session, [pupil], now=now, count=HISTORY)
    return page(request, "attendance/student.html", child)


def _school_parts(
    request: Request,
    session: Session,
    actor: Actor,
    slug: str,
    standing_of: Callable[[Session, UUID, datetime], Standing],
) -> Parts:
    kit = service(request)
    heartbeat = timedelta(seconds=kit.settings.heartbeat_s)
    school = school_for(session, actor, slug)
    standing = standing_of(session, school.id, kit.clock())
    morning = read_morning(session, actor, school, standing, now=kit.clock(), heartbeat=heartbeat)
    words = language(request)
    return {name: kit.pages.render(f"attendance/school/{name}.html", morning, words) for name in SCHOOL_PARTS}


def _health_parts(request: Request, session: Session, actor: Actor, slug: str) -> Parts:
    """Raises NotFound for whoever sees nobody's health here."""
    kit = service(request)
    school = workplace_for(session, actor, slug)
    if not actor.holds(Right.SEE_HEALTH, school.id):
        raise NotFound("No such page, or not one for you.")
    from_c = fever_from_c(session, school.id, kit.settings.fever_c)
    found = fevers(session, actor, school.id, school_day(kit.clock()), from_c=from_c)
    return {"fevers": kit.pages.render("attendance/health/fevers.html", found, language(request))}


def _children_parts(request: Request, session: Session, actor: Actor, own: list[Pupil]) -> Parts:
    kit = service(request)
    agreed = agreed_by(session, actor.user_id, [child.id for child in own])
    children = read_children(session, own, now=kit.clock(), count=WEEK, agreed=agreed)
    return {"children": kit.pages.render("attendance/children/children.html", children, language(request))}
