"""What the cloud set on this unit: settings, a calibration, and when the bell rings."""

import json
from datetime import date, datetime, timedelta

import apsw

from edge.clock import SCHOOL_TIME
from edge.settings import EdgeSettings


def told_settings(connection: apsw.Connection, own: EdgeSettings) -> EdgeSettings:
    """The unit's own settings with what the cloud set over them; checked when they came (store/briefing.py)."""
    rows = connection.execute("SELECT name, value FROM told_setting").fetchall()
    return own.model_copy(update={str(name): json.loads(str(value)) for name, value in rows})


def told_calibration(connection: apsw.Connection, model: str) -> str | None:
    """The calibration for the embedder `model` that the cloud sent, as JSON; None when there is none for it."""
    found = connection.execute("SELECT calibration FROM told_calibration WHERE model = ?", (model,)).get
    return found if isinstance(found, str) else None


def told(connection: apsw.Connection) -> str:
    """All of both, to see whether it has changed."""
    settings = connection.execute("SELECT name, value FROM told_setting ORDER BY name").fetchall()
    calibrations = connection.execute("SELECT model, calibration FROM told_calibration ORDER BY model").fetchall()
    return repr((settings, calibrations))


def rings(connection: apsw.Connection, now: datetime) -> list[datetime]:
    """Of today, yesterday and tomorrow where the school stands; aware."""
    today = now.astimezone(SCHOOL_TIME).date()
    days = [(today + timedelta(days=offset)).isoformat() for offset in (-1, 0, 1)]
    rows = connection.execute("SELECT day, at FROM ring WHERE day IN (?, ?, ?) ORDER BY day, at", days).fetchall()
    return [datetime.fromisoformat(f"{day}T{at}").replace(tzinfo=SCHOOL_TIME) for day, at in rows]


def last_ring_day(connection: apsw.Connection) -> date | None:
    """How far the bell knows its times."""
    last = connection.execute("SELECT max(day) FROM ring").get
    return date.fromisoformat(last) if isinstance(last, str) else None
