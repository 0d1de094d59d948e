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
"""How often it is looked, without a change, whether the reader is still signed in."""


def version(parts: Parts) -> str:
    """A name for exactly this state; the event's id, so that a reader who comes back says what they have."""
    return sha256("\0".join(f"{name}\0{html}" for name, html in parts.items()).encode()).hexdigest()[:16]


class Listener(Protocol):
    async def changed(self, within_s: float) -> bool:
        """Returns when there may be news, and after `within_s` at the latest; says which."""


Listen = Callable[[], AbstractContextManager[Listener]]


def stream(
    read: Callable[[], Parts | None],
    listen: Listen,
    seen: str | None,
    *,
    holds: Callable[[], bool],
    idle_ticks: int,
) -> EventSourceResponse:
    """`read` gives the reader's state now, or None once they may not see it any more; `holds` says whether their
    session does. Both run in a thread.

    `seen` is the version that the reader has, if any: nothing is sent while it is the newest. After `idle_ticks`
    without a change the state is read all the same: not everything that it shows is told of.
    """
    return EventSourceResponse(_events(read, listen, seen, holds, idle_ticks))


async def _events(
    read: Callable[[], Parts | None], listen: Listen, seen: str | None, holds: Callable[[], bool], idle_ticks: int
) -> AsyncIterator[ServerSentEvent]:
    have: Parts = {}
    with listen() as listener:
        while True:
            parts = await run_in_threadpool(read)
            if parts is None:
                break
            now = version(parts)
            if now != seen:
                news = {name: html for name, html in parts.items() if have.get(name) != html}
                yield ServerSentEvent(data=_partials(news), id=now)
            seen, have = now, parts
            if not await _wait(listener, holds, idle_ticks):
                break
        yield ServerSentEvent(event=ENDED, data="")


async def _wait(listener: Listener, holds: Callable[[], bool], idle_ticks: int) -> bool:
    """Until it is time to read; False once the reader's session has ended."""
    for _ in range(idle_ticks - 1):
        if await listener.changed(TICK_S):
            return True
        if not await run_in_threadpool(holds):
            return False
    await listener.changed(TICK_S)
    return True


def _partials(parts: Parts) -> str:
    """htmx swaps each part into its element and keeps what did not change: focus, scroll, a running animation."""
    return "".join(
        f'<hx-partial hx-target="#{escape(name)}" hx-swap="innerMorph">{html}</hx-partial>'
        for name, html in parts.items()
    )
