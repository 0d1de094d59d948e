"""The kiosk's page and what it asks for. It answers this machine's browser, or a tablet's over TLS."""

import logging
import secrets
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
from fastapi import Cookie, Depends, FastAPI, Request, Response
from pydantic import BaseModel, ConfigDict
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, JSONResponse
from starlette.staticfiles import StaticFiles

from edge.errors import EdgeError, Rejected, Unavailable
from edge.vision.resize import fitted
from enroll.answers import LookAlike, Roll, Whereabouts
from enroll.kiosk.desk import Bench, Desk
from enroll.kiosk.guide import Hint, Pose
from enroll.service import SchoolService, SignedOut

log = logging.getLogger(__name__)

STATIC = Path(__file__).parent / "static"
COOKIE = "kiosk"
MAX_PICTURE_BYTES = 3_000_000
LONGEST_PX = 960
SEND_EVERY_S = 10.0
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; media-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}


class Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SignIn(Asked):
    login: str
    password: str


class Begin(Asked):
    student_id: str
    follows: bool
    """In a queue: whoever was just taken is still there."""


class Undo(Asked):
    student_id: str


class Save(Asked):
    decided: bool
    """Look-alikes were shown, and somebody said that this is another child."""
    siblings: list[str]


class Decide(Asked):
    student_id: str
    keep: bool
    siblings: list[str]


class Progress(BaseModel):
    """`hint` is a word of guide.Hint or of the quality stage."""

    hint: str
    wanted: Pose | None
    taken: int
    of: int


class Waits(BaseModel):
    student_id: str
    state: str
    look_alikes: list[LookAlike]


class StateNow(BaseModel):
    online: bool
    signed_in: bool
    waiting: list[Waits]
    damaged: int
    """Files that do not open: the key was changed, or the disk is bad. They are left alone."""
    became: dict[str, str]
    undoable: list[str]
    model: str
    """This machine's: whoever was enrolled with another one is due again."""


class Compared(BaseModel):
    offline: bool
    look_alikes: list[LookAlike]


class Saved(BaseModel):
    state: str


class Desks:
    """Who stands at the kiosk, by a cookie that scripts cannot read. They end with the process."""

    def __init__(self, bench: Bench, cloud_url: str) -> None:
        self.bench = bench
        self._cloud_url = cloud_url
        self._desks: dict[str, Desk] = {}

    def sign_in(self, login: str, password: str) -> tuple[str, Desk]:
        service = SchoolService(self._cloud_url)
        service.sign_in(login, password)
        token = secrets.token_urlsafe(32)
        desk = Desk(self.bench, service, service.roll())
        self._desks[token] = desk
        return token, desk

    def get(self, token: str) -> Desk | None:
        return self._desks.get(token)

    def sign_out(self, token: str) -> None:
        if (desk := self._desks.pop(token, None)) is not None:
            desk.service.close()

    def send(self) -> None:
        """By whoever is signed in: the service asks of each pupil whether they may."""
        for desk in list(self._desks.values()):
            if desk.signed_in and (self.bench.waiting.all()[0] or not desk.online):
                desk.send()


def create_app(bench: Bench, cloud_url: str, *, secure: bool) -> FastAPI:
    """`secure`: it is served by https, so the cookie travels by nothing else."""
    desks = Desks(bench, cloud_url)
    ended = threading.Event()

    def keep_sending() -> None:
        while not ended.wait(SEND_EVERY_S):
            try:
                desks.send()
            except Exception:
                # A full disk, say: the next round may go better, and what waits is still there.
                log.exception("sending failed")

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        sender = threading.Thread(target=keep_sending, name="sender", daemon=True)
        sender.start()
        yield
        ended.set()

    app = FastAPI(title="Kiosk", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    app.mount("/static", StaticFiles(directory=STATIC), "static")

    @app.middleware("http")
    async def protect(request: Request, call: Callable[[Request], Awaitable[Response]]) -> Response:
        site = request.headers.get("sec-fetch-site", "same-origin")
        if request.method != "GET" and site not in ("same-origin", "none"):
            return JSONResponse({"error": "another site asked"}, 403, headers=HEADERS)
        answer = await call(request)
        for name, value in HEADERS.items():
            answer.headers.setdefault(name, value)
        return answer

    @app.exception_handler(EdgeError)
    async def failed(_: Request, error: Exception) -> Response:
        status = 401 if isinstance(error, SignedOut) else 409 if isinstance(error, Rejected) else 503
        return JSONResponse({"error": str(error)}, status, headers=HEADERS)

    def desk_of(kiosk: Annotated[str | None, Cookie()] = None) -> Desk:
        desk = desks.get(kiosk) if kiosk else None
        if desk is None:
            raise SignedOut("sign in first")
        return desk

    AtDesk = Annotated[Desk, Depends(desk_of)]  # noqa: N806 - a type

    @app.get("/")
    def show_page() -> Response:
        return FileResponse(STATIC / "index.html")

    @app.post("/api/sign-in")
    def sign_in(asked: SignIn, response: Response) -> Roll:
        token, desk = desks.sign_in(asked.login, asked.password)
        response.set_cookie(COOKIE, token, httponly=True, samesite="strict", secure=secure)
        return desk.roll

    @app.post("/api/sign-out", status_code=204)
    def sign_out(response: Response, kiosk: Annotated[str | None, Cookie()] = None) -> None:
        desks.sign_out(kiosk or "")
        response.delete_cookie(COOKIE)

    @app.get("/api/here")
    def here(kiosk: Annotated[str | None, Cookie()] = None) -> bool:
        """Whether this browser is signed in: a page that was loaded anew goes on where it was."""
        return desks.get(kiosk or "") is not None

    @app.get("/api/roll")
    def show_roll(desk: AtDesk) -> Roll:
        desk.refresh()
        return desk.roll

    @app.get("/api/state")
    def show_state(desk: AtDesk) -> StateNow:
        waiting, damaged = bench.waiting.all()
        return StateNow(
            online=desk.online,
            signed_in=desk.signed_in,
            waiting=[Waits(student_id=one.student_id, state=one.state, look_alikes=one.look_alikes) for one in waiting],
            damaged=len(damaged),
            became=desk.became,
            model=bench.pipeline.model,
            undoable=[one for one in {*desk.became, *(taken.student_id for taken in waiting)} if desk.may_undo(one)],
        )

    @app.post("/api/capture")
    def begin(desk: AtDesk, asked: Begin) -> Progress:
        capture = desk.begin(asked.student_id, follows=asked.follows)
        return Progress(hint=Hint.NO_FACE, wanted=capture.pose, taken=0, of=len(capture.wanted))

    @app.post("/api/look")
    async def look(desk: AtDesk, request: Request) -> Progress:
        """The body is a JPEG. It is looked at, and forgotten."""
        content = bytearray()
        async for chunk in request.stream():
            content += chunk
            if len(content) > MAX_PICTURE_BYTES:
                raise Rejected("the picture is too large")
        return await run_in_threadpool(_looked, desk, bytes(content))

    @app.post("/api/skip")
    def skip(desk: AtDesk) -> Progress:
        if desk.capture is not None:
            desk.capture.skip()
        return _progress(desk, Hint.LOOK_STRAIGHT)

    @app.post("/api/compare")
    def compare(desk: AtDesk) -> Compared:
        found = desk.compare()
        return Compared(offline=found is None, look_alikes=found or [])

    @app.post("/api/save")
    def save(desk: AtDesk, asked: Save) -> Saved:
        return Saved(state=desk.save(decided=asked.decided, siblings=asked.siblings))

    @app.post("/api/decide", status_code=204)
    def decide(desk: AtDesk, asked: Decide) -> None:
        desk.decide(asked.student_id, keep=asked.keep, siblings=asked.siblings)

    @app.post("/api/undo", status_code=204)
    def undo(desk: AtDesk, asked: Undo) -> None:
        desk.undo(asked.student_id)

    @app.get("/api/whereabouts/{student_id}")
    def show_whereabouts(desk: AtDesk, student_id: str) -> Whereabouts:
        try:
            return desk.service.whereabouts(student_id)
        except Unavailable:
            return Whereabouts(known_at=[], on_the_way=[])

    return app


def _looked(desk: Desk, content: bytes) -> Progress:
    try:
        image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR) if content else None
    except cv2.error:
        image = None
    if image is None:
        raise Rejected("not a picture")
    return _progress(desk, desk.look(fitted(np.asarray(image, np.uint8), LONGEST_PX)))


def _progress(desk: Desk, hint: str) -> Progress:
    if desk.capture is None:
        raise Rejected("nobody is before the camera: choose a pupil")
    capture = desk.capture
    return Progress(hint=str(hint), wanted=capture.pose, taken=len(capture.views), of=len(capture.wanted))
