"""How a unit becomes one of the school's: a one-time code and a signing request up, a certificate down, over HTTPS."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Base64UrlBytes, Field, SecretStr, StringConstraints, field_serializer

from edge.contract.wire import DeviceId, Wire

CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U, so that a code survives being read aloud and typed."""
CODE_LENGTH = 8
"""40 bits: enough for an hour under the cloud's limit of tries."""

CLAIM_PATH = "/api/v1/devices/claim"


def renewal_path(device: str) -> str:
    return f"/api/v1/devices/{device}/certificate"


def normal_code(typed: str) -> str:
    """A code as it was meant: spaces and hyphens dropped, look-alikes read as the digit. Raises ValueError."""
    code = typed.upper().replace("-", "").replace(" ", "").translate(str.maketrans("OIL", "011"))
    if len(code) != CODE_LENGTH or not set(code) <= set(CODE_ALPHABET):
        raise ValueError(f"a claim code has {CODE_LENGTH} letters and digits, such as 7K4M-9QXD")
    return code


def shown_code(code: str) -> str:
    """In two halves, as a person reads it."""
    return f"{code[: CODE_LENGTH // 2]}-{code[CODE_LENGTH // 2 :]}"


Pem = Annotated[str, StringConstraints(max_length=8000, pattern=r"^-----BEGIN [A-Z ]+-----\n")]


class ClaimRequest(Wire):
    """Unit to cloud. The key stays on the unit; the request proves that the unit holds it."""

    v: Literal[1] = 1
    code: Annotated[str, AfterValidator(normal_code), Field(max_length=40)]
    signing_request_pem: Pem


class Claimed(Wire):
    """Cloud to unit: who it is from now on, and whom it may trust."""

    v: Literal[1] = 1
    device: DeviceId
    certificate_pem: Pem
    authorities_pem: Pem
    """Who signs the broker's certificate."""
    broker_url: str
    token: SecretStr
    """For the HTTPS way up."""
    roster_signer: Annotated[Base64UrlBytes, Field(min_length=32, max_length=32)] | None = None
    """Whose signature rosters and briefings must have (raw Ed25519). None from a service that does not say: the unit
    then keeps the first that it is told."""

    @field_serializer("token", when_used="json")
    def _write_the_token(self, token: SecretStr) -> str:
        return token.get_secret_value()


class RenewalRequest(Wire):
    """Unit to cloud, with its token. Signed by the key of the certificate that it renews."""

    v: Literal[1] = 1
    signing_request_pem: Pem


class Renewed(Wire):
    v: Literal[1] = 1
    certificate_pem: Pem
    authorities_pem: Pem
