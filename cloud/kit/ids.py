"""Keys that grow with time and carry nothing else: UUIDv7, so that an index grows at its end."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    return uuid7()
