"""The months that PostgreSQL keeps sightings, days and the register in, each a table of its own in the schema `months`.

SQLite has none: every function does nothing there.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

AHEAD = 3
"""So many months are there before they begin."""
OLDEST = 12 * 6
"""What is of longer ago belongs to no month: a clock that was wrong."""
_TURN = 7_305_061_412


@dataclass(frozen=True, slots=True)
class InMonths:
    table: str
    column: str
    of_moments: bool
    """Months of moments begin and end in UTC."""

    @property
    def others(self) -> str:
        return f"months.{self.table}_other"

    @property
    def day(self) -> str:
        return f"{self.column} AT TIME ZONE 'UTC'" if self.of_moments else self.column

    def bound(self, day: date) -> str:
        return f"'{day} 00:00+00'" if self.of_moments else f"'{day}'"


SIGHTINGS = InMonths("observation", "filed_at", of_moments=True)
ALL = (
    SIGHTINGS,
    *(InMonths(table, "day", of_moments=False) for table in ("presence", "register_entry", "register_change")),
)


def make_ahead(session: Session, now: datetime) -> list[str]:
    """Make what is missing of the coming months, and of those of which rows wait among the others; returns which.

    Raises Unavailable where somebody uses the tables for longer: the next round is early enough.
    """
    if not _take_turn(session):
        return []
    made = []
    for one in ALL:
        for month in sorted(_coming(now) | _of_others(session, one, now)):
            name = f"{one.table}_{month:%Y_%m}"
            if session.scalar(text("SELECT to_regclass(:name)"), {"name": f"months.{name}"}) is None:
                _make(session, one, name, month)
                made.append(name)
    return made


def drop_before(session: Session, before: datetime) -> list[str]:
    """Whole months of sightings that end before then, with their tables; returns which."""
    if not _take_turn(session):
        return []
    bounds = text("""
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = to_regclass(:table) AND c.relname < :first AND c.relname ~ '_[0-9]{4}_[0-9]{2}$'
        ORDER BY c.relname
    """)
    first = f"{SIGHTINGS.table}_{before.astimezone(UTC):%Y_%m}"
    gone = list(session.scalars(bounds, {"table": SIGHTINGS.table, "first": first}))
    for name in gone:
        session.execute(text(f"DROP TABLE months.{name}"))
    return gone


def _take_turn(session: Session) -> bool:
    """One worker at a time; and rather not at all than that a unit's report waits behind us."""
    if session.get_bind().dialect.name == "sqlite":
        return False
    session.execute(text("SET LOCAL lock_timeout = '500ms'"))
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _TURN})
    return True


def _coming(now: datetime) -> set[date]:
    return {_month_after(now.astimezone(UTC).date(), number) for number in range(AHEAD + 1)}


def _of_others(session: Session, one: InMonths, now: datetime) -> set[date]:
    """Months that nobody made in time, or that a restored back-up has."""
    oldest, newest = (_month_after(now.astimezone(UTC).date(), number) for number in (-OLDEST, AHEAD))
    found = session.scalars(text(f"SELECT DISTINCT date_trunc('month', {one.day})::date FROM {one.others}"))  # noqa: S608
    return {month for month in found if oldest <= month <= newest}


def _make(session: Session, one: InMonths, name: str, month: date) -> None:
    begins, ends = one.bound(month), one.bound(_month_after(month, 1))
    of_month = f"{one.column} >= {begins} AND {one.column} < {ends}"
    moved = f"DELETE FROM {one.others} WHERE {of_month} RETURNING *"  # noqa: S608
    for statement in (
        f"CREATE TABLE months.{name} (LIKE {one.table} INCLUDING DEFAULTS)",
        f"LOCK TABLE {one.others} IN ACCESS EXCLUSIVE MODE",
        f"WITH moved AS ({moved}) INSERT INTO months.{name} TABLE moved",
        f"ALTER TABLE {one.table} ATTACH PARTITION months.{name} FOR VALUES FROM ({begins}) TO ({ends})",
    ):
        session.execute(text(statement))


def _month_after(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)
