"""A small library of models for tests: three files, and a server on loopback that has them, or misbehaves."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from edge.vision.manifest import Manifest
from edge.vision.model_store import ModelStore

CONTENT = {name: name.encode() * 3000 for name in ("best.bin", "second.bin", "points.bin", "embedder.bin")}
DISTANCE = {
    "align": "dlib", "distance": "euclidean", "dimension": 128,
    "thresholds": {"identify": 0.5, "ask": 0.55, "margin": 0.05, "same_track": 0.75},
}  # fmt: skip
INPUT = {"input": {"width_px": 150, "height_px": 150, "colour": "rgb", "scale": 1.0, "mean": 0.0}}


def manifest(**sources: list[dict[str, str]]) -> Manifest:
    """Two detectors, of which one is preferred, landmarks and an embedder; `best=[...]` are the sources of `best`."""
    roles = {"best": "detector", "second": "detector", "points": "landmarks", "embedder": "embedder"}
    models = [_entry(name, role, sources.get(name, [])) for name, role in roles.items()]
    return Manifest.model_validate({"model": models})


def _entry(name: str, role: str, sources: list[dict[str, str]]) -> dict[str, Any]:
    content = CONTENT[f"{name}.bin"]
    entry: dict[str, Any] = {
        "name": name, "role": role, "file": f"{name}.bin", "sha256": hashlib.sha256(content).hexdigest(),
        "size_bytes": len(content), "licence": "MIT", "build": "as-is", "about": "for tests", "sources": sources,
    }  # fmt: skip
    return entry | (DISTANCE | INPUT if role == "embedder" else {})


def folder_with(folder: Path, *names: str) -> Path:
    """A folder as DIEMDANH_MODEL_PATH may name one."""
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).write_bytes(CONTENT[name])
    return folder


def files_of(store: ModelStore, name: str) -> list[bytes]:
    """What is kept of the model `name`, its record aside."""
    folder = store.folder_of(store.manifest.named(name))
    return [file.read_bytes() for file in sorted(folder.glob("*.bin"))]


class Server(BaseHTTPRequestHandler):
    """/whole/F gives F, /half/F breaks off, /wrong/F is something else, /moved/F redirects, /silent/F says nothing."""

    def do_GET(self) -> None:
        how, _, name = self.path.strip("/").partition("/")
        content = CONTENT.get(name, b"")
        if how == "silent":
            self.server.released.wait(30)  # type: ignore[attr-defined]
            return
        if how == "moved":
            self._answer(302, b"", {"Location": f"/whole/{name}"})
        elif how == "missing" or not content:
            self._answer(404, b"no such file", {})
        else:
            body = b"x" * len(content) if how == "wrong" else content
            self._answer(200, body[: len(body) // 2] if how == "half" else body, {"Content-Length": str(len(body))})

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving() -> Iterator[str]:
    """The address of a running server."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    server.released = threading.Event()  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.released.set()  # type: ignore[attr-defined]
        server.shutdown()
        server.server_close()
        thread.join()
