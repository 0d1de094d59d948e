"""One's own account: where it is open, the password, the language of messages."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts import queries
from cloud.accounts.passwords import Passwords
from cloud.accounts.registering import check_password
from cloud.accounts.visitor import SignedIn
from cloud.kit.errors import CloudError, Forbidden
from cloud.kit.web.service import page, service

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Form(max_length=500)]


@dataclass(frozen=True, slots=True)
class OpenSession:
    reference: str
    """Names the session without being its key: the first letters of its hash."""
    seen_at: datetime
    began_at: datetime
    device: str
    here: bool


@dataclass(frozen=True, slots=True)
class AccountView:
    name: str
    login: str
    sessions: list[OpenSession]
    said: str | None = None
    """Of the last change: `changed`."""
    refused: str | None = None


@router.get("/account")
def show_account(request: Request, visitor: SignedIn, said: str | None = None) -> Response:
    return _page(request, visitor, said=said if said == "changed" else None)


@router.post("/account/sessions/ended")
def end_sessions(request: Request, visitor: SignedIn, reference: Text = "") -> Response:
    """One session by its reference; without one, all but this."""
    with service(request).database.writing() as session:
        queries.end_own_sessions(session, visitor.actor.user_id, keep=visitor.token_hash, reference=reference or None)
    return RedirectResponse("/account", 303)


@router.post("/account/password")
def change_password(request: Request, visitor: SignedIn, old: Text = "", new: Text = "") -> Response:
    """Ends every other session: whoever had the old password is out."""
    passwords: Passwords = request.app.state.passwords
    kit = service(request)
    try:
        with kit.database.reading() as session:
            user = queries.user(session, visitor.actor.user_id)
        if not passwords.verify(user.password_hash, old).right:
            raise Forbidden("That is not your password as it is now.")
        check_password(new)
    except CloudError as error:
        return _page(request, visitor, refused=str(error), status=error.status)
    with kit.database.writing() as session:
        queries.set_password_hash(session, visitor.actor.user_id, passwords.hash(new))
        queries.end_own_sessions(session, visitor.actor.user_id, keep=visitor.token_hash)
    return RedirectResponse("/account?said=changed", 303)


def _page(
    request: Request, visitor: SignedIn, *, said: str | None = None, refused: str | None = None, status: int = 200
) -> Response:
    kit = service(request)
    with kit.database.reading() as session:
        user = queries.user(session, visitor.actor.user_id)
        rows = queries.own_sessions(session, visitor.actor.user_id, kit.clock())
    sessions = [
        OpenSession(
            reference=row.token_hash[:16],
            seen_at=row.last_seen_at,
            began_at=row.created_at,
            device=device_of(row.user_agent),
            here=row.token_hash == visitor.token_hash,
        )
        for row in rows
    ]
    view = AccountView(user.display_name, user.login, sessions, said, refused)
    return page(request, "accounts/account.html", view, status=status)


def device_of(user_agent: str) -> str:
    """What a person calls it: the system and the browser, as far as the browser says so."""
    systems = ("iPhone", "iPad", "Android", "Windows", "Macintosh", "Linux")
    browsers = {"Zalo": "Zalo", "CocCoc": "Cốc Cốc", "coc_coc": "Cốc Cốc", "Edg/": "Edge", "Firefox/": "Firefox",
                "SamsungBrowser": "Samsung", "Chrome/": "Chrome", "CriOS": "Chrome", "Safari/": "Safari"}  # fmt: skip
    system = next((one for one in systems if one in user_agent), "")
    browser = next((name for sign, name in browsers.items() if sign in user_agent), "")
    return " · ".join(part for part in (system.replace("Macintosh", "Mac"), browser) if part) or user_agent[:40]
