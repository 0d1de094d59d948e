"""A stand-in for the cloud's HTTPS way: answers batches with acknowledgements, or as the test says."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from edge.contract import Ack, EventBatch, Heartbeat, parse


class WebCloud:
    def __init__(self) -> None:
        self.arrivals: list[int] = []
        self.heartbeats: list[Heartbeat] = []
        self.tokens: set[str | None] = set()
        self.status = 200
        self.body: bytes | None = None
        """Answered instead of the acknowledgement, when given."""
        cloud = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                cloud.answer(self)

            def log_message(self, *args: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

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
