"""A page that keeps itself up to date: named parts of it, sent again whenever they differ from what the reader has."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractContextManager
from hashlib import sha256
from typing import Protocol

from markupsafe import Markup, escape
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

Parts = Mapping[str, Markup]
"""HTML by the id of the element that holds it."""

ENDED = "ended"
"""The event by which a page learns that its reader is no longer signed in."""
TICK_S = 15.0
"""How often a page is looked at without a change: a unit may have gone silent, a session may have ended."""


def version(parts: Parts) -> str:
    """A name for exactly this state; the event's id, so that a reader who comes back says what they have."""
    return sha256("\0".join(f"{name}\0{html}" for name, html in parts.items()).encode()).hexdigest()[:16]


class Listener(Protocol):
    async def changed(self, within_s: float) -> bool:
        """Returns when there may be news, and after `within_s` at the latest; says which."""


Listen = Callable[[], AbstractContextManager[Listener]]


def stream(read: Callable[[], Parts | None], listen: Listen, seen: str | None) -> EventSourceResponse:
    """`read` gives the reader's state now, or None once they may not see it any more; it runs in a thread.

    `seen` is the version that the reader has, if any: nothing is sent while it is the newest.
    """
    return EventSourceResponse(_events(read, listen, seen))


async def _events(read: Callable[[], Parts | None], listen: Listen, seen: str | None) -> AsyncIterator[ServerSentEvent]:
    have: Parts = {}
    with listen() as listener:
        while True:
            parts = await run_in_threadpool(read)
            if parts is None:
                yield ServerSentEvent(event=ENDED, data="")
                return
            now = version(parts)
            if now != seen:
                news = {name: html for name, html in parts.items() if have.get(name) != html}
                yield ServerSentEvent(data=_partials(news), id=now)
            seen, have = now, parts
            await listener.changed(TICK_S)


def _partials(parts: Parts) -> str:
    """htmx swaps each part into its element and keeps what did not change: focus, scroll, a running animation."""
    return "".join(
        f'<hx-partial hx-target="#{escape(name)}" hx-swap="innerMorph">{html}</hx-partial>'
        for name, html in parts.items()
    )
