"""One's own passkeys: what there are, and which to do without."""

from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts import history
from cloud.accounts.history import Change
from cloud.accounts.passkeys import queries
from cloud.accounts.passkeys.rules import MAX_NAME_CHARS, site_of
from cloud.accounts.passkeys.tables import Passkey
from cloud.accounts.proving import can_type_a_proof
from cloud.accounts.visitor import SignedIn
from cloud.kit.errors import NotFound
from cloud.kit.web.service import page, service

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class PasskeysView:
    possible: bool
    passkeys: list[Passkey]
    asks_proof: bool
    longest_name: int


@router.get("/account/passkeys")
def show(request: Request, visitor: SignedIn) -> Response:
    with service(request).database.reading() as session:
        passkeys = queries.of_user(session, visitor.actor.user_id)
    view = PasskeysView(
        possible=site_of(service(request).settings.public_url) is not None,
        passkeys=passkeys,
        asks_proof=can_type_a_proof(request, visitor),
        longest_name=MAX_NAME_CHARS,
    )
    return page(request, "accounts/passkeys.html", view)


@router.post("/account/passkeys/{passkey_id}/removed")
def remove(request: Request, visitor: SignedIn, passkey_id: UUID) -> Response:
    with service(request).database.writing() as session:
        if not queries.remove(session, visitor.actor.user_id, passkey_id):
            raise NotFound("You have no such passkey.")
        history.note(session, visitor.actor, Change.PASSKEY_REMOVED, now=service(request).clock())
    return RedirectResponse("/account/passkeys", 303)
