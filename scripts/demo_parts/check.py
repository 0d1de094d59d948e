"""Did the whole chain come through? One look at what each end holds."""

import json
import sqlite3
import statistics
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True)
class Told:
    """What the unit printed: one JSON line a committed sighting, and a last one about the run."""

    outcomes: Counter[str]
    recognised: Counter[str]
    """Sightings by person reference."""
    commit_ms: list[float]
    frames: int


@dataclass(frozen=True)
class Result:
    frames: int
    recognised: dict[str, int]
    unknown: int
    events_stored: int
    messages_delivered: int
    capture_to_commit_ms_p95: float | None
    capture_to_delivery_ms_p95: float | None


def listen(lines: Iterable[str]) -> Told:
    told = Told(Counter(), Counter(), [], 0)
    frames = 0
    for line in lines:
        said = json.loads(line)
        if "outcome" not in said:
            frames = said["frames"]
            continue
        told.outcomes[said["outcome"]] += 1
        told.commit_ms.append(said["capture_to_commit_ms"])
        if said.get("person"):
            told.recognised[said["person"]] += 1
    return replace(told, frames=frames)


def stored(database: Path) -> int:
    """Sightings that the service has committed."""
    with sqlite3.connect(database) as connection:
        count: int = connection.execute("SELECT count(*) FROM observation").fetchone()[0]
        return count


def heard_of_unit(database: Path) -> bool:
    """Has a heartbeat come all the way, so that the next sighting will?"""
    with sqlite3.connect(database) as connection:
        return connection.execute("SELECT 1 FROM device WHERE heartbeat_at IS NOT NULL").fetchone() is not None


def delivery_ms(database: Path) -> list[float]:
    """From the camera to the provider's word that it has the message, for each message."""
    with sqlite3.connect(database) as connection:
        rows = connection.execute("SELECT happened_at, sent_at FROM message WHERE sent_at IS NOT NULL").fetchall()
    return [(datetime.fromisoformat(sent) - datetime.fromisoformat(seen)).total_seconds() * 1000 for seen, sent in rows]


def p95(values: list[float]) -> float | None:
    if len(values) < 2:
        return round(values[0], 1) if values else None
    return round(statistics.quantiles(values, n=20, method="inclusive")[18], 1)


def missing(result: Result, *, committed: int, composed: bool) -> list[str]:
    """What a person should look into; empty when all is well."""
    problems: list[str] = []
    if not result.frames:
        problems.append("the unit saw no frame")
    if result.events_stored != committed:
        problems.append(f"the unit committed {committed} sightings, the service has {result.events_stored}")
    if composed and not result.recognised:
        problems.append("nobody was recognised")
    if composed and not result.unknown:
        problems.append("the stranger was not noticed")
    if result.recognised and not result.messages_delivered:
        problems.append("no message reached a parent")
    return problems


def as_json(result: Result) -> str:
    return json.dumps(asdict(result), ensure_ascii=False)
