"""Claim codes, names on certificates, and when something has to be done about either. Pure."""

import secrets
from datetime import timedelta

from edge.contract.identity import CODE_ALPHABET, CODE_LENGTH

CODE_LIFE = timedelta(hours=1)
"""Time to walk to the gate. With 40 bits and the limit of tries, a guess is hopeless for as long."""

SERVICE = "service"
"""The authority behind brokers and workers; a school's authority has the school's id for its name."""

WORKER = "cloud.worker"
CANARY = "cloud.canary"
"""Names that no unit can have: a DeviceId holds no full stop."""


def new_code() -> str:
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def new_token() -> str:
    return secrets.token_urlsafe(32)
