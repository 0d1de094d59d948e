"""Coming in by a letter: from a link, a QR code, or a code that is typed. It invites, or replaces a password."""

from dataclasses import dataclass
from math import ceil
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts import new_password
from cloud.accounts.codes import as_typed
from cloud.accounts.oidc.strangers import link_stranger, provider_of, stranger
from cloud.accounts.passwords import Passwords
from cloud.accounts.registering import check_password
from cloud.accounts.rules import MIN_PASSWORD_CHARS
from cloud.accounts.signing_in import begin_session, first_step_done
from cloud.accounts.throttle import Throttle
from cloud.accounts.visitor import MaybeVisitor, SignedIn, Visitor
from cloud.kit.errors import CloudError, NotFound, Refusal, TooMany
from cloud.kit.i18n import Said, marked, phrase, said_by
from cloud.kit.web.service import address as address_of
from cloud.kit.web.service import page, service
from cloud.people.members import inviting

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Form(max_length=500)]
EVERY_CODE = "invitations"
"""What the throttle counts tries of one address under: a guesser tries many codes, not one."""


@dataclass(frozen=True, slots=True)
class JoinView:
    code: str
    name: str | None
    """Whom the letter is for; None while no code was given."""
    owner: str | None
    """The log-in name of whoever has forgotten their password; None for an invitation."""
    signed_in_as: str | None
    least: int
    provider: str | None
    """The school's own sign-in."""
    known_as: str | None
    """Whom it has just named in this browser, instead of a password."""
    login: str = ""
    refused: Said | None = None


@dataclass(frozen=True, slots=True)
class Whom:
    """As JoinView has them."""

    name: str
    owner: str | None


@router.get("/join")
def ask_for_code(request: Request, visitor: MaybeVisitor, code: str = "") -> Response:
    if code:
        return RedirectResponse(f"/join/{as_typed(code)[:40]}", 303)
    return _page(request, visitor, "", None)


@router.get("/join/{code}")
def show_invitation(request: Request, visitor: MaybeVisitor, code: str) -> Response:
    try:
        whom = _whom_for(request, code, visitor)
    except (NotFound, TooMany) as error:
        return _page(request, visitor, as_typed(code)[:40], None, refused=error)
    return _page(request, visitor, as_typed(code), whom)


@router.post("/join/{code}")
def come_in(
    request: Request,
    visitor: MaybeVisitor,
    code: str,
    login: Text = "",
    password: Text = "",
    outside: Annotated[bool, Form()] = False,
) -> Response:
    """With a password, or, from `outside`, by the school's own sign-in, which has just said who it is."""
    kit, passwords = service(request), request.app.state.passwords
    assert isinstance(passwords, Passwords)
    whom = None
    try:
        whom = _whom_for(request, code, visitor)
        with kit.database.writing() as session:
            given = None if outside else password
            user = inviting.come_in(session, passwords, code, login=login, password=given, now=kit.clock())
            if outside:
                link_stranger(session, request, user)
    except (Refusal, NotFound) as error:
        return _page(request, None, as_typed(code), whom, login=login, refused=error)
    return begin_session(request, user.id, "/")


@router.post("/join/{code}/own")
def add_to_own(request: Request, visitor: SignedIn, code: str) -> Response:
    whom = None
    try:
        whom = _whom_for(request, code, visitor)
        with service(request).database.writing() as session:
            inviting.add_to_own(session, visitor.actor, code, service(request).clock())
    except (Refusal, NotFound) as error:
        return _page(request, visitor, as_typed(code), whom, refused=error)
    return RedirectResponse("/", 303)


@router.post("/join/{code}/password")
def choose_password(request: Request, visitor: MaybeVisitor, code: str, new: Text = "") -> Response:
    """Instead of one that was forgotten. Whoever has a second step is asked for it next."""
    kit, passwords = service(request), request.app.state.passwords
    assert isinstance(passwords, Passwords)
    whom = None
    try:
        whom = _whom_for(request, code, visitor)
        check_password(new)
        password_hash = passwords.hash(new)
        with kit.database.writing() as session:
            actor = new_password.choose(session, code, password_hash, kit.clock())
    except (Refusal, NotFound) as error:
        return _page(request, visitor, as_typed(code), whom, refused=error)
    return first_step_done(request, actor, "/")


def _whom_for(request: Request, code: str, visitor: Visitor | None) -> Whom:
    """Raises NotFound, and TooMany for an address, or somebody logged in, that guesses. A code that is one opens all
    the same: behind a carrier's NAT nobody is held up by a stranger who guesses."""
    with service(request).database.reading() as session:
        now = service(request).clock()
        if owner := new_password.owner_of(session, code, now):
            return Whom(owner.display_name, owner.login)
        try:
            return Whom(inviting.invitation_for(session, code, now).display_name, None)
        except NotFound as error:
            none_such = error
    throttle: Throttle = request.app.state.throttle
    guesser = str(visitor.actor.user_id) if visitor else address_of(request)
    if (wait_s := throttle.wait_s(guesser, EVERY_CODE)) > 0:
        many = marked("Too many codes from here that are none. Please try again in %(seconds)s seconds.")
        raise TooMany(phrase(many, seconds=ceil(wait_s)))
    throttle.failed(guesser, EVERY_CODE)
    raise none_such


def _page(
    request: Request,
    visitor: Visitor | None,
    code: str,
    whom: Whom | None,
    *,
    login: str = "",
    refused: CloudError | None = None,
) -> Response:
    provider, known = provider_of(request), stranger(request)
    view = JoinView(
        code=code,
        name=whom.name if whom else None,
        owner=whom.owner if whom else None,
        signed_in_as=visitor.actor.display_name if visitor else None,
        least=MIN_PASSWORD_CHARS,
        provider=provider.name if provider else None,
        known_as=known.label if known else None,
        login=login,
        refused=said_by(refused),
    )
    answer = page(
        request,
        "people/members/join.html",
        view,
        status=refused.status if refused else 200,
        signed_in=visitor is not None,
    )
    # The code in the address must not travel to another site, nor into a shared cache.
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cache-Control"] = "no-store"
    return answer
