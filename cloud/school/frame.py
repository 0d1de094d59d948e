"""The frame of a page of the school's staff: whose school it is, and where the reader may go from here."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from starlette.requests import Request
from starlette.responses import HTMLResponse

from cloud.accounts.access import Actor, Right
from cloud.kit.i18n import marked
from cloud.kit.web.pages import Frame, Link, Section
from cloud.kit.web.service import page
from cloud.school.access import OwnSchool


class Group(Enum):
    """What a page is about, in the order of the navigation; label and icon."""

    TODAY = (marked("Today"), "today")
    PEOPLE = (marked("People"), "people")
    YEAR = (marked("School year"), "calendar")
    MESSAGES = (marked("Messages"), "messages")
    OFFICE = (marked("Office"), "office")


@dataclass(frozen=True, slots=True)
class Place:
    """A page that a feature has for staff. Whoever holds `right` anywhere in the school is shown the way."""

    label: str
    """Marked for translation."""
    path: str
    """Names {slug}."""
    right: Right | None
    """None: whoever works there."""
    group: Group = Group.OFFICE


def staff_page(
    request: Request, template: str, view: object, actor: Actor, school: OwnSchool, *, status: int = 200
) -> HTMLResponse:
    """`school` came from `access.py`, asked with `actor`."""
    return page(request, template, view, status=status, frame=staff_frame(request, actor, school))


def staff_frame(request: Request, actor: Actor, school: OwnSchool) -> Frame:
    places: Sequence[Place] = request.app.state.places
    links = {
        place: Link(place.label, path := place.path.format(slug=school.slug), here=request.url.path == path)
        for place in places
        if place.right is None or actor.holds(place.right, school.id)
    }
    sections = (
        Section(*group.value, tuple(link for place, link in links.items() if place.group is group)) for group in Group
    )
    return Frame(school.name, school.is_demo, tuple(one for one in sections if one.links))
