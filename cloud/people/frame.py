"""The frame of a page that is no school's: a family's way to all that is theirs, or the way back to where one works."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from uuid import UUID

from sqlalchemy.orm import Session
from starlette.requests import Request

from cloud.accounts.access import Actor
from cloud.accounts.visitor import known_visitor
from cloud.kit.i18n import marked
from cloud.kit.web.pages import Frame, Link, Section
from cloud.kit.web.service import service
from cloud.people.access import Pupil, children_of, own_pupil
from cloud.school.access import workplaces_for
from cloud.school.frame import staff_frame

FAMILY_ROOTS = ("/children", "/messages", "/talks", "/news")
"""Below these a member of staff with children is a parent, as on every page that names a child of theirs."""


class FamilyGroup(Enum):
    """In the order of the navigation; label and icon."""

    TODAY = (marked("Today"), "today")
    MONTH = (marked("By month"), "calendar")
    LEAVE = (marked("Leave request"), "leave")
    MESSAGES = (marked("Messages"), "messages")
    MORE = (marked("More"), "more")


@dataclass(frozen=True, slots=True)
class FamilyPlace:
    """A page that a feature has for families."""

    label: str
    """Marked for translation."""
    path: str
    """May name {student_id}: it is then shown to whoever has a child here, and leads to the one that is looked at."""
    group: FamilyGroup = FamilyGroup.MORE
    unread: Callable[[Session, Actor, datetime], int] | None = None
    """Counts what the parent has not read there."""
    pupils: FamilyGroup | None = None
    """Where the pupil finds it, too, with a log-in of their own; None: it is their parents' alone."""


def frame_around(request: Request) -> Frame | None:
    """Of whoever is asking; none for who has neither a child nor work here."""
    visitor = known_visitor(request)
    if visitor is None:
        return None
    with service(request).database.reading() as session:
        children = children_of(session, visitor.actor)
        workplaces = workplaces_for(session, visitor.actor) if visitor.actor.is_staff else []
        own = None if children or workplaces else own_pupil(session, visitor.actor)
    if workplaces and not _is_familys(request.url.path, children):
        return staff_frame(request, visitor.actor, workplaces[0])
    kept_for = visitor.token_hash[:16]
    if own:
        return _pupils_frame(request, own, kept_for=kept_for)
    return _family_frame(request, children, _unread(request, visitor.actor), kept_for=kept_for)


def _is_familys(path: str, children: Sequence[Pupil]) -> bool:
    return bool(children) and (path.startswith(FAMILY_ROOTS) or any(str(child.id) in path for child in children))


def _unread(request: Request, actor: Actor) -> dict[str, int]:
    """By the place's path."""
    places: Sequence[FamilyPlace] = request.app.state.family_places
    now = service(request).clock()
    with service(request).database.reading() as session:
        return {place.path: place.unread(session, actor, now) for place in places if place.unread}


def _family_frame(request: Request, children: Sequence[Pupil], unread: Mapping[str, int], *, kept_for: str) -> Frame:
    places: Sequence[FamilyPlace] = request.app.state.family_places
    path = request.url.path
    shown = next((child.id for child in children if str(child.id) in path), None)
    links = {
        place: _link(place, path, shown or children[0].id if children else None, unread.get(place.path, 0))
        for place in places
        if children or "{student_id}" not in place.path
    }
    groups = {place: place.group for place in links}
    switch = [
        Link(child.full_name, path.replace(str(shown), str(child.id)), here=child.id == shown) for child in children
    ]
    return Frame(
        "",
        False,
        _sections(links, groups),
        family=True,
        switch=tuple(switch) if shown and len(children) > 1 else (),
        kept_for=kept_for,
    )


def _pupils_frame(request: Request, own: Pupil, *, kept_for: str) -> Frame:
    """What is theirs of a family's pages; none that only parents answer, or read."""
    places: Sequence[FamilyPlace] = request.app.state.family_places
    groups = {place: place.pupils for place in places if place.pupils}
    links = {place: _link(place, request.url.path, own.id, 0) for place in groups}
    return Frame("", False, _sections(links, groups), family=True, kept_for=kept_for)


def _sections(links: Mapping[FamilyPlace, Link], groups: Mapping[FamilyPlace, FamilyGroup]) -> tuple[Section, ...]:
    sections = (
        Section(*group.value, tuple(link for place, link in links.items() if groups[place] is group))
        for group in FamilyGroup
    )
    return tuple(one for one in sections if one.links)


def _link(place: FamilyPlace, path: str, student_id: UUID | None, unread: int) -> Link:
    target = place.path.format(student_id=student_id)
    return Link(place.label, target, here=path == target, unread=unread)
