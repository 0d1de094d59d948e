"""A second step is set up, asked for and switched off. Whoever calls knows who is asking and counts what fails."""

from datetime import datetime
from enum import Enum, auto
from uuid import UUID

from pydantic import SecretStr
from sqlalchemy.orm import Session

from cloud.accounts.codes import as_typed
from cloud.accounts.second_step import queries, rules
from cloud.kit.errors import Conflict, Invalid, Unavailable
from cloud.kit.i18n import marked
from cloud.kit.seal import Seal, Unsealable

PURPOSE = "second step"


class Way(Enum):
    CODE = auto()
    RECOVERY_CODE = auto()


def seal_of(secret_key: SecretStr | None) -> Seal:
    """Raises Unavailable on a service without a secret: it can keep no one else's."""
    if secret_key is None:
        raise Unavailable(marked("This service has no secret_key yet, so it cannot keep a second step."))
    return Seal(secret_key.get_secret_value(), PURPOSE)


def begin(session: Session, seal: Seal, user_id: UUID, now: datetime) -> None:
    """Raises Conflict where there is one that counts."""
    if queries.is_on(session, user_id):
        raise Conflict(marked("There is a second step already: switch it off first."))
    queries.begin(session, user_id, seal.seal(rules.new_secret().encode(), str(user_id)), now)


def being_set_up(session: Session, seal: Seal, user_id: UUID, now: datetime) -> str | None:
    """The secret, as long as it may be shown."""
    row = queries.of_user(session, user_id)
    if row is None or row.confirmed_at is not None or now - row.begun_at > rules.SET_UP_WITHIN:
        return None
    return _secret(seal, user_id, row.sealed)


def confirm(session: Session, seal: Seal, user_id: UUID, typed: str, now: datetime) -> list[str]:
    """From now on it is asked for. The recovery codes, which are shown this once. Raises Invalid."""
    secret = being_set_up(session, seal, user_id, now)
    if secret is None:
        raise Conflict(marked("The QR code is too old by now: please begin again."))
    step = rules.matching_step(secret, typed, now, after=0)
    if step is None or not queries.take_step(session, user_id, step):
        raise Invalid(marked("This code does not fit. Is the phone's clock right? Please type the code shown now."))
    queries.confirm(session, user_id, now)
    return new_recovery_codes(session, seal, user_id)


def require_on(session: Session, user_id: UUID) -> None:
    """Raises Conflict."""
    if not queries.is_on(session, user_id):
        raise Conflict(marked("There is no second step to log in with."))


def new_recovery_codes(session: Session, seal: Seal, user_id: UUID) -> list[str]:
    """Those before are worth nothing from now on."""
    codes = rules.new_recovery_codes()
    queries.replace_recovery_codes(session, user_id, (seal.digest(f"{user_id} {code}") for code in codes))
    return codes


def accept(session: Session, seal: Seal, user_id: UUID, typed: str, now: datetime) -> Way | None:
    """How somebody has passed; neither kind of code passes twice. None: it was none. Raises Unavailable."""
    row = queries.of_user(session, user_id)
    if row is None or row.confirmed_at is None:
        return None
    if rules.looks_like_a_code(typed):
        step = rules.matching_step(_secret(seal, user_id, row.sealed), typed, now, after=row.last_step)
        return Way.CODE if step is not None and queries.take_step(session, user_id, step) else None
    digest = seal.digest(f"{user_id} {as_typed(typed)}")
    return Way.RECOVERY_CODE if queries.use_recovery_code(session, user_id, digest) else None


def _secret(seal: Seal, user_id: UUID, sealed: bytes) -> str:
    try:
        return seal.open(sealed, str(user_id)).decode()
    except Unsealable as error:
        raise Unavailable(
            marked("This second step was kept under another secret_key: an administrator can reset it.")
        ) from error
