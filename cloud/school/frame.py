"""The frame of a page of the school's staff: whose school it is, and where the reader may go from here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from uuid import UUID

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse

from cloud.accounts.access import Actor, Right
from cloud.kit.i18n import marked
from cloud.kit.web.pages import Frame, Link, Section
from cloud.kit.web.service import page, service
from cloud.school.access import OwnSchool


class Group(Enum):
    """What a page is about, in the order of the navigation; label and icon."""

    TODAY = (marked("Today"), "today")
    PEOPLE = (marked("People"), "people")
    YEAR = (marked("School year"), "calendar")
    MESSAGES = (marked("Messages"), "messages")
    OFFICE = (marked("Office"), "office")


Count = Callable[[Session, Actor, UUID, datetime], int]
"""How much waits for the actor in that school, by one query. Asked once a page, of whoever is shown the way."""


@dataclass(frozen=True, slots=True)
class Place:
    """A page that a feature has for staff. Whoever holds `right` anywhere in the school is shown the way, or in the
    whole of it where the page is about the whole school."""

    label: str
    """Marked for translation."""
    path: str
    """Names {slug}."""
    right: Right | None
    """None: whoever works there."""
    group: Group = Group.OFFICE
    waiting: Count | None = None
    """The figure beside the way; None: nothing waits there."""
    whole: bool = False
    """To whoever holds the right for one grade or class the page does not exist."""

    def is_for(self, actor: Actor, school_id: UUID) -> bool:
        if self.right is None:
            return True
        return school_id in actor.schools_where(self.right) if self.whole else actor.holds(self.right, school_id)


def staff_page(
    request: Request, template: str, view: object, actor: Actor, school: OwnSchool, *, status: int = 200
) -> HTMLResponse:
    """`school` came from `access.py`, asked with `actor`."""
    return page(request, template, view, status=status, frame=staff_frame(request, actor, school))


def staff_frame(request: Request, actor: Actor, school: OwnSchool) -> Frame:
    places: Sequence[Place] = request.app.state.places
    shown = [place for place in places if place.is_for(actor, school.id)]
    waiting = _waiting(request, actor, school.id, shown)
    here = request.url.path
    links = {
        place: Link(place.label, path := place.path.format(slug=school.slug), here == path, waiting.get(place, 0))
        for place in shown
    }
    sections = (
        Section(*group.value, tuple(link for place, link in links.items() if place.group is group)) for group in Group
    )
    return Frame(school.name, school.is_demo, tuple(one for one in sections if one.links))


def _waiting(request: Request, actor: Actor, school_id: UUID, places: Sequence[Place]) -> dict[Place, int]:
    counted = [(place, place.waiting) for place in places if place.waiting]
    if not counted:
        return {}
    kit = service(request)
    with kit.database.reading() as session:
        return {place: count(session, actor.within(school_id), school_id, kit.clock()) for place, count in counted}
