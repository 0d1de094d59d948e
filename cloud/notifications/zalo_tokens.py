"""Zalo's tokens: an access token lives about 25 hours, and the refresh token that brings the next works once.

Both are in the database, sealed, so that every worker has the same. One refreshes at a time: whoever gets the lease
asks Zalo, the others try again a second later and find the new token. A worker killed between Zalo's answer and the
commit takes the new refresh token with it: then nothing but `diemdanh-cloud zalo-token` helps, and the log says so.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Annotated

import httpx
from pydantic import BaseModel, Field, SecretStr, ValidationError

from cloud.kit.db import Database
from cloud.kit.errors import CloudError
from cloud.kit.seal import Seal, Unsealable
from cloud.notifications import token_queries as queries
from cloud.notifications.transport import TransportError

PROVIDER = "zalo"
TIMEOUT_S = 10.0
LEASE = timedelta(seconds=60)
"""Longer than Zalo may take to answer."""
EARLY = timedelta(minutes=30)
"""So long before its end an access token is replaced."""


class Tokens(BaseModel):
    """What is sealed."""

    access_token: str
    refresh_token: str
    expires_at: datetime


class Granted(BaseModel):
    """Zalo's answer; it says the seconds as text."""

    access_token: Annotated[str, Field(min_length=1)]
    refresh_token: Annotated[str, Field(min_length=1)]
    expires_in: Annotated[int, Field(gt=0)]


@dataclass(frozen=True, slots=True)
class AccessToken:
    access_token: str
    version: int
    """Counts the refreshes."""


class ZaloTokens:
    def __init__(self, database: Database, secret: str, app_id: str, app_secret: str, url: str) -> None:
        """`secret` is the service's; `url` is that of the OAuth service, without a path."""
        self._database = database
        # The threads of one worker wait here, instead of trying again a second later.
        self._one_asks = Lock()
        self._seal = token_seal(secret)
        self._app_id = app_id
        self._app_secret = app_secret
        self._url = f"{url.rstrip('/')}/v4/oa/access_token"

    def current(self, now: datetime) -> AccessToken:
        """One that still lives. Raises TransportError, passing."""
        tokens, version = self._read()
        token = AccessToken(tokens.access_token, version)
        return token if now < tokens.expires_at - EARLY else self.refreshed(token, now)

    def refreshed(self, old: AccessToken, now: datetime) -> AccessToken:
        """The one after `old`, asked for now unless another worker did. Raises TransportError, passing."""
        with self._one_asks:
            return self._refresh(old, now)

    def _refresh(self, old: AccessToken, now: datetime) -> AccessToken:
        with self._database.writing() as session:
            held = queries.hold(session, PROVIDER, version=old.version, now=now, until=now + LEASE)
        if not held:
            tokens, version = self._read()
            if version > old.version:
                return AccessToken(tokens.access_token, version)
            raise TransportError("another worker is refreshing Zalo's token", permanent=False)
        tokens, version = self._read()
        try:
            granted = self._ask(tokens.refresh_token)
        except TransportError:
            with self._database.writing() as session:
                queries.release(session, PROVIDER, version=version)
            raise
        new = Tokens(
            access_token=granted.access_token,
            refresh_token=granted.refresh_token,
            expires_at=now + timedelta(seconds=granted.expires_in),
        )
        with self._database.writing() as session:
            queries.replace(session, PROVIDER, seal_tokens(self._seal, new), version=version, now=now)
        return AccessToken(new.access_token, version + 1)

    def _read(self) -> tuple[Tokens, int]:
        with self._database.reading() as session:
            row = queries.sealed(session, PROVIDER)
        if row is None:
            raise TransportError("no token of Zalo yet: run diemdanh-cloud zalo-token", permanent=False)
        try:
            return Tokens.model_validate_json(self._seal.open(row[0], PROVIDER)), row[1]
        except Unsealable as error:
            raise TransportError(str(error), permanent=False) from error

    def _ask(self, refresh_token: str) -> Granted:
        form = {"refresh_token": refresh_token, "app_id": self._app_id, "grant_type": "refresh_token"}
        try:
            response = httpx.post(self._url, data=form, headers={"secret_key": self._app_secret}, timeout=TIMEOUT_S)
            return Granted.model_validate_json(response.content)
        except httpx.HTTPError as error:
            raise TransportError(f"no Zalo there: {type(error).__name__}", permanent=False) from error
        except ValidationError as error:
            raise TransportError(
                "Zalo gives no token: if this lasts, run diemdanh-cloud zalo-token with a new refresh token",
                permanent=False,
            ) from error


def store_refresh_token(database: Database, secret: SecretStr | None, refresh_token: str, now: datetime) -> None:
    """Begin anew with a refresh token from Zalo's console; the first message asks for an access token.

    Raises CloudError without a service's secret or a token.
    """
    if secret is None:
        raise CloudError("set DIEMDANH_CLOUD_SECRET_KEY first: the token is sealed under it")
    if not refresh_token:
        raise CloudError("no refresh token came in on standard input")
    tokens = Tokens(access_token="", refresh_token=refresh_token, expires_at=now)
    with database.writing() as session:
        sealed = seal_tokens(token_seal(secret.get_secret_value()), tokens)
        queries.start_with(session, PROVIDER, sealed, now=now)


def token_seal(secret: str) -> Seal:
    return Seal(secret, "provider token")


def seal_tokens(seal: Seal, tokens: Tokens) -> bytes:
    return seal.seal(tokens.model_dump_json().encode(), PROVIDER)
