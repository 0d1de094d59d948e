"""Between the password and the session: a code of the app, or a recovery code."""

from dataclasses import dataclass
from math import ceil
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts import history, pending_queries, queries
from cloud.accounts.access import Actor
from cloud.accounts.history import Change
from cloud.accounts.pending_queries import Kind, Pending
from cloud.accounts.second_step import keeping
from cloud.accounts.second_step.keeping import Way
from cloud.accounts.second_step.rules import looks_like_a_recovery_code
from cloud.accounts.signing_in import SECOND_STEP_COOKIE, begin, forget_cookie
from cloud.accounts.throttle import Throttle
from cloud.accounts.visitor import cookie_name
from cloud.kit.web.service import address, page, service

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Form(max_length=500)]
ANYWHERE = "anywhere"
AT_ONCE_FROM_ANYWHERE = 30
"""Six digits are few: whoever knows the password and has many addresses is slowed down as well. That may make the owner
wait who knows it too; a recovery code, which nobody guesses, and a passkey bring them in all the same."""


@dataclass(frozen=True, slots=True)
class CodeView:
    refused: bool = False
    wait_s: int = 0


@router.get("/login/code")
def ask_for_code(request: Request) -> Response:
    if _waiting(request) is None:
        return RedirectResponse("/login", 303)
    return _page(request, CodeView())


@router.post("/login/code")
def check_code(request: Request, code: Text = "") -> Response:
    pending = _waiting(request)
    if pending is None or pending.user_id is None:
        return RedirectResponse("/login", 303)
    tries = _Tries(request, pending.user_id, code)
    if (wait_s := ceil(tries.wait_s())) > 0:
        answer = _page(request, CodeView(wait_s=wait_s), status=429)
        answer.headers["Retry-After"] = str(wait_s)
        return answer
    actor = _pass(request, pending.user_id, code)
    if actor is None:
        tries.failed()
        return _page(request, CodeView(refused=True), status=403)
    tries.succeeded()
    response = begin(request, actor, pending.facts["then"])
    forget_cookie(request, response, cookie_name(request, SECOND_STEP_COOKIE))
    return response


def _waiting(request: Request) -> Pending | None:
    kit = service(request)
    with kit.database.reading() as session:
        return pending_queries.find(session, Kind.SECOND_STEP, _token(request), kit.clock())


def _pass(request: Request, user_id: UUID, code: str) -> Actor | None:
    """Whoever is through: the code fits, nobody has used it or come in by the same password step meanwhile."""
    kit = service(request)
    seal, now = keeping.seal_of(kit.settings.secret_key), kit.clock()
    with kit.database.writing() as session:
        user = queries.active_user(session, user_id)
        way = keeping.accept(session, seal, user_id, code, now) if user else None
        if user is None or way is None or not pending_queries.take(session, Kind.SECOND_STEP, _token(request), now):
            return None
        actor = queries.actor_of(session, user, now)
        if way is Way.RECOVERY_CODE:
            history.note(session, actor, Change.RECOVERY_CODE_USED, now=now)
        return actor


class _Tries:
    """Of one address at one account; and of all addresses together, unless what is tried is a recovery code."""

    def __init__(self, request: Request, user_id: UUID, code: str) -> None:
        throttle = request.app.state.throttle
        assert isinstance(throttle, Throttle)
        self._throttle = throttle
        self._address = address(request)
        self._account = f"second step {user_id}"
        self._counts_for_all = not looks_like_a_recovery_code(code)

    def wait_s(self) -> float:
        here = self._throttle.wait_s(self._address, self._account)
        if not self._counts_for_all:
            return here
        return max(here, self._throttle.wait_s(ANYWHERE, self._account, at_once=AT_ONCE_FROM_ANYWHERE))

    def failed(self) -> None:
        self._throttle.failed(self._address, self._account)
        if self._counts_for_all:
            self._throttle.failed(ANYWHERE, self._account)

    def succeeded(self) -> None:
        self._throttle.succeeded(self._address, self._account)


def _token(request: Request) -> str | None:
    return request.cookies.get(cookie_name(request, SECOND_STEP_COOKIE))


def _page(request: Request, view: CodeView, *, status: int = 200) -> Response:
    return page(request, "accounts/login_code.html", view, status=status, signed_in=False)
