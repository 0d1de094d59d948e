"""Zalo ZNS: a template that Zalo has approved, filled in and sent to a phone number."""

import hmac
from datetime import datetime, timedelta

import httpx
from pydantic import BaseModel, ValidationError

from cloud.kit.clock import school_time
from cloud.notifications.transport import Channel, Http, Outgoing, TransportError
from cloud.notifications.zalo_tokens import ZaloTokens

TIMEOUT_S = 10.0
NIGHT_BEGINS, NIGHT_ENDS = 22, 6
"""Hours at the school between which Zalo delivers no ZNS."""

OK, LATER, TOKEN, NIGHT = 0, -100, -124, -133
PERMANENT = {
    -108: "the phone number is none",
    -118: "the phone number has no Zalo account",
    -119: "the account cannot receive this",
    -144: "the day's quota is used up",
    -147: "the template's quota is used up",
}
"""What another try will not mend; whatever Zalo says beside this table is permanent too."""


class Data(BaseModel):
    msg_id: str = ""


class Answer(BaseModel):
    error: int
    message: str = ""
    data: Data | None = None


class Zns:
    channel = Channel.ZALO

    def __init__(
        self, tokens: ZaloTokens, url: str, template_id: str, app_secret: str, *, reports: bool = False
    ) -> None:
        """`url` without a path. The template has two parameters, `title` and `content`."""
        self.reports = reports
        self._http = Http(TIMEOUT_S)
        self._tokens = tokens
        self._url = f"{url.rstrip('/')}/message/template"
        self._template_id = template_id
        self._app_secret = app_secret

    def send(self, outgoing: Outgoing, now: datetime) -> frozenset[str]:
        if outgoing.phone is None:
            raise TransportError("the guardian has no phone number", permanent=True)
        if morning := end_of_night(now):
            raise _night(morning)
        token = self._tokens.current(now)
        answer = self._post(outgoing, outgoing.phone, token.access_token)
        if answer.error == TOKEN:
            token = self._tokens.refreshed(token, now)
            answer = self._post(outgoing, outgoing.phone, token.access_token)
        if answer.error != OK:
            raise failure_of(answer.error, now)
        return frozenset()

    def _post(self, outgoing: Outgoing, phone: str, access_token: str) -> Answer:
        body = {
            "phone": phone,
            "template_id": self._template_id,
            "template_data": {"title": outgoing.subject, "content": outgoing.body},
            "tracking_id": outgoing.id.hex,
        }
        proof = hmac.digest(self._app_secret.encode(), access_token.encode(), "sha256").hex()
        headers = {"access_token": access_token, "appsecret_proof": proof}
        try:
            response = self._http.client.post(self._url, json=body, headers=headers)
            return Answer.model_validate_json(response.content)
        except httpx.HTTPError as error:
            raise TransportError(f"no Zalo there: {type(error).__name__}", permanent=False) from error
        except ValidationError as error:
            raise TransportError(f"Zalo answered {response.status_code}, not as agreed", permanent=False) from error


def failure_of(code: int, now: datetime) -> TransportError:
    """What an answer other than success means: whether, and from when, another try makes sense."""
    if code == NIGHT:
        # Zalo's clock may be ahead of ours by a little: then it is a matter of minutes.
        return _night(end_of_night(now) or now + timedelta(minutes=5))
    if code in (LATER, TOKEN):
        return TransportError(f"Zalo answered {code}", permanent=False)
    return TransportError(f"Zalo answered {code}: {PERMANENT.get(code, 'refused')}", permanent=True)


def end_of_night(now: datetime) -> datetime | None:
    """When it is day again for ZNS; None by day."""
    there = school_time(now)
    if NIGHT_ENDS <= there.hour < NIGHT_BEGINS:
        return None
    day = there.date() + timedelta(days=1) if there.hour >= NIGHT_BEGINS else there.date()
    return datetime(day.year, day.month, day.day, NIGHT_ENDS, tzinfo=there.tzinfo)


def _night(morning: datetime) -> TransportError:
    return TransportError("Zalo delivers nothing between 22:00 and 06:00", permanent=False, not_before=morning)
