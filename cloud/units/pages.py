"""The school's units for whoever looks after them: how each is, and what is set for it."""

import asyncio
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Header
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts import audit_queries as audit
from cloud.accounts import queries as accounts
from cloud.accounts.access import Actor, Right
from cloud.accounts.visitor import SignedIn, Visitor
from cloud.devices import registering
from cloud.devices.identity import issuing
from cloud.devices.identity.api import issuer_of
from cloud.devices.releases.store import ReleaseStore
from cloud.devices.rules import UnitState, unit_state
from cloud.kit.errors import Conflict, Invalid, NotFound, Refusal
from cloud.kit.i18n import Said, marked, phrase, said_by
from cloud.kit.web import forms
from cloud.kit.web.service import Service, language, service
from cloud.kit.web.stream import Parts, stream, version
from cloud.school.access import OwnSchool, school_for
from cloud.school.frame import Place, staff_page
from cloud.units import queries
from cloud.units.queries import UnitRow
from cloud.units.rules import HOT_C, LITTLE_DISK_MB, RENEWED_BEFORE
from cloud.units.settings_form import CHOICES, Field, fields
from cloud.units.trouble_queries import in_trouble
from edge.contract.identity import shown_code

router = APIRouter(include_in_schema=False)

PLACES = (Place(marked("Units"), "/schools/{slug}/units", Right.MANAGE_UNITS, waiting=in_trouble, whole=True),)
LONGEST_NAME = 80

Text = Annotated[str, Form(max_length=500)]
LastEventId = Annotated[str | None, Header(alias="last-event-id")]


@dataclass(frozen=True, slots=True)
class ShownUnit:
    row: UnitRow
    state: UnitState
    certificate_ends_soon: bool
    offered: str | None
    """The newest software that is offered to it, if it does not run it."""
    hot: bool
    little_disk: bool


@dataclass(frozen=True, slots=True)
class ListView:
    school: OwnSchool
    units: tuple[ShownUnit, ...]


@dataclass(frozen=True, slots=True)
class UnitsView:
    school: OwnSchool
    live_url: str
    parts: Parts
    name: str = ""
    device: str = ""
    """As they were typed for a new unit that could not be added."""
    wrong: str = ""
    """Which field it was."""
    refused: Said | None = None


@dataclass(frozen=True, slots=True)
class UnitView:
    school: OwnSchool
    unit: ShownUnit
    classes: list[tuple[UUID, str]]
    fields: tuple[Field, ...]
    choices: dict[str, str]
    form: forms.Typed
    wrong: str = ""
    """What was asked and refused: the field."""
    refused: Said | None = None


@dataclass(frozen=True, slots=True)
class CodeView:
    school: OwnSchool
    row: UnitRow
    code: str
    expires_at: datetime
    cloud_url: str


@router.get("/schools/{slug}/units")
def show_units(request: Request, visitor: SignedIn, slug: str) -> Response:
    return _list(request, visitor, slug)


@router.post("/schools/{slug}/units")
def add_unit(request: Request, visitor: SignedIn, slug: str, device: Text = "", name: Text = "") -> Response:
    """It gets its own token and key when a machine claims it: the token made here is nobody's."""
    kit, device, name = service(request), device.strip(), name.strip()
    field = "device"
    try:
        with kit.database.writing() as session:
            school = school_for(session, visitor.actor, slug, Right.MANAGE_UNITS)
            if not name or len(name) > LONGEST_NAME:
                field = "name"
                raise Invalid(phrase(marked("A name has 1 to %(most)s letters."), most=LONGEST_NAME))
            registering.register(session, device, school=slug, name=name)
            audit.note(session, school.id, visitor.actor.user_id, "unit.added", device, now=kit.clock())
    except (Invalid, Conflict) as error:
        return _list(request, visitor, slug, name=name, device=device, wrong=field, refused=error)
    return RedirectResponse(f"/schools/{slug}/units/{device}", 303)


def _list(
    request: Request,
    visitor: Visitor,
    slug: str,
    *,
    name: str = "",
    device: str = "",
    wrong: str = "",
    refused: Refusal | None = None,
) -> Response:
    kit = service(request)
    with kit.database.reading() as session:
        school = school_for(session, visitor.actor, slug, Right.MANAGE_UNITS)
        parts = _parts(request, session, visitor.actor, slug)
    live_url = f"/schools/{slug}/units-live?seen={version(parts)}"
    view = UnitsView(school, live_url, parts, name, device, wrong, said_by(refused))
    status = refused.status if refused else 200
    return staff_page(request, "units/units.html", view, visitor.actor, school, status=status)


@router.get("/schools/{slug}/units-live")
def stream_units(
    request: Request, visitor: SignedIn, slug: str, seen: str | None = None, last_event_id: LastEventId = None
) -> Response:
    """The list, read again all the time: what a unit says changes with every heartbeat, and that one says nothing is
    told by nobody. Every look asks anew who the reader is."""
    kit = service(request)
    with kit.database.reading() as session:
        school_for(session, visitor.actor, slug, Right.MANAGE_UNITS)

    def read() -> Parts | None:
        with kit.database.reading() as session:
            actor = accounts.actor_by_session(session, visitor.token_hash, kit.clock())
            try:
                return _parts(request, session, actor, slug) if actor else None
            except NotFound:
                return None

    return stream(read, lambda: nullcontext(Patience()), last_event_id or seen, holds=lambda: True, idle_ticks=1)


class Patience:
    """Nothing tells of a heartbeat."""

    async def changed(self, within_s: float) -> bool:
        await asyncio.sleep(within_s)
        return False


def _parts(request: Request, session: Session, actor: Actor, slug: str) -> Parts:
    """Raises NotFound for whoever does not look after the school's units."""
    kit = service(request)
    school = school_for(session, actor, slug, Right.MANAGE_UNITS)
    view = ListView(school, tuple(shown(kit, row) for row in queries.units(session, school.id)))
    return {"units": kit.pages.render("units/list.html", view, language(request))}


@router.get("/schools/{slug}/units/{device}")
def show_unit(request: Request, visitor: SignedIn, slug: str, device: str) -> Response:
    with service(request).database.reading() as session:
        school, row = own_unit(session, visitor.actor, slug, device)
        view = unit_view(session, service(request), school, row)
    return staff_page(request, "units/unit.html", view, visitor.actor, school)


@router.post("/schools/{slug}/units/{device}/claim-code")
def give_code(request: Request, visitor: SignedIn, slug: str, device: str) -> Response:
    """Shown once. For a unit that is locked out it is the way back in: with a new key and a new certificate."""
    kit = service(request)
    with kit.database.writing() as session:
        school, row = own_unit(session, visitor.actor, slug, device)
        code, expires_at = issuing.give_code(session, issuer_of(kit), device)
        action = "unit.let_in" if row.disabled_at else "unit.claim_code"
        audit.note(session, school.id, visitor.actor.user_id, action, device, now=kit.clock())
    view = CodeView(school, row, shown_code(code), expires_at, kit.settings.public_url)
    answer = staff_page(request, "units/code.html", view, visitor.actor, school)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def own_unit(session: Session, actor: Actor, slug: str, device: str) -> tuple[OwnSchool, UnitRow]:
    """Raises NotFound alike for a unit that is not there and for one of another school."""
    school = school_for(session, actor, slug, Right.MANAGE_UNITS)
    row = queries.unit(session, school.id, device)
    if row is None:
        raise NotFound("No such unit in this school.")
    return school, row


def unit_view(
    session: Session,
    kit: Service,
    school: OwnSchool,
    row: UnitRow,
    typed: dict[str, str] | None = None,
    wrong: frozenset[str] = frozenset(),
    refused: tuple[str, Said] | None = None,
    form: forms.Typed | None = None,
) -> UnitView:
    """`typed` and `wrong`: settings that could not be used; `refused`: the field of another `form`, and why."""
    return UnitView(
        school=school,
        unit=shown(kit, row),
        classes=queries.classes(session, school.id),
        fields=fields(row.settings or {}, typed, wrong),
        choices=CHOICES,
        wrong=refused[0] if refused else "",
        refused=refused[1] if refused else None,
        form=form or forms.Typed(),
    )


def shown(kit: Service, row: UnitRow) -> ShownUnit:
    now, heartbeat = kit.clock(), timedelta(seconds=kit.settings.heartbeat_s)
    newest = ReleaseStore(kit.settings.release_dir).newest_for(row.id, above=0) if kit.settings.release_dir else None
    offered = newest.manifest.software if newest else None
    return ShownUnit(
        row=row,
        state=unit_state(heartbeat_at=row.heartbeat_at, will_at=row.will_at, now=now, heartbeat=heartbeat),
        certificate_ends_soon=row.certificate_until is not None and row.certificate_until - now < RENEWED_BEFORE,
        offered=offered if offered != row.software else None,
        hot=row.cpu_temperature_c is not None and row.cpu_temperature_c >= HOT_C,
        little_disk=row.disk_free_mb is not None and row.disk_free_mb < LITTLE_DISK_MB,
    )
