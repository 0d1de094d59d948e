"""The school's own sign-in (OpenID Connect): where a browser is sent, and whom its answer names.

Authorization code with PKCE, nonce and state. An answer counts only if it is signed by the provider's own key, for us,
now, and for the very browser that was sent.
"""

import hmac
import logging
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote_plus, urlencode, urlsplit

import httpx
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError

from cloud.accounts.oidc.discovery import Discovery, nonsense
from cloud.kit.clock import Clock
from cloud.kit.errors import Forbidden, Misconfigured
from cloud.kit.i18n import marked
from cloud.settings import CloudSettings

log = logging.getLogger(__name__)

CALLBACK = "/login/oidc/callback"
LEEWAY_S = 60
ALGORITHMS = ("RS256", "PS256", "ES256")
"""Public keys only: with a shared secret, or none at all, anybody could sign."""
SCOPE = "openid profile email"
LONGEST_SUBJECT = 255
"""OpenID Connect Core, 2."""


@dataclass(frozen=True, slots=True)
class Client:
    issuer: str
    client_id: str
    client_secret: str
    name: str
    """As people at the school call it."""
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class Identity:
    issuer: str
    subject: str
    label: str
    """For their own eyes. A name or an address that the provider gives proves nothing."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One browser's way to the provider and back. All follows from the token that the browser alone holds."""

    token: str

    @property
    def state(self) -> str:
        return self._derived("state")

    @property
    def nonce(self) -> str:
        return self._derived("nonce")

    @property
    def verifier(self) -> str:
        return self._derived("verifier")

    def _derived(self, purpose: str) -> str:
        digest = hmac.digest(self.token.encode(), f"oidc {purpose}".encode(), "sha256")
        return urlsafe_b64encode(digest).rstrip(b"=").decode()


def open_provider(settings: CloudSettings, clock: Clock) -> "Provider | None":
    """None where the school has none. Asks it nothing yet: the service starts without it. Raises Misconfigured."""
    given = {
        "oidc_issuer": settings.oidc_issuer,
        "oidc_client_id": settings.oidc_client_id,
        "oidc_client_secret": settings.oidc_client_secret,
    }
    missing = [key for key, value in given.items() if value is None]
    if len(missing) == len(given):
        return None
    if missing:
        raise Misconfigured(f"{', '.join(missing)}: missing, while others of oidc_* are set")
    assert settings.oidc_issuer
    assert settings.oidc_client_id
    assert settings.oidc_client_secret
    parts = urlsplit(settings.oidc_issuer)
    if parts.scheme != "https" and parts.hostname not in {"127.0.0.1", "localhost"}:
        raise Misconfigured("oidc_issuer: write https://…, as the provider's own documents do")
    client = Client(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret.get_secret_value(),
        name=settings.oidc_name or parts.hostname or settings.oidc_issuer,
        redirect_uri=settings.public_url.rstrip("/") + CALLBACK,
    )
    return Provider(client, clock)


class Provider:
    def __init__(self, client: Client, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._discovery = Discovery(client.issuer, clock)

    @property
    def name(self) -> str:
        return self._client.name

    @property
    def issuer(self) -> str:
        return self._client.issuer

    def address(self, attempt: Attempt) -> str:
        """Where the browser goes. Raises Unavailable."""
        endpoint = self._discovery.endpoints().authorization
        asked = {
            "response_type": "code",
            "client_id": self._client.client_id,
            "redirect_uri": self._client.redirect_uri,
            "scope": SCOPE,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": create_s256_code_challenge(attempt.verifier),
            "code_challenge_method": "S256",
        }
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"

    def identity(self, code: str, attempt: Attempt) -> Identity:
        """Whom the provider names to whoever holds `code`. Raises Unavailable, or Forbidden for what does not hold."""
        token = self._exchange(code, attempt).get("id_token")
        if not isinstance(token, str):
            raise nonsense("no id_token")
        claims = self._check(token, attempt)
        subject = claims.get("sub")
        if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
            raise _refused("sub")
        label = next((one for key in ("email", "preferred_username", "name") if (one := claims.get(key))), subject)
        return Identity(self._client.issuer, subject, str(label)[:120])

    def _exchange(self, code: str, attempt: Attempt) -> Mapping[str, object]:
        endpoints, client = self._discovery.endpoints(), self._client
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": client.redirect_uri,
            "code_verifier": attempt.verifier,
        }
        if endpoints.secret_in_header:
            # Form-encoded first: RFC 6749, 2.3.1.
            auth = httpx.BasicAuth(quote_plus(client.client_id), quote_plus(client.client_secret))
            return self._discovery.ask("POST", endpoints.token, data=form, auth=auth)
        secret = {"client_id": client.client_id, "client_secret": client.client_secret}
        return self._discovery.ask("POST", endpoints.token, data={**form, **secret})

    def _check(self, token: str, attempt: Attempt) -> Mapping[str, object]:
        """The claims of a token that is the provider's own, for us, for this attempt and not too old."""
        try:
            read = self._verify(token)
            claims = CodeIDToken(
                read.claims,
                read.header,
                options={
                    "iss": {"essential": True, "value": self._client.issuer},
                    "aud": {"essential": True, "value": self._client.client_id},
                    "sub": {"essential": True},
                    "exp": {"essential": True},
                },
                params={"nonce": attempt.nonce, "client_id": self._client.client_id},
            )
            claims.validate(now=int(self._clock().timestamp()), leeway=LEEWAY_S)
        except (JoseError, ValueError, TypeError) as error:
            raise _refused(type(error).__name__) from error
        checked: Mapping[str, object] = claims
        return checked

    def _verify(self, token: str) -> jwt.Token:
        try:
            return jwt.decode(token, self._discovery.keys(fresh=False), algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            # Perhaps it has changed its keys since.
            return jwt.decode(token, self._discovery.keys(fresh=True), algorithms=ALGORITHMS)


def _refused(why: str) -> Forbidden:
    log.warning("the OpenID provider's answer does not hold: %s", why)
    return Forbidden(marked("Its answer could not be trusted, so nobody was logged in. Please try again."))
