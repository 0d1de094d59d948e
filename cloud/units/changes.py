"""What is done to a unit: each button one change, each change noted in the school's log."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts import audit_queries as audit
from cloud.accounts.visitor import SignedIn, Visitor
from cloud.biometrics import rosters
from cloud.biometrics.roster_api import rosters_of
from cloud.briefings.api import orders_of
from cloud.devices.identity.api import lock_out as lock_unit_out
from cloud.kit.errors import Invalid, NotFound
from cloud.kit.i18n import marked, phrase, said_by
from cloud.kit.web import forms
from cloud.kit.web.forms import Posted
from cloud.kit.web.service import service
from cloud.school.frame import staff_page
from cloud.units import queries, settings_form
from cloud.units.pages import LONGEST_NAME, own_unit, unit_view

router = APIRouter(include_in_schema=False)
Typed = Annotated[str, Form(max_length=20)]
LONGEST_ROOM = 20


@router.post("/schools/{slug}/units/{device}/name")
def rename(request: Request, visitor: SignedIn, slug: str, device: str, form: Posted) -> Response:
    """Without a name it is called what it was registered as."""
    kit, name = service(request), form.value("name")
    if len(name.strip()) > LONGEST_NAME:
        too_long = phrase(marked("A name has 1 to %(most)s letters."), most=LONGEST_NAME)
        return _again(request, visitor, slug, device, "name", Invalid(too_long), form)
    with kit.database.writing() as session:
        school, row = own_unit(session, visitor.actor, slug, device)
        queries.rename(session, device, name.strip() or device)
        facts = {"from": row.name, "to": name.strip() or device}
        audit.note(session, school.id, visitor.actor.user_id, "unit.renamed", device, facts, now=kit.clock())
    return _back(slug, device)


@router.post("/schools/{slug}/units/{device}/place")
def place(
    request: Request,
    visitor: SignedIn,
    slug: str,
    device: str,
    form: Posted,
) -> Response:
    """No class: a gate, which knows the whole school. Whom it may no longer know, it erases."""
    kit, room, wished = service(request), form.text("room", LONGEST_ROOM, needed=False), form.key("class_id")
    try:
        with kit.database.writing() as session:
            school, row = own_unit(session, visitor.actor, slug, device)
            if row.disabled_at is not None:
                raise Invalid(marked("This unit is locked out: let it in again first."))
            names = dict(queries.classes(session, school.id))
            if form.value("class_id") and wished not in names:
                form.complain("class_id", marked("choose one of the list"))
            form.require()
            rosters.assign(session, rosters_of(request), device, wished)
            orders_of(session, visitor, kit, device).room = room or None
            facts = {"class": names[wished] if wished else "gate", "room": room}
            audit.note(session, school.id, visitor.actor.user_id, "unit.placed", device, facts, now=kit.clock())
    except Invalid as error:
        return _again(request, visitor, slug, device, "place", error, form)
    return _back(slug, device)


@router.post("/schools/{slug}/units/{device}/lock-out")
def lock_out(
    request: Request, visitor: SignedIn, slug: str, device: str, sure: Annotated[bool, Form()] = False
) -> Response:
    """Lost, stolen or sold. From the commit on nothing is taken from it, nor given to it: no key, no roster."""
    kit = service(request)
    if not sure:
        asked = Invalid(marked("Tick the box first: a unit that is locked out has to be claimed again."))
        return _again(request, visitor, slug, device, "sure", asked)
    with kit.database.reading() as session:
        school, _ = own_unit(session, visitor.actor, slug, device)
    lock_unit_out(kit, device, school.id, by=visitor.actor.user_id)
    return _back(slug, device)


@router.post("/schools/{slug}/units/{device}/settings")
def set_settings(
    request: Request,
    visitor: SignedIn,
    slug: str,
    device: str,
    direction: Typed = "",
    liveness: Typed = "",
    min_face_px: Typed = "",
    passage_window_s: Typed = "",
    panel_greeting: Typed = "",
    fever_c: Typed = "",
    door_s: Typed = "",
    bell_s: Typed = "",
) -> Response:
    """All or nothing: what cannot be used is shown where it was typed, and nothing is changed."""
    typed = {
        "direction": direction, "liveness": liveness, "min_face_px": min_face_px, "passage_window_s": passage_window_s,
        "panel_greeting": panel_greeting, "fever_c": fever_c, "door_s": door_s, "bell_s": bell_s,
    }  # fmt: skip
    wished, wrong = settings_form.read(typed)
    kit = service(request)
    with kit.database.writing() as session:
        school, row = own_unit(session, visitor.actor, slug, device)
        if not wrong:
            orders_of(session, visitor, kit, device).settings = wished
            facts = _changed(row.settings or {}, wished)
            if facts:
                audit.note(session, school.id, visitor.actor.user_id, "unit.settings", device, facts, now=kit.clock())
            return _back(slug, device)
        view = unit_view(session, kit, school, row, typed, wrong)
    return staff_page(request, "units/unit.html", view, visitor.actor, school, status=422)


@router.post("/schools/{slug}/units/{device}/settings/{setting}/withdrawn")
def withdraw(request: Request, visitor: SignedIn, slug: str, device: str, setting: str) -> Response:
    """It is the unit's own again."""
    kit = service(request)
    with kit.database.writing() as session:
        school, row = own_unit(session, visitor.actor, slug, device)
        held = row.settings or {}
        if setting not in held:
            raise NotFound("This setting is not set for this unit.")
        rest = {name: value for name, value in held.items() if name != setting}
        orders_of(session, visitor, kit, device).settings = rest
        facts = _changed(held, rest)
        audit.note(session, school.id, visitor.actor.user_id, "unit.settings", device, facts, now=kit.clock())
    return _back(slug, device)


def _changed(held: dict[str, object], wished: dict[str, object]) -> dict[str, str]:
    """What became of each setting that is another one now; `own`: the unit's own again."""
    return {
        name: str(wished.get(name, "own"))
        for name in sorted(held.keys() | wished.keys())
        if held.get(name) != wished.get(name)
    }


def _again(
    request: Request,
    visitor: Visitor,
    slug: str,
    device: str,
    field: str,
    refused: Invalid,
    form: forms.Typed | None = None,
) -> Response:
    """The unit's page, with the reason beside the field."""
    with service(request).database.reading() as session:
        school, row = own_unit(session, visitor.actor, slug, device)
        view = unit_view(session, service(request), school, row, refused=(field, said_by(refused)), form=form)
    return staff_page(request, "units/unit.html", view, visitor.actor, school, status=refused.status)


def _back(slug: str, device: str) -> Response:
    return RedirectResponse(f"/schools/{slug}/units/{device}", 303)
