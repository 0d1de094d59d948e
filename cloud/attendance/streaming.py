"""Live pages: parts of a page that are sent again whenever somebody's day changed."""

from collections.abc import Callable
from uuid import UUID

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from cloud.accounts import queries as accounts
from cloud.accounts.access import Actor
from cloud.attendance.live import Changes
from cloud.kit.errors import NotFound
from cloud.kit.web.service import service
from cloud.kit.web.stream import Parts, stream

SCHOOL_TICKS = 1
"""A unit may have gone silent, which nothing tells."""
FAMILY_TICKS = 8
"""Two minutes: many pages are open at once, and nearly all that they show is told of."""


def stream_parts(
    request: Request,
    token_hash: str,
    school_ids: frozenset[UUID],
    student_ids: frozenset[UUID] | None,
    parts_for: Callable[[Session, Actor], Parts],
    seen: str | None,
) -> Response:
    """Every look asks anew who the reader is: a stream ends with its session and outlives no right. A page of some
    pupils is read when one of their days changes, a school's page also in between."""
    changes: Changes = request.app.state.changes

    def read() -> Parts | None:
        kit = service(request)
        with kit.database.reading() as session:
            actor = accounts.actor_by_session(session, token_hash, kit.clock())
            try:
                return parts_for(session, actor) if actor else None
            except NotFound:
                return None

    def holds() -> bool:
        kit = service(request)
        with kit.database.reading() as session:
            return accounts.session_holds(session, token_hash, kit.clock())

    ticks = SCHOOL_TICKS if student_ids is None else FAMILY_TICKS
    return stream(read, lambda: changes.listen(school_ids, student_ids), seen, holds=holds, idle_ticks=ticks)
