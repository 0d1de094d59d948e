"""Which unit is asking: known by its token, whatever it says of itself."""

from hmac import compare_digest
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from cloud.accounts.rules import token_hash
from cloud.devices.queries import token_hash_of
from cloud.kit.errors import Unauthenticated
from cloud.kit.web.service import service
from edge.contract import MAX_PAYLOAD_BYTES


def asking_unit(request: Request, device: str) -> str:
    """The unit that the address names, if the bearer token is its own. Raises Unauthenticated."""
    with service(request).database.reading() as session:
        known = token_hash_of(session, device)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or known is None or not compare_digest(token_hash(token), known):
        raise Unauthenticated("this unit's token is not valid: claim the unit again with a new code")
    return device


async def envelope(request: Request) -> bytes:
    """The body, or the beginning of one that is larger than an envelope may be: whoever parses it says so."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_PAYLOAD_BYTES:
            break
    return bytes(body)


AskingUnit = Annotated[str, Depends(asking_unit)]
Envelope = Annotated[bytes, Depends(envelope)]
