"""A form that is sent twice is taken once. A double tap, or a phone that asks again after a lost answer, sends the very
same form: what was written first is then shown, and nothing is written again.

Each page gives its form a key of its own (`{{ once() }}`). Key, address and all that was typed together say which
sending it is: the same words from a page that was opened anew, or other words from a page that was gone back to, are
another one.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Depends
from sqlalchemy.orm import Session
from starlette.datastructures import UploadFile
from starlette.requests import Request

from cloud.accounts import sent_queries
from cloud.kit.web.pages import ONCE

KNOWN_FOR = timedelta(days=2)
"""Longer than a browser goes on asking, and a page is kept open."""


@dataclass(frozen=True, slots=True)
class Sending:
    digest: str
    """Empty: the form has no key, and is taken as often as it is sent."""

    def before(self, session: Session, user_id: UUID, now: datetime) -> str:
        """Where it led when it was taken before; else empty, and whoever sends it at the same moment has to wait
        until this transaction ends."""
        if not self.digest:
            return ""
        sent_queries.forget(session, user_id, now - KNOWN_FOR)
        if sent_queries.claim(session, user_id, self.digest, now):
            return ""
        return sent_queries.led_to(session, user_id, self.digest)

    def led_to(self, session: Session, user_id: UUID, where: str) -> str:
        """In the transaction that wrote something. Returns `where`."""
        if self.digest:
            sent_queries.keep(session, user_id, self.digest, where)
        return where


async def sending(request: Request) -> Sending:
    form = await request.form()
    if not form.get(ONCE):
        return Sending("")
    found = hashlib.sha256(request.url.path.encode())
    for name, value in form.multi_items():
        content = await _content(value) if isinstance(value, UploadFile) else value.encode()
        found.update(f"\n{name} {len(content)}\n".encode() + content)
    return Sending(found.hexdigest())


async def _content(file: UploadFile) -> bytes:
    content = await file.read()
    await file.seek(0)
    return content


SentOnce = Annotated[Sending, Depends(sending)]
