"""Coming in by an invitation: from a link, a QR code, or a code typed from a printed letter."""

from dataclasses import dataclass
from math import ceil
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts.pages import begin_session
from cloud.accounts.passwords import Passwords
from cloud.accounts.rules import MIN_PASSWORD_CHARS
from cloud.accounts.throttle import Throttle
from cloud.accounts.visitor import MaybeVisitor, SignedIn, Visitor
from cloud.kit.errors import CloudError, NotFound, TooMany
from cloud.kit.web.service import page, service
from cloud.people.members import inviting
from cloud.people.members.rules import as_typed

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Form(max_length=500)]
EVERY_CODE = "invitations"
"""What the throttle counts tries of one address under: a guesser tries many codes, not one."""


@dataclass(frozen=True, slots=True)
class JoinView:
    code: str
    name: str | None
    """Whom the invitation is for; None while no code was given."""
    signed_in_as: str | None
    least: int
    login: str = ""
    refused: str | None = None


@router.get("/join")
def ask_for_code(request: Request, visitor: MaybeVisitor, code: str = "") -> Response:
    if code:
        return RedirectResponse(f"/join/{as_typed(code)[:40]}", 303)
    return _page(request, JoinView("", None, None, MIN_PASSWORD_CHARS), visitor is not None)


@router.get("/join/{code}")
def show_invitation(request: Request, visitor: MaybeVisitor, code: str) -> Response:
    name = _whom_for(request, code, visitor)
    view = JoinView(as_typed(code), name, visitor.actor.display_name if visitor else None, MIN_PASSWORD_CHARS)
    return _page(request, view, visitor is not None)


@router.post("/join/{code}")
def come_in(request: Request, visitor: MaybeVisitor, code: str, login: Text = "", password: Text = "") -> Response:
    kit, passwords = service(request), request.app.state.passwords
    assert isinstance(passwords, Passwords)
    name = _whom_for(request, code, visitor)
    try:
        with kit.database.writing() as session:
            user_id = inviting.come_in(session, passwords, code, login=login, password=password, now=kit.clock())
    except NotFound:
        raise
    except CloudError as error:
        view = JoinView(as_typed(code), name, None, MIN_PASSWORD_CHARS, login, str(error))
        return _page(request, view, False, status=error.status)
    return begin_session(request, user_id, "/")


@router.post("/join/{code}/own")
def add_to_own(request: Request, visitor: SignedIn, code: str) -> Response:
    _whom_for(request, code, visitor)
    with service(request).database.writing() as session:
        inviting.add_to_own(session, visitor.actor, code, service(request).clock())
    return RedirectResponse("/", 303)


def _whom_for(request: Request, code: str, visitor: Visitor | None) -> str:
    """Raises NotFound, and TooMany for an address, or somebody logged in, that guesses."""
    throttle: Throttle = request.app.state.throttle
    address = request.client.host if request.client else ""
    guesser = str(visitor.actor.user_id) if visitor else address
    if (wait_s := throttle.wait_s(guesser, EVERY_CODE)) > 0:
        raise TooMany(f"Too many codes from here that are none. Please try again in {ceil(wait_s)} seconds.")
    try:
        with service(request).database.reading() as session:
            return inviting.invitation_for(session, code, service(request).clock()).display_name
    except NotFound:
        throttle.failed(guesser, EVERY_CODE)
        raise


def _page(request: Request, view: JoinView, signed_in: bool, *, status: int = 200) -> Response:
    answer = page(request, "people/members/join.html", view, status=status, signed_in=signed_in)
    # The code in the address must not travel to another site, nor into a shared cache.
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cache-Control"] = "no-store"
    return answer
