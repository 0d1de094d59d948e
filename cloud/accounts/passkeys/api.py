"""What passkeys.js asks and answers: JSON, for a browser that has a page of ours open."""

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, JsonValue
from starlette.requests import Request
from starlette.responses import Response

from cloud.accounts import history, queries
from cloud.accounts.history import Change
from cloud.accounts.passkeys import ceremony
from cloud.accounts.passkeys.rules import Site, name_of, site_of
from cloud.accounts.pending_queries import Kind
from cloud.accounts.proving import prove
from cloud.accounts.rules import device_of, own_path
from cloud.accounts.signing_in import begin
from cloud.accounts.visitor import SignedIn
from cloud.kit.errors import Forbidden, NotFound
from cloud.kit.web.service import service

router = APIRouter()

Text = Annotated[str, Field(max_length=500)]


class Proof(BaseModel):
    proof: Text = ""
    """The password, or a code of the second step."""


class NewPasskey(BaseModel):
    name: Text = ""
    credential: dict[str, JsonValue]


class SignIn(BaseModel):
    next: Text = "/"
    credential: dict[str, JsonValue]


@router.post("/account/passkeys/options")
def ask_for_new(request: Request, visitor: SignedIn, asked: Proof) -> Response:
    kit, site = service(request), _site(request)
    prove(request, visitor, asked.proof)
    with kit.database.writing() as session:
        options = ceremony.ask_for_new(session, site, queries.user(session, visitor.actor.user_id), kit.clock())
    return Response(options, media_type="application/json")


@router.post("/account/passkeys", status_code=201)
def keep_new(request: Request, visitor: SignedIn, made: NewPasskey) -> Response:
    kit, site = service(request), _site(request)
    name = name_of(made.name, device_of(request.headers.get("user-agent", "")))
    with kit.database.writing() as session:
        answer = ceremony.take_up(session, Kind.NEW_PASSKEY, made.credential, kit.clock())
    with kit.database.writing() as session:
        ceremony.keep_new(session, site, visitor.actor.user_id, answer, name, kit.clock())
        history.note(session, visitor.actor, Change.PASSKEY_ADDED, now=kit.clock())
    return JSONResponse({"name": name}, 201)


@router.post("/login/passkey/options")
def ask_for_known(request: Request) -> Response:
    kit, site = service(request), _site(request)
    with kit.database.writing() as session:
        options = ceremony.ask_for_known(session, site, kit.clock())
    return Response(options, media_type="application/json")


@router.post("/login/passkey")
def sign_in(request: Request, signed: SignIn) -> Response:
    """Without a second step: the device has asked for a finger, a face or a PIN."""
    kit, site = service(request), _site(request)
    with kit.database.writing() as session:
        answer = ceremony.take_up(session, Kind.PASSKEY, signed.credential, kit.clock())
    with kit.database.writing() as session:
        user = queries.active_user(session, ceremony.whose(session, site, answer, kit.clock()))
        actor = queries.actor_of(session, user, kit.clock()) if user else None
    if actor is None:
        raise Forbidden("This account is closed.")
    return begin(request, actor, own_path(signed.next), answer=lambda then: JSONResponse({"then": then}))


def _site(request: Request) -> Site:
    site = site_of(service(request).settings.public_url)
    if site is None:
        raise NotFound("Passkeys need a name and https: see public_url.")
    return site
