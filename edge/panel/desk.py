"""What the panel can be asked for. Each thread of the server has its own connections to SQLite."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import TypeVar

import apsw

from edge.clock import SCHOOL_TIME, Clock
from edge.contract import Direction
from edge.errors import Rejected, Unavailable
from edge.identity.files import identity
from edge.panel.metrics import metrics
from edge.panel.screen import Screen, ScreenReader
from edge.settings import EdgeSettings
from edge.store import held, questions
from edge.store.db import connect
from edge.store.delivered_keys import DeliveredKeys
from edge.store.live import LiveBoard
from edge.store.outbox import Outbox
from edge.store.people import People
from edge.store.reserve import Reserve
from edge.store.review import Review
from edge.store.told import told_settings

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DeskSettings:
    data_dir: Path
    live_folder: Path
    key: bytes
    own: EdgeSettings
    """What the cloud set comes over these, from the next look on."""


class Desk:
    def __init__(self, settings: DeskSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._own = threading.local()

    def screen(self) -> Screen:
        return self._mine("reader", self._make_reader).read()

    def metrics(self) -> bytes:
        connection = self._connection()
        data_dir = self._settings.data_dir
        return metrics(connection, self._outbox(), identity(data_dir), data_dir, self._clock)

    def lists(self) -> dict[str, object]:
        """Everybody by class, and what can still be undone. For the guard only."""
        classes: dict[str, list[dict[str, str]]] = {}
        for card in self._people().everybody():
            classes.setdefault(card.class_name, []).append({"person": card.person, "name": card.full_name})
        waiting = [
            {"held": one.id, "person": one.person, "left_s": round(one.left_s, 1)}
            for one in held.waiting(self._connection(), self._clock)
        ]
        return {"classes": classes, "waiting": waiting}

    def waiting(self) -> dict[str, object]:
        """Who waits for staff: faces that only a second factor tells apart, and faces that gave no name."""
        faces = [
            {
                "item": one.id, "outcome": one.outcome, "at": f"{one.captured_at.astimezone(SCHOOL_TIME):%H:%M}",
                "candidates": self._named(one.candidates), "verdict": one.verdict,
                "name": self._name(one.person) if one.person else "", "left_s": ceil(one.left_s),
            }
            for one in self._review().items()
            if one.verdict is None or one.left_s > 0
        ]  # fmt: skip
        # Told by a tap already; it waits only until the tap can no longer be taken back.
        marked = {one.person for one in held.waiting(self._connection(), self._clock)}
        asked = [
            {"question": one.id, "candidates": self._named(one.people), "left_s": ceil(max(0.0, one.left_s))}
            for one in questions.waiting(self._connection(), self._clock)
            if not marked & set(one.people)
        ]
        return {"questions": asked, "faces": faces}

    def picture(self, item: int) -> bytes | None:
        """A JPEG; None for a face that is not kept any more."""
        shot = self._review().shot(item)
        return shot.picture if shot else None

    def assign(self, item: int, person: str) -> None:
        """Raises Rejected, as the next two do, for what cannot be."""
        self._review().assign(item, person)

    def dismiss(self, item: int) -> None:
        self._review().dismiss(item)

    def take_back(self, item: int) -> str:
        return self._review().undo(item)

    def erase_expired(self) -> int:
        """Faces whose time is over, whether or not the recogniser runs."""
        return self._review().erase_expired()

    def mark(self, person: str) -> int:
        """Check somebody in by hand. Raises Rejected for a person whom the unit does not know, Unavailable."""
        if self._people().card(person) is None:
            raise Rejected("this person is not on this unit's list")
        try:
            return held.hold(self._connection(), person, self._clock)
        except Unavailable:
            if not Reserve(self._settings.data_dir).give_up():
                raise
            return held.hold(self._connection(), person, self._clock)

    def undo(self, number: int) -> bool:
        return held.undo(self._connection(), number)

    def release_due(self) -> int:
        direction = told_settings(self._connection(), self._settings.own).direction
        wanted = None if direction == "both" else Direction(direction)
        return held.release_due(self._connection(), self._outbox(), self._clock, wanted)

    def _connection(self) -> apsw.Connection:
        return self._mine("connection", lambda: connect(self._settings.data_dir))

    def _outbox(self) -> Outbox:
        return self._mine("outbox", lambda: Outbox(self._connection(), self._clock))

    def _people(self) -> People:
        return self._mine("people", lambda: People(self._connection(), self._settings.key, self._names_key))

    def _names_key(self, key_id: str) -> bytes | None:
        return DeliveredKeys(self._settings.own.briefing_keys).get(key_id)

    def _review(self) -> Review:
        key, own = self._settings.key, self._settings.own
        return self._mine("review", lambda: Review(self._connection(), key, self._clock,
                          keep_s=own.review_hours * 3600, max_bytes=own.review_mb * 2**20))  # fmt: skip

    def _named(self, people: Sequence[str]) -> list[dict[str, str]]:
        return [{"person": person, "name": self._name(person)} for person in people]

    def _name(self, person: str) -> str:
        """The reference of whoever has no card."""
        card = self._people().card(person)
        return f"{card.full_name} ({card.class_name})" if card else person

    def _make_reader(self) -> ScreenReader:
        return ScreenReader(
            self._connection(),
            LiveBoard(self._settings.live_folder),
            self._people(),
            self._clock,
            settings=self._settings.own,
        )

    def _mine(self, name: str, make: Callable[[], T]) -> T:
        """This thread's own, made when it is first asked for."""
        if not hasattr(self._own, name):
            setattr(self._own, name, make())
        found: T = getattr(self._own, name)
        return found
