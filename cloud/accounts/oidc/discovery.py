"""What a provider says of itself: its addresses and its keys, asked for when first needed and believed for a while.

One that is away or talks nonsense is Unavailable, never a failure of ours.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from urllib.parse import urlsplit

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from cloud.kit.clock import Clock
from cloud.kit.errors import Unavailable
from cloud.kit.i18n import marked

log = logging.getLogger(__name__)

WELL_KNOWN = "/.well-known/openid-configuration"
TIMEOUT_S = 5.0
KEPT = timedelta(hours=1)
KEYS_AT_MOST_EVERY = timedelta(minutes=1)
"""A key that is not known yet is asked for, but a forger cannot make us ask all the time."""


@dataclass(frozen=True, slots=True)
class Endpoints:
    authorization: str
    token: str
    keys: str
    secret_in_header: bool
    """As it is unless the provider takes it in the form alone."""
    at: datetime


class Discovery:
    """Safe to share between threads. All methods raise Unavailable."""

    def __init__(self, issuer: str, clock: Clock) -> None:
        self._issuer = issuer
        self._clock = clock
        self._http = httpx.Client(timeout=TIMEOUT_S, headers={"Accept": "application/json"})
        self._lock = Lock()
        self._endpoints: Endpoints | None = None
        self._keys: tuple[KeySet, datetime] | None = None

    def ask(
        self, method: str, url: str, *, data: Mapping[str, str] | None = None, auth: httpx.BasicAuth | None = None
    ) -> Mapping[str, object]:
        """The JSON object that the provider answers."""
        try:
            answer = self._http.request(method, url, data=data, auth=auth)
            said = answer.raise_for_status().json()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise nonsense(type(error).__name__) from error
        if not isinstance(said, dict):
            raise nonsense("no object")
        return said

    def endpoints(self) -> Endpoints:
        with self._lock:
            if self._endpoints is None or self._clock() - self._endpoints.at > KEPT:
                self._endpoints = self._read(
                    self.ask("GET", f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
                )
            return self._endpoints

    def keys(self, *, fresh: bool) -> KeySet:
        address = self.endpoints().keys
        with self._lock:
            now, believed_for = self._clock(), KEYS_AT_MOST_EVERY if fresh else KEPT
            if self._keys is None or now - self._keys[1] > believed_for:
                self._keys = (_key_set(self.ask("GET", address)), now)
            return self._keys[0]

    def _read(self, said: Mapping[str, object]) -> Endpoints:
        if said.get("issuer") != self._issuer:
            raise nonsense("another issuer")
        scheme = urlsplit(self._issuer).scheme

        def address(name: str) -> str:
            found = said.get(name)
            if not isinstance(found, str) or urlsplit(found).scheme != scheme:
                raise nonsense(f"no {name}")
            return found

        methods = said.get("token_endpoint_auth_methods_supported")
        return Endpoints(
            authorization=address("authorization_endpoint"),
            token=address("token_endpoint"),
            keys=address("jwks_uri"),
            secret_in_header=not isinstance(methods, list) or "client_secret_basic" in methods,
            at=self._clock(),
        )


def nonsense(why: str) -> Unavailable:
    log.warning("the OpenID provider does not answer usably: %s", why)
    return Unavailable(marked("It does not answer as it should just now. Please try later, or use your password."))


def _key_set(said: Mapping[str, object]) -> KeySet:
    found = said.get("keys")
    if not isinstance(found, list):
        raise nonsense("no keys")
    usable = [one for one in found if isinstance(one, dict) and one.get("kty") in {"RSA", "EC"}]
    try:
        return KeySet.import_key_set({"keys": usable})
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise nonsense("unusable keys") from error
