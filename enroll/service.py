"""The school's service as an enrolling machine asks it, signed in as a member of staff: the commands and the kiosk."""

import base64
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import httpx
import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from edge.errors import EdgeError, Misconfigured, Rejected, Unavailable
from enroll.answers import LookAlike, Pupil, Roll, SeenPhoto, Whereabouts

TIMEOUT = httpx.Timeout(30.0, connect=4.0)
"""A service that cannot be reached is known to be away before a child has come to the camera."""
JSON = {"accept": "application/json"}
Answer = TypeVar("Answer")


class SignedOut(EdgeError):
    """The session has ended, or never began: somebody has to sign in."""


class NoConsent(Rejected):
    """Consent does not stand, or stands no more: nothing was kept."""


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """`template` is (n,) float32; what travels and is kept is float16."""

    model: str
    quality: float
    template: NDArray[np.float32] = field(repr=False)


_PUPILS, _PHOTOS = TypeAdapter(list[Pupil]), TypeAdapter(list[SeenPhoto])
_LOOK_ALIKES, _ROLL, _WHEREABOUTS = TypeAdapter(list[LookAlike]), TypeAdapter(Roll), TypeAdapter(Whereabouts)


class SchoolService:
    """Use it as a context, or close it. Raises Misconfigured for an address that is none; and of everything that is
    asked SignedOut, Unavailable (later may help) and Rejected (not there, or not theirs to ask for)."""

    def __init__(self, url: str) -> None:
        try:
            self._client = httpx.Client(base_url=url.rstrip("/"), timeout=TIMEOUT, headers=JSON)
            if self._client.base_url.scheme not in ("http", "https") or not self._client.base_url.host:
                raise ValueError("http:// or https:// is missing")
        except (httpx.InvalidURL, ValueError) as error:
            raise Misconfigured(f"the service's address {url!r}: write it as https://HOST: {error}") from error

    def __enter__(self) -> "SchoolService":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the session on the service's side too, if it can be reached."""
        with contextlib.suppress(Unavailable):
            self._request("POST", "/logout")
        self._client.close()

    def sign_in(self, login: str, password: str) -> None:
        answer = self._request("POST", "/login", data={"login": login, "password": password})
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            raise Rejected("too many wrong passwords: wait a little, then try again")
        if not answer.has_redirect_location:
            raise SignedOut(f"{login!r} may not log in with this password")

    def pupils(self, school: str) -> list[Pupil]:
        """Whom the member of staff may enrol."""
        return self._read(_PUPILS, self._ask("GET", f"/api/v1/schools/{school}/enrolment"))

    def roll(self) -> Roll:
        """Everybody whom the member of staff may enrol, by name and class."""
        return self._read(_ROLL, self._ask("GET", "/api/v1/enrolment/roll"))

    def look_alikes(self, student_id: str, views: Sequence[View], within: float) -> list[LookAlike]:
        """Of the whole school, the nearest first."""
        question = {"views": [as_json(view) for view in views], "within": within}
        return self._read(_LOOK_ALIKES, self._ask("POST", f"/api/v1/students/{student_id}/look-alikes", json=question))

    def enrol(self, student_id: str, views: Sequence[View]) -> None:
        """All of them instead of those there were, or none. Raises NoConsent: the service asks itself once more."""
        body = [as_json(view) for view in views]
        self._ask("PUT", f"/api/v1/students/{student_id}/templates", json=body)

    def undo(self, student_id: str) -> None:
        self._ask("DELETE", f"/api/v1/students/{student_id}/templates")

    def link(self, student_id: str, other_id: str) -> None:
        self._ask("PUT", f"/api/v1/students/{student_id}/siblings/{other_id}")

    def whereabouts(self, student_id: str) -> Whereabouts:
        return self._read(_WHEREABOUTS, self._ask("GET", f"/api/v1/students/{student_id}/whereabouts"))

    def photos(self, school: str) -> list[SeenPhoto]:
        return self._read(_PHOTOS, self._ask("GET", f"/api/v1/schools/{school}/photos"))

    def picture(self, photo_id: str) -> bytes | None:
        """None for one that was withdrawn meanwhile."""
        answer = self._request("GET", f"/photos/{photo_id}/picture")
        return None if answer.status_code == httpx.codes.NOT_FOUND else self._check(answer).content

    def settle(self, student_id: str, taken: Sequence[str], rejected: Mapping[str, str], views: Sequence[View]) -> bool:
        """What became of a pupil's photos (`rejected`: reason by photo); False when they changed meanwhile."""
        body = {
            "taken": list(taken),
            "rejected": [{"photo": photo, "reason": reason} for photo, reason in rejected.items()],
            "views": [as_json(view) for view in views],
        }
        try:
            self._ask("POST", f"/api/v1/students/{student_id}/photos/outcome", json=body)
        except NoConsent:
            return False
        return True

    def _read(self, adapter: TypeAdapter[Answer], answer: httpx.Response) -> Answer:
        try:
            return adapter.validate_json(answer.content)
        except (ValidationError, ValueError) as error:
            raise Unavailable(f"{answer.request.url}: answered something else: is it the school's service?") from error

    def _ask(self, method: str, path: str, json: object = None) -> httpx.Response:
        return self._check(self._request(method, path, json=json))

    def _check(self, answer: httpx.Response) -> httpx.Response:
        url, status = answer.request.url, answer.status_code
        if status == httpx.codes.UNAUTHORIZED:
            raise SignedOut("the session has ended: sign in again")
        if status == httpx.codes.CONFLICT:
            raise NoConsent("no consent stands for this pupil any more")
        if status in (httpx.codes.FORBIDDEN, httpx.codes.NOT_FOUND):
            raise Rejected(f"{url}: not there, or not for this log-in: check the school, and that it may enrol")
        if status == httpx.codes.UNPROCESSABLE_ENTITY:
            raise Rejected(f"{url}: the service refuses what was sent: is it the same version?")
        if not answer.is_success:
            raise Unavailable(f"{url}: answered {status}: {answer.text[:200]}")
        return answer

    def _request(self, method: str, path: str, *, data: object = None, json: object = None) -> httpx.Response:
        try:
            return self._client.request(method, path, data=data, json=json)  # type: ignore[arg-type]
        except httpx.HTTPError as error:
            raise Unavailable(f"{self._client.base_url}: no connection: {error}") from error


def as_json(view: View) -> dict[str, object]:
    """As the service takes it: little-endian float16, base64."""
    vector = base64.b64encode(view.template.astype("<f2").tobytes()).decode()
    return {"model": view.model, "quality": view.quality, "vector": vector}


def from_json(model: str, quality: float, vector: str) -> View:
    return View(model, quality, np.frombuffer(base64.b64decode(vector), "<f2").astype(np.float32))
