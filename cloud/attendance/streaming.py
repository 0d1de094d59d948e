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


def stream_parts(
    request: Request,
    token_hash: str,
    school_ids: frozenset[UUID],
    student_ids: frozenset[UUID] | None,
    parts_for: Callable[[Session, Actor], Parts],
    seen: str | None,
) -> Response:
    """Every look asks anew who the reader is: a stream ends with its session and outlives no right."""
    changes: Changes = request.app.state.changes

    def read() -> Parts | None:
        kit = service(request)
        with kit.database.reading() as session:
            actor = accounts.actor_by_session(session, token_hash, kit.clock())
            try:
                return parts_for(session, actor) if actor else None
            except NotFound:
                return None

    return stream(read, lambda: changes.listen(school_ids, student_ids), seen)
