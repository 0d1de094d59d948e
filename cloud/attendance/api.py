"""Sightings over HTTPS, for networks that block the broker: the same envelopes, the answer is the acknowledgement.

And what a person says about those that could not be used.
"""

from datetime import timedelta
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from cloud.accounts.visitor import SignedIn
from cloud.attendance.ingest import ingest
from cloud.attendance.queries.set_aside import Kind, Problem, settle_problem
from cloud.attendance.reading import Delivery
from cloud.devices.asking import AskingUnit, Envelope
from cloud.kit.errors import CloudError, Invalid, TooLarge, Unauthenticated
from cloud.kit.web.service import service

router = APIRouter(tags=["attendance"])


@router.post("/api/v1/devices/{device}/events")
def take_events(request: Request, unit: AskingUnit, envelope: Envelope) -> Response:
    kit = service(request)
    window = timedelta(seconds=kit.settings.passage_window_s)
    delivery = Delivery(unit, envelope)
    [answer] = ingest(kit.database, [delivery], clock=kit.clock, window=window, fever_c=kit.settings.fever_c)
    if isinstance(answer, Problem):
        raise _refusal(answer)
    return Response(answer.encode(), media_type="application/json")


@router.post("/problems/{problem_id}/settled")
def settle(request: Request, visitor: SignedIn, problem_id: UUID) -> Response:
    """Somebody has looked at what a unit sent; the page takes it off its list."""
    kit = service(request)
    with kit.database.writing() as session:
        settle_problem(session, visitor.actor, problem_id, now=kit.clock())
    return Response()


def _refusal(problem: Problem) -> CloudError:
    if problem.kind is Kind.OVERSIZED:
        return TooLarge(problem.reason)
    if problem.kind is Kind.UNKNOWN_DEVICE:
        return Unauthenticated(problem.reason)
    return Invalid(problem.reason)
