"""An OpenID Connect provider: whoever comes is `subject` at once, and it answers honestly or with any lie you like."""

import json
import secrets
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, auto
from functools import cache, partial
from hashlib import sha256
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, unquote_plus, urlencode

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from scripts.loopback.web import Quiet, WebService

CLIENT_ID, CLIENT_SECRET = "diemdanh", "secret of the tests"
LIFE_S = 300


class Lie(Enum):
    WRONG_SIGNATURE = auto()
    """By a key that only calls itself the provider's."""
    UNSIGNED = auto()
    EXPIRED = auto()
    WRONG_NONCE = auto()
    ANOTHERS_AUDIENCE = auto()
    ANOTHERS_ISSUER = auto()
    NO_ID_TOKEN = auto()
    NONSENSE = auto()
    """A page of HTML where JSON should be."""


@dataclass(frozen=True)
class _Given:
    """What a code stands for."""

    redirect_uri: str
    nonce: str
    challenge: str


@cache
def _key(name: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig"})


class OidcProvider(WebService):
    """`subject` and `email` are who comes; `lie` is told from now on; `refuses` sends everybody back. `clock` may be
    another one. `granted` counts tokens."""

    def __init__(self) -> None:
        self.subject, self.email = "subject 1", "mai@truong.example"
        self.lie: Lie | None = None
        self.refuses = False
        self.granted = 0
        self.key_name = "key 1"
        """Another name is another key: the provider has changed it."""
        self.clock: Callable[[], datetime] = partial(datetime.now, UTC)
        self._codes: dict[str, _Given] = {}
        provider = self

        class Handler(Quiet, BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path, _, query = self.path.partition("?")
                if path == "/authorize":
                    self.send_response(302)
                    self.send_header("Location", provider._authorize(query))
                    self.end_headers()
                elif path == "/.well-known/openid-configuration":
                    self._answer(200, provider._described())
                elif path == "/keys":
                    self._answer(200, KeySet([_key(provider.key_name)]).as_dict(private=False))
                else:
                    self._answer(404, {})

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                form = {name: values[0] for name, values in parse_qs(body).items()}
                self._answer(*provider._grant(form, self.headers.get("Authorization", "")))

            def _answer(self, status: int, said: object) -> None:
                nonsense = provider.lie is Lie.NONSENSE
                content = b"<!doctype html><p>Under maintenance" if nonsense else json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Type", "text/html" if nonsense else "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        super().__init__(Handler)

    @property
    def issuer(self) -> str:
        return self.origin

    def _described(self) -> dict[str, object]:
        endpoints = {
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }
        return {"issuer": self.issuer, "id_token_signing_alg_values_supported": ["RS256"], **endpoints}

    def _authorize(self, query: str) -> str:
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        assert (asked["client_id"], asked["response_type"]) == (CLIENT_ID, "code")
        assert (asked["code_challenge_method"], "openid" in asked["scope"].split()) == ("S256", True)
        if self.refuses:
            answer = {"error": "access_denied", "state": asked["state"]}
        else:
            code = secrets.token_urlsafe(16)
            self._codes[code] = _Given(asked["redirect_uri"], asked["nonce"], asked["code_challenge"])
            answer = {"code": code, "state": asked["state"]}
        return f"{asked['redirect_uri']}?{urlencode(answer)}"

    def _grant(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, object]]:
        client, _, secret = b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        if (unquote_plus(client), unquote_plus(secret)) != (CLIENT_ID, CLIENT_SECRET):
            return 401, {"error": "invalid_client"}
        given = self._codes.pop(form.get("code", ""), None)
        challenge = urlsafe_b64encode(sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        if given is None or (given.redirect_uri, given.challenge) != (form.get("redirect_uri"), challenge):
            return 400, {"error": "invalid_grant"}
        self.granted += 1
        answer: dict[str, object] = {"access_token": secrets.token_urlsafe(16), "token_type": "Bearer"}
        return 200, answer if self.lie is Lie.NO_ID_TOKEN else {**answer, "id_token": self._id_token(given)}

    def _id_token(self, given: _Given) -> str:
        began = int(self.clock().timestamp()) - (2 * LIFE_S if self.lie is Lie.EXPIRED else 0)
        claims = {
            "iss": "https://another.example" if self.lie is Lie.ANOTHERS_ISSUER else self.issuer,
            "aud": "another" if self.lie is Lie.ANOTHERS_AUDIENCE else CLIENT_ID,
            "sub": self.subject,
            "email": self.email,
            "nonce": "another" if self.lie is Lie.WRONG_NONCE else given.nonce,
            "iat": began,
            "exp": began + LIFE_S,
        }
        if self.lie is Lie.UNSIGNED:
            parts = ({"alg": "none", "typ": "JWT"}, claims)
            return ".".join(urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts) + "."
        key = _key("forged" if self.lie is Lie.WRONG_SIGNATURE else self.key_name)
        return jwt.encode({"alg": "RS256", "kid": self.key_name}, claims, key)
