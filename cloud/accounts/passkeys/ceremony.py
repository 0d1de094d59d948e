"""What a device is asked to sign, and whether it has (WebAuthn). A challenge is drawn here and used once."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import webauthn
from sqlalchemy.orm import Session
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, parse_client_data_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from cloud.accounts import pending_queries
from cloud.accounts.passkeys import queries
from cloud.accounts.passkeys.rules import CHALLENGE_LIVES, MOST, Site
from cloud.accounts.passkeys.tables import Passkey
from cloud.accounts.pending_queries import Kind
from cloud.accounts.tables import User
from cloud.kit.errors import Conflict, Forbidden
from cloud.kit.i18n import marked

log = logging.getLogger(__name__)

SITE_NAME = "Điểm danh"
TIMEOUT_MS = CHALLENGE_LIVES.seconds * 1000
Credential = Mapping[str, object]
"""PublicKeyCredential.toJSON(), as a browser sends it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """To a challenge that was ours and had not been answered; what it is worth is still to be seen."""

    credential: dict[str, object]
    challenge: bytes
    user_id: UUID | None
    """Who was asked, where it was somebody in particular."""


def ask_for_new(session: Session, site: Site, user: User, now: datetime) -> str:
    """PublicKeyCredentialCreationOptions as JSON. Raises Conflict where there are too many."""
    existing = queries.of_user(session, user.id)
    if len(existing) >= MOST:
        raise Conflict(marked("There are too many passkeys: please remove one that you do not need."))
    challenge = pending_queries.begin(session, Kind.NEW_PASSKEY, user_id=user.id, now=now, until=now + CHALLENGE_LIVES)
    options = webauthn.generate_registration_options(
        rp_id=site.id,
        rp_name=SITE_NAME,
        user_id=user.id.bytes,
        user_name=user.login,
        user_display_name=user.display_name,
        challenge=base64url_to_bytes(challenge),
        timeout=TIMEOUT_MS,
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one.credential_id) for one in existing],
        # Without a log-in name typed, and with a finger, a face or a PIN: it stands for the password and the phone.
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
    )
    return webauthn.options_to_json(options)


def take_up(session: Session, kind: Kind, credential: Credential, now: datetime) -> Answer:
    """In a transaction of its own: the challenge is used up whatever comes of it. Raises Forbidden."""
    with _nonsense_refused():
        challenge = _challenge_of(credential)
    pending = pending_queries.take(session, kind, challenge, now)
    if pending is None:
        raise _refused()
    return Answer(dict(credential), base64url_to_bytes(challenge), pending.user_id)


def keep_new(session: Session, site: Site, user_id: UUID, answer: Answer, name: str, now: datetime) -> Passkey:
    """Raises Forbidden for what was not asked of this user, Conflict for a passkey that there is."""
    if answer.user_id != user_id:
        raise _refused()
    with _nonsense_refused():
        made = webauthn.verify_registration_response(
            credential=answer.credential,
            expected_challenge=answer.challenge,
            expected_rp_id=site.id,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    if queries.by_credential(session, made.credential_id):
        raise Conflict(marked("This passkey is there already."))
    passkey = Passkey(
        user_id=user_id, credential_id=made.credential_id, public_key=made.credential_public_key,
        sign_count=made.sign_count, name=name, made_at=now,
    )  # fmt: skip
    queries.add(session, passkey)
    return passkey


def ask_for_known(session: Session, site: Site, now: datetime) -> str:
    """PublicKeyCredentialRequestOptions as JSON: of whoever it may be."""
    challenge = pending_queries.begin(session, Kind.PASSKEY, now=now, until=now + CHALLENGE_LIVES)
    options = webauthn.generate_authentication_options(
        rp_id=site.id,
        challenge=base64url_to_bytes(challenge),
        timeout=TIMEOUT_MS,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def whose(session: Session, site: Site, answer: Answer, now: datetime) -> UUID:
    """Who has signed. Raises Forbidden, in the same words whatever was wrong."""
    with _nonsense_refused():
        credential_id = base64url_to_bytes(str(answer.credential["rawId"]))
    passkey = queries.by_credential(session, credential_id)
    if passkey is None:
        raise _refused()
    with _nonsense_refused():
        signed = webauthn.verify_authentication_response(
            credential=answer.credential,
            expected_challenge=answer.challenge,
            expected_rp_id=site.id,
            expected_origin=site.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    if not queries.use(session, passkey.id, before=passkey.sign_count, after=signed.new_sign_count, now=now):
        raise _refused()
    return passkey.user_id


def _challenge_of(credential: Credential) -> str:
    """The challenge that a browser says it was given: only to find it again, the signature proves it."""
    response = credential["response"]
    if not isinstance(response, Mapping):
        raise TypeError("no response")
    said = parse_client_data_json(base64url_to_bytes(str(response["clientDataJSON"])))
    return bytes_to_base64url(said.challenge)


@contextmanager
def _nonsense_refused() -> Iterator[None]:
    """What a browser sends may be anything: the library says so by its own errors, or by Python's."""
    try:
        yield
    except (WebAuthnException, ValueError, TypeError, LookupError, AttributeError) as error:
        log.info("passkey refused: %s", type(error).__name__)
        raise _refused() from error


def _refused() -> Forbidden:
    return Forbidden(marked("This passkey was not accepted. Please try again, or log in with your password."))
