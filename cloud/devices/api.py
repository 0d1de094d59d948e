"""How units are, over HTTPS: the same heartbeats as over MQTT."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from cloud.devices import ingest
from cloud.devices.asking import AskingUnit, Envelope
from cloud.devices.ingest import HealthReport
from cloud.kit.errors import Invalid
from cloud.kit.web.service import service
from edge.contract import Unreadable

router = APIRouter(tags=["devices"])


@router.post("/api/v1/devices/{device}/health", status_code=204)
def report_health(request: Request, unit: AskingUnit, envelope: Envelope) -> Response:
    report = HealthReport(unit, envelope)
    try:
        ingest.read(report)
    except Unreadable as error:
        raise Invalid(str(error)) from error
    ingest.record(service(request).database, [report], clock=service(request).clock)
    return Response(status_code=204)
