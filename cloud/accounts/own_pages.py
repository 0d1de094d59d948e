"""One's own account: where it is open, the password, the language of messages."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts import history, history_queries, pending_queries, queries
from cloud.accounts.history import Change
from cloud.accounts.oidc import queries as links
from cloud.accounts.oidc.strangers import provider_of
from cloud.accounts.passkeys import queries as passkeys
from cloud.accounts.passwords import Passwords
from cloud.accounts.proving import prove
from cloud.accounts.registering import check_password
from cloud.accounts.rules import device_of
from cloud.accounts.second_step import queries as second_step
from cloud.accounts.visitor import SignedIn, Visitor
from cloud.accounts.words import CHANGE_WORDS
from cloud.kit.errors import CloudError
from cloud.kit.i18n import Said, said_by
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
class MadeChange:
    at: datetime
    what: str
    """Marked for translation."""
    by: str | None
    """Who else; None: the owner."""
    unread: bool


@dataclass(frozen=True, slots=True)
class AccountView:
    name: str
    login: str
    sessions: list[OpenSession]
    has_password: bool
    asks_proof: bool
    second_step: bool
    passkeys: int
    provider: str | None
    """The school's own sign-in, as people there call it."""
    linked_as: str | None
    """Whom it knows the owner as; None while they are not linked."""
    changes: list[MadeChange]
    said: str | None = None
    """Of the last change: `changed`."""
    refused: Said | None = None


@router.get("/account")
def show_account(request: Request, visitor: SignedIn, said: str | None = None) -> Response:
    return account_page(request, visitor, said=said if said == "changed" else None)


@router.post("/account/sessions/ended")
def end_sessions(request: Request, visitor: SignedIn, reference: Text = "") -> Response:
    """One session by its reference; without one, all but this."""
    with service(request).database.writing() as session:
        queries.end_own_sessions(session, visitor.actor.user_id, keep=visitor.token_hash, reference=reference or None)
    return RedirectResponse("/account", 303)


@router.post("/account/changes/read")
def read_changes(request: Request, visitor: SignedIn) -> Response:
    with service(request).database.writing() as session:
        history_queries.mark_read(session, visitor.actor.user_id, service(request).clock())
    return RedirectResponse("/", 303)


@router.post("/account/password")
def change_password(request: Request, visitor: SignedIn, proof: Text = "", new: Text = "") -> Response:
    """Ends every other session: whoever had the old password is out."""
    passwords: Passwords = request.app.state.passwords
    kit = service(request)
    try:
        prove(request, visitor, proof)
        check_password(new)
    except CloudError as error:
        return account_page(request, visitor, refused=said_by(error), status=error.status)
    password_hash = passwords.hash(new)
    with kit.database.writing() as session:
        queries.set_password_hash(session, visitor.actor.user_id, password_hash)
        queries.end_own_sessions(session, visitor.actor.user_id, keep=visitor.token_hash)
        # A letter that the owner did not ask for, and a log-in that waits for its code, end with the old password.
        pending_queries.drop(session, visitor.actor.user_id)
        history.note(session, visitor.actor, Change.PASSWORD, now=kit.clock())
    return RedirectResponse("/account?said=changed", 303)


def account_page(
    request: Request, visitor: Visitor, *, said: str | None = None, refused: Said | None = None, status: int = 200
) -> Response:
    kit, user_id, provider = service(request), visitor.actor.user_id, provider_of(request)
    with kit.database.reading() as session:
        user = queries.user(session, user_id)
        rows = queries.own_sessions(session, user_id, kit.clock())
        changes = history_queries.recent(session, user_id)
        has_second_step = second_step.is_on(session, user_id)
        own_passkeys = passkeys.count(session, user_id)
        linked_as = links.label_of(session, provider.issuer, user_id) if provider else None
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
    view = AccountView(
        name=user.display_name,
        login=user.login,
        sessions=sessions,
        has_password=user.password_hash is not None,
        asks_proof=user.password_hash is not None or has_second_step,
        second_step=has_second_step,
        passkeys=own_passkeys,
        provider=provider.name if provider else None,
        linked_as=linked_as,
        changes=[
            MadeChange(one.at, CHANGE_WORDS[Change(one.what)], one.by_name, one.read_at is None) for one in changes
        ],
        said=said,
        refused=refused,
    )
    return page(request, "accounts/account.html", view, status=status)
