"""A stand-in for the cloud's HTTPS way: answers batches with acknowledgements, or as the test says."""

from http.server import BaseHTTPRequestHandler

from edge.contract import Ack, EventBatch, Heartbeat, parse
from scripts.loopback.web import Quiet, WebService


class WebCloud(WebService):
    def __init__(self) -> None:
        self.arrivals: list[int] = []
        self.heartbeats: list[Heartbeat] = []
        self.tokens: set[str | None] = set()
        self.status = 200
        self.body: bytes | None = None
        """Answered instead of the acknowledgement, when given."""
        cloud = self

        class Handler(Quiet, BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                cloud.answer(self)

        super().__init__(Handler)

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        payload = request.rfile.read(int(request.headers["Content-Length"]))
        self.tokens.add(request.headers["Authorization"])
        body = b"{}"
        if self.status == 200 and request.path == "/api/v1/devices/gate-1/events":
            batch = parse(EventBatch, payload)
            self.arrivals += [event.seq for event in batch.events]
            body = Ack(device=batch.device, stored=tuple(event.seq for event in batch.events)).encode()
        elif self.status == 200:
            self.heartbeats.append(parse(Heartbeat, payload))
        body = self.body or body
        request.send_response(self.status)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)
