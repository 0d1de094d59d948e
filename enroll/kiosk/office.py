"""The school's service as the kiosk asks it, signed in as the member of staff who stands there."""

import base64
import contextlib
from collections.abc import Sequence
from typing import TypeVar

import httpx
import numpy as np
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from edge.errors import EdgeError, Misconfigured, Rejected, Unavailable
from enroll.service import NoConsent, View

TIMEOUT_S = 20.0
JSON = {"accept": "application/json"}
Answer = TypeVar("Answer")


class SignedOut(EdgeError):
    """The session has ended, or never began: somebody has to sign in."""


class Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class RollPupil(Told):
    id: str
    code: str
    name: str
    standing: str
    views: int
    enrolled_at: str | None
    models: list[str]


class RollClass(Told):
    id: str
    name: str
    pupils: list[RollPupil]


class Roll(Told):
    name: str
    classes: list[RollClass]


class LookAlike(Told):
    id: str
    name: str
    class_name: str
    sibling: bool


class Whereabouts(Told):
    known_at: list[str]
    on_the_way: list[str]


_LOOK_ALIKES = TypeAdapter(list[LookAlike])


class Office:
    """Raises SignedOut, Unavailable (later may help) and Rejected (this pupil is not theirs to enrol)."""

    def __init__(self, url: str) -> None:
        try:
            self._client = httpx.Client(base_url=url.rstrip("/"), timeout=TIMEOUT_S, headers=JSON)
            if self._client.base_url.scheme not in ("http", "https") or not self._client.base_url.host:
                raise ValueError("http:// or https:// is missing")
        except (httpx.InvalidURL, ValueError) as error:
            raise Misconfigured(f"cloud_url {url!r}: write it as https://HOST: {error}") from error

    def sign_in(self, login: str, password: str) -> None:
        answer = self._request("POST", "/login", data={"login": login, "password": password})
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            raise Rejected("too many attempts")
        if not answer.has_redirect_location:
            raise SignedOut("the log-in name and the password do not fit together")

    def roll(self) -> Roll:
        return self._read(TypeAdapter(Roll), self._ask("GET", "/api/v1/enrolment/roll"))

    def look_alikes(self, student_id: str, views: Sequence[View], within: float) -> list[LookAlike]:
        """Of the whole school, the nearest first."""
        question = {"views": [as_json(view) for view in views], "within": within}
        return self._read(_LOOK_ALIKES, self._ask("POST", f"/api/v1/students/{student_id}/look-alikes", json=question))

    def enrol(self, student_id: str, views: Sequence[View]) -> None:
        """Instead of the views there were. Raises NoConsent: the service asks itself once more."""
        body = [as_json(view) for view in views]
        self._ask("PUT", f"/api/v1/students/{student_id}/templates", json=body)

    def undo(self, student_id: str) -> None:
        self._ask("DELETE", f"/api/v1/students/{student_id}/templates")

    def link(self, student_id: str, other_id: str) -> None:
        self._ask("PUT", f"/api/v1/students/{student_id}/siblings/{other_id}")

    def whereabouts(self, student_id: str) -> Whereabouts:
        return self._read(TypeAdapter(Whereabouts), self._ask("GET", f"/api/v1/students/{student_id}/whereabouts"))

    def close(self) -> None:
        """Ends the session on the service's side too, if it can be reached."""
        with contextlib.suppress(Unavailable):
            self._request("POST", "/logout")
        self._client.close()

    def _read(self, adapter: TypeAdapter[Answer], answer: httpx.Response) -> Answer:
        try:
            return adapter.validate_json(answer.content)
        except (ValidationError, ValueError) as error:
            raise Unavailable("the school's service answered something else: is it the same version?") from error

    def _ask(self, method: str, path: str, json: object = None) -> httpx.Response:
        answer = self._request(method, path, json=json)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            raise SignedOut("the session has ended")
        if answer.status_code == httpx.codes.CONFLICT:
            raise NoConsent("no consent stands for this pupil any more")
        if answer.status_code in (httpx.codes.FORBIDDEN, httpx.codes.NOT_FOUND, httpx.codes.UNPROCESSABLE_ENTITY):
            raise Rejected(f"the service refuses this pupil: {answer.status_code}")
        if not answer.is_success:
            raise Unavailable(f"the school's service answered {answer.status_code}")
        return answer

    def _request(self, method: str, path: str, *, data: object = None, json: object = None) -> httpx.Response:
        try:
            return self._client.request(method, path, data=data, json=json)  # type: ignore[arg-type]
        except httpx.HTTPError as error:
            raise Unavailable(f"no connection to the school's service: {error}") from error


def as_json(view: View) -> dict[str, object]:
    """As the service takes it: little-endian float16, base64."""
    vector = base64.b64encode(view.template.astype("<f2").tobytes()).decode()
    return {"model": view.model, "quality": view.quality, "vector": vector}


def from_json(model: str, quality: float, vector: str) -> View:
    return View(model, quality, np.frombuffer(base64.b64decode(vector), "<f2").astype(np.float32))
