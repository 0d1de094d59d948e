"""The frame of a page of the school's staff: whose school it is, and where the reader may go from here."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import HTMLResponse

from cloud.accounts.access import Actor, Right
from cloud.kit.web.pages import Frame, Link
from cloud.kit.web.service import page
from cloud.school.access import OwnSchool


@dataclass(frozen=True, slots=True)
class Place:
    """A page that a feature has for staff. Whoever holds `right` anywhere in the school is shown the way."""

    label: str
    """Marked for translation."""
    path: str
    """Names {slug}."""
    right: Right


def staff_page(
    request: Request, template: str, view: object, actor: Actor, school: OwnSchool, *, status: int = 200
) -> HTMLResponse:
    """`school` came from `access.py`, asked with `actor`."""
    places: Sequence[Place] = request.app.state.places
    links = tuple(
        Link(place.label, path := place.path.format(slug=school.slug), here=request.url.path == path)
        for place in places
        if actor.holds(place.right, school.id)
    )
    return page(request, template, view, status=status, frame=Frame(school.name, school.is_demo, links))
