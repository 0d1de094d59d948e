"""The school's service as an enrolling machine sees it, signed in as a member of staff."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import httpx
import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from edge.errors import Misconfigured, Rejected, Unavailable

TIMEOUT_S = 30.0
JSON = {"accept": "application/json"}
Answer = TypeVar("Answer")


class NoConsent(Rejected):
    """Consent does not stand, or stands no more: nothing was kept."""


class Pupil(BaseModel):
    """`consent`: stands at this moment; whoever sends views hears it again."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    code: str
    class_name: str
    consent: bool
    views: int


class SeenPhoto(BaseModel):
    """A photo of a family, of which staff have said that it is this child."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    student_id: str
    code: str


class _Known(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    student_id: str
    model: str
    vector: str


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """`template` is (n,) float32; what travels and is kept is float16."""

    model: str
    quality: float
    template: NDArray[np.float32] = field(repr=False)


_PUPILS, _GALLERY, _PHOTOS = TypeAdapter(list[Pupil]), TypeAdapter(list[_Known]), TypeAdapter(list[SeenPhoto])


class SchoolService:
    """Use it as a context. Raises Misconfigured (a person must change something) and Unavailable (later may help)."""

    def __init__(self, url: str, school: str, *, login: str, password: str) -> None:
        try:
            self._client = httpx.Client(base_url=url.rstrip("/"), timeout=TIMEOUT_S)
            if self._client.base_url.scheme not in ("http", "https") or not self._client.base_url.host:
                raise ValueError("http:// or https:// is missing")
        except (httpx.InvalidURL, ValueError) as error:
            raise Misconfigured(f"--service {url!r}: write it as https://HOST: {error}") from error
        self._school = school
        answer = self._ask("POST", "/login", data={"login": login, "password": password})
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            raise Unavailable(f"{url}: too many wrong passwords: wait a little, then try again")
        if not answer.has_redirect_location:
            raise Misconfigured(f"{url}: {login!r} may not log in with this password")

    def __enter__(self) -> "SchoolService":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def pupils(self) -> list[Pupil]:
        """Whom the member of staff may enrol."""
        return self._read(_PUPILS, f"/api/v1/schools/{self._school}/enrolment")

    def gallery(self, model: str) -> dict[str, NDArray[np.float16]]:
        """Everybody's templates of this model, (n, dimension), by the pupil's id."""
        found: dict[str, list[NDArray[np.float16]]] = {}
        for one in self._read(_GALLERY, f"/api/v1/schools/{self._school}/gallery"):
            if one.model == model:
                found.setdefault(one.student_id, []).append(np.frombuffer(base64.b64decode(one.vector), "<f2"))
        return {student_id: np.stack(templates) for student_id, templates in found.items()}

    def enrol(self, student_id: str, views: Sequence[View]) -> None:
        """All of them instead of those there were, or none. Raises NoConsent."""
        body = [_as_sent(view) for view in views]
        answer = self._ask("PUT", f"/api/v1/students/{student_id}/templates", json=body)
        if answer.status_code == httpx.codes.CONFLICT:
            raise NoConsent("no consent stands for this pupil any more")
        self._check(answer)

    def photos(self) -> list[SeenPhoto]:
        return self._read(_PHOTOS, f"/api/v1/schools/{self._school}/photos")

    def picture(self, photo_id: str) -> bytes | None:
        """None for one that was withdrawn meanwhile."""
        answer = self._ask("GET", f"/photos/{photo_id}/picture")
        return None if answer.status_code == httpx.codes.NOT_FOUND else self._check(answer).content

    def settle(self, student_id: str, taken: Sequence[str], rejected: Mapping[str, str], views: Sequence[View]) -> bool:
        """What became of a pupil's photos (`rejected`: reason by photo); False when they changed meanwhile."""
        body = {
            "taken": list(taken),
            "rejected": [{"photo": photo, "reason": reason} for photo, reason in rejected.items()],
            "views": [_as_sent(view) for view in views],
        }
        answer = self._ask("POST", f"/api/v1/students/{student_id}/photos/outcome", json=body)
        if answer.status_code == httpx.codes.CONFLICT:
            return False
        self._check(answer)
        return True

    def _read(self, adapter: TypeAdapter[Answer], path: str) -> Answer:
        answer = self._check(self._ask("GET", path))
        try:
            return adapter.validate_json(answer.content)
        except (ValidationError, ValueError) as error:
            raise Unavailable(f"{answer.request.url}: answered something else: is it the school's service?") from error

    def _check(self, answer: httpx.Response) -> httpx.Response:
        if answer.status_code in (httpx.codes.FORBIDDEN, httpx.codes.NOT_FOUND, httpx.codes.UNAUTHORIZED):
            raise Misconfigured(
                f"{answer.request.url}: not there, or not for this log-in: check --school, and that it may enrol"
            )
        if not answer.is_success:
            raise Unavailable(f"{answer.request.url}: answered {answer.status_code}: {answer.text[:200]}")
        return answer

    def _ask(self, method: str, path: str, *, data: object = None, json: object = None) -> httpx.Response:
        try:
            return self._client.request(method, path, data=data, json=json, headers=JSON)  # type: ignore[arg-type]
        except httpx.HTTPError as error:
            raise Unavailable(f"{self._client.base_url}: no connection: {error}") from error


def _as_sent(view: View) -> dict[str, object]:
    vector = base64.b64encode(view.template.astype("<f2").tobytes()).decode()
    return {"model": view.model, "quality": view.quality, "vector": vector}
