"""What the screen shows this moment, from what SQLite holds. Pure but for the reading."""

from dataclasses import dataclass
from typing import Literal

import apsw

from edge.clock import SCHOOL_TIME, Clock
from edge.contract import CameraState, Method, Outcome
from edge.settings import EdgeSettings
from edge.store import held, questions, uplink_signs, vital_signs
from edge.store.db import whole_number
from edge.store.live import LiveBoard, LiveView
from edge.store.people import People, PersonCard
from edge.store.questions import ANSWER_S
from edge.store.recent import recent
from edge.store.reserve import DiskState, disk_state
from edge.store.told import told_settings

SHOWN_S = 5.0
"""How long a greeting stays."""
QUESTIONS_BELOW = -(2**40)
OFFLINE_AFTER_S = 90.0
"""Three missed heartbeats."""


Greeting = Literal["given_name", "initials", "none"]
Kind = Literal["welcome", "ask", "unknown", "show_card"]

KINDS: dict[Outcome, Kind] = {
    Outcome.IDENTIFIED: "welcome",
    Outcome.ASK: "ask",
    Outcome.UNKNOWN: "unknown",
    Outcome.REFUSED: "ask",
}


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the screen. `number` tells a new one from the one that is shown already."""

    number: int
    kind: Kind
    name: str
    """Empty when nobody is named."""
    temperature: Literal["ok"] | None
    """Who is too warm is asked to see a teacher as others are: without a name, and without a word about it."""
    method: Method
    age_s: float


@dataclass(frozen=True, slots=True)
class Screen:
    time: str
    """HH:MM where the school stands; empty while the clock is not trusted."""
    date: str
    device: str
    camera: CameraState
    disk: DiskState
    online: bool
    backlog: int
    live: LiveView
    happenings: tuple[Happening, ...]
    """Of the last SHOWN_S seconds, the newest first."""


class ScreenReader:
    """One connection each; belongs to one thread."""

    def __init__(
        self,
        connection: apsw.Connection,
        live: LiveBoard,
        people: People,
        clock: Clock,
        *,
        settings: EdgeSettings,
    ) -> None:
        self._connection = connection
        self._live = live
        self._people = people
        self._clock = clock
        self._own = self._settings = settings

    def read(self) -> Screen:
        self._settings = told_settings(self._connection, self._own)
        reading = self._clock.reading()
        local = self._clock.now().astimezone(SCHOOL_TIME)
        silent_s = uplink_signs.silent_s(self._connection, self._clock)
        return Screen(
            time=f"{local:%H:%M}" if reading.trusted else "",
            date=f"{local:%d/%m/%Y}" if reading.trusted else "",
            device=self._settings.device,
            camera=vital_signs.read(self._connection, self._clock).camera,
            disk=disk_state(self._settings.data_dir),
            online=silent_s is not None and silent_s <= OFFLINE_AFTER_S,
            backlog=whole_number(self._connection, "SELECT count(*) FROM outbox"),
            live=self._live.read(self._clock),
            happenings=self._happenings(),
        )

    def _happenings(self) -> tuple[Happening, ...]:
        now = self._clock.reading()
        shown = [
            # Negative: a check-in that may still be undone has no seq yet.
            self._happening(-one.id, "welcome", one.person, None, Method.MANUAL, held.UNDO_S - one.left_s)
            for one in held.waiting(self._connection, self._clock)
        ]
        shown += [
            # Below every check-in: a question has no seq yet either.
            self._happening(QUESTIONS_BELOW - one.id, "show_card", None, None, Method.FACE, ANSWER_S - one.left_s)
            for one in questions.waiting(self._connection, self._clock)
        ]
        for sighting in recent(self._connection):
            if sighting.clock.boot_id == now.boot_id and sighting.method is not Method.MANUAL:
                age_s = (now.monotonic_ms - sighting.clock.monotonic_ms) / 1000
                too_warm = sighting.temperature_c is not None and sighting.temperature_c >= self._settings.fever_c
                shown.append(
                    self._happening(
                        sighting.seq,
                        "ask" if too_warm else KINDS[sighting.outcome],
                        None if too_warm else sighting.person,
                        None if too_warm or sighting.temperature_c is None else "ok",
                        sighting.method,
                        age_s,
                    )
                )
        seen = (one for one in shown if 0 <= one.age_s <= (ANSWER_S if one.kind == "show_card" else SHOWN_S))
        return tuple(sorted(seen, key=lambda one: one.age_s))

    def _happening(
        self,
        number: int,
        kind: Kind,
        person: str | None,
        temperature: Literal["ok"] | None,
        method: Method,
        age_s: float,
    ) -> Happening:
        card = self._people.card(person) if person else None
        return Happening(number, kind, greeted(card, self._settings.panel_greeting), temperature, method, age_s)


def greeted(card: PersonCard | None, greeting: Greeting) -> str:
    """The name as the screen may show it; empty when it may not."""
    if card is None or greeting == "none":
        return ""
    if greeting == "initials":
        return " ".join(f"{part[0]}." for part in card.full_name.split())
    return card.given_name
