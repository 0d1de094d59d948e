"""One's own second step: set up, new recovery codes, switched off."""

from dataclasses import dataclass
from typing import Annotated

import segno
from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts import history, queries
from cloud.accounts.codes import as_printed
from cloud.accounts.history import Change
from cloud.accounts.proving import can_type_a_proof, prove
from cloud.accounts.second_step import keeping, rules
from cloud.accounts.second_step import queries as second_step
from cloud.accounts.visitor import SignedIn, Visitor
from cloud.kit.errors import CloudError
from cloud.kit.i18n import Said, said_by
from cloud.kit.web.service import page, service

router = APIRouter(include_in_schema=False)

HERE = "/account/second-step"
Text = Annotated[str, Form(max_length=500)]


@dataclass(frozen=True, slots=True)
class NewSecret:
    address: str
    """otpauth://, for an app on the same phone."""
    qr: str
    """The same as an SVG in a data address."""
    typed: str


@dataclass(frozen=True, slots=True)
class SecondStepView:
    possible: bool
    """Whether the service can keep one at all."""
    on: bool
    recovery_codes_left: int
    new: NewSecret | None
    asks_proof: bool
    refused: Said | None = None


@dataclass(frozen=True, slots=True)
class CodesView:
    codes: list[str]


@router.get(HERE)
def show(request: Request, visitor: SignedIn) -> Response:
    return _page(request, visitor)


@router.post(f"{HERE}/begun")
def begin(request: Request, visitor: SignedIn, proof: Text = "") -> Response:
    kit = service(request)
    try:
        seal = keeping.seal_of(kit.settings.secret_key)
        prove(request, visitor, proof)
        with kit.database.writing() as session:
            keeping.begin(session, seal, visitor.actor.user_id, kit.clock())
    except CloudError as error:
        return _page(request, visitor, refused=error)
    return RedirectResponse(HERE, 303)


@router.post(f"{HERE}/confirmed")
def confirm(request: Request, visitor: SignedIn, code: Text = "") -> Response:
    """Ends every other session: they began with less."""
    kit, actor = service(request), visitor.actor
    try:
        seal = keeping.seal_of(kit.settings.secret_key)
        with kit.database.writing() as session:
            codes = keeping.confirm(session, seal, actor.user_id, code, kit.clock())
            queries.end_own_sessions(session, actor.user_id, keep=visitor.token_hash)
            history.note(session, actor, Change.SECOND_STEP_ON, now=kit.clock())
    except CloudError as error:
        return _page(request, visitor, refused=error)
    return _codes(request, codes)


@router.post(f"{HERE}/recovery-codes")
def renew_recovery_codes(request: Request, visitor: SignedIn, proof: Text = "") -> Response:
    kit, actor = service(request), visitor.actor
    try:
        seal = keeping.seal_of(kit.settings.secret_key)
        prove(request, visitor, proof)
        with kit.database.writing() as session:
            keeping.require_on(session, actor.user_id)
            codes = keeping.new_recovery_codes(session, seal, actor.user_id)
            history.note(session, actor, Change.RECOVERY_CODES, now=kit.clock())
    except CloudError as error:
        return _page(request, visitor, refused=error)
    return _codes(request, codes)


@router.post(f"{HERE}/off")
def switch_off(request: Request, visitor: SignedIn, proof: Text = "") -> Response:
    kit = service(request)
    try:
        prove(request, visitor, proof)
    except CloudError as error:
        return _page(request, visitor, refused=error)
    with kit.database.writing() as session:
        if second_step.forget(session, visitor.actor.user_id):
            history.note(session, visitor.actor, Change.SECOND_STEP_OFF, now=kit.clock())
    return RedirectResponse(HERE, 303)


def _page(request: Request, visitor: Visitor, *, refused: CloudError | None = None) -> Response:
    kit, user_id = service(request), visitor.actor.user_id
    secret_key = kit.settings.secret_key
    with kit.database.reading() as session:
        user = queries.user(session, user_id)
        on = second_step.is_on(session, user_id)
        left = second_step.recovery_codes_left(session, user_id)
        seal = keeping.seal_of(secret_key) if secret_key else None
        secret = keeping.being_set_up(session, seal, user_id, kit.clock()) if seal else None
    view = SecondStepView(
        possible=secret_key is not None,
        on=on,
        recovery_codes_left=left,
        new=_as_shown(secret, user.login) if secret else None,
        asks_proof=can_type_a_proof(request, visitor),
        refused=said_by(refused),
    )
    return page(request, "accounts/second_step.html", view, status=refused.status if refused else 200)


def _as_shown(secret: str, login: str) -> NewSecret:
    address = rules.address(secret, login)
    qr = segno.make(address, micro=False, error="m").svg_data_uri(scale=4, border=3, light="#fff")
    return NewSecret(address, qr, rules.in_groups(secret))


def _codes(request: Request, codes: list[str]) -> Response:
    """Shown this once; no cache keeps any page of the service (kit/web/headers.py)."""
    return page(request, "accounts/recovery_codes.html", CodesView([as_printed(code) for code in codes]))
