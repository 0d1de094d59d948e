from collections import deque
from datetime import UTC, datetime
from itertools import repeat
from pathlib import Path

import apsw
import pytest

from edge.clock import SystemClock
from edge.contract import SetAside
from edge.errors import Unavailable
from edge.store.db import changed, connect
from edge.store.outbox import Outbox
from tests.edge.sightings import SEVEN_THIRTY, sighting_of

EVERYTHING = 2**62


def people(outbox: Outbox) -> list[str | None]:
    return [sighting.person for sighting in outbox.read(after=0, upto=EVERYTHING, limit=1000)]


def test_what_was_appended_is_read_in_order(outbox: Outbox):
    for name in ("hs-1", "hs-2", "hs-3"):
        outbox.append(sighting_of(name))
    assert people(outbox) == ["hs-1", "hs-2", "hs-3"]


def test_another_connection_sees_it_as_soon_as_append_returns(outbox: Outbox, tmp_path: Path):
    connection = connect(tmp_path)
    reader = Outbox(connection, SystemClock())
    before = changed(connection)
    outbox.append(sighting_of("hs-1"))
    assert changed(connection) != before
    assert people(reader) == ["hs-1"]


def test_a_row_leaves_only_when_it_is_released(outbox: Outbox):
    kept = outbox.append(sighting_of("hs-1"))
    gone = outbox.append(sighting_of("hs-2"))
    outbox.release([gone.seq, gone.seq, 999_999])
    assert people(outbox) == ["hs-1"]
    assert kept.seq < gone.seq


def test_a_seq_is_never_given_twice_even_when_every_row_is_gone(outbox: Outbox, tmp_path: Path):
    first = outbox.append(sighting_of("hs-1"))
    second = outbox.append(sighting_of("hs-2"))
    outbox.release([first.seq, second.seq])
    reopened = Outbox(connect(tmp_path), SystemClock())
    third = reopened.append(sighting_of("hs-3"))
    assert first.seq < second.seq < third.seq


def test_a_failed_append_leaves_nothing_and_wastes_no_seq(outbox: Outbox):
    with pytest.raises(ValueError, match="person"):
        outbox.append(sighting_of("a name with spaces"))
    assert people(outbox) == []
    assert outbox.append(sighting_of("hs-1")).seq == outbox.last_seq()


def test_a_full_disk_is_said_and_nothing_is_half_written(outbox: Outbox, database: apsw.Connection):
    outbox.append(sighting_of("hs-1"))
    database.pragma("max_page_count", 1)  # SQLite then answers as on a full disk
    with pytest.raises(Unavailable, match="disk full"):
        deque(map(outbox.append, repeat(sighting_of("hs-2"), 1000)))
    committed = len(people(outbox))
    database.pragma("max_page_count", 2**30)
    outbox.append(sighting_of("hs-3"))
    assert len(people(outbox)) == committed + 1


def test_what_the_cloud_could_not_use_is_kept_for_a_person(outbox: Outbox, database: apsw.Connection):
    refused = outbox.append(sighting_of("hs-1"))
    outbox.release([], [SetAside(seq=refused.seq, reason="outcome: ghost")])
    assert people(outbox) == []
    assert outbox.counts().set_aside == 1
    rows = database.execute("SELECT seq, reason, sighting FROM set_aside").fetchall()
    assert rows[0][:2] == (refused.seq, "outcome: ghost")
    assert "hs-1" in rows[0][2]


def test_a_row_that_cannot_be_read_does_not_hold_up_the_others(outbox: Outbox, database: apsw.Connection):
    rotten = outbox.append(sighting_of("hs-1"))
    outbox.append(sighting_of("hs-2"))
    database.execute('UPDATE outbox SET sighting = \'{"outcome": "ghost"}\' WHERE seq = ?', (rotten.seq,))
    assert people(outbox) == ["hs-2"]
    assert outbox.counts().set_aside == 1


def test_the_counts_say_how_much_waits_and_since_when(outbox: Outbox):
    assert (outbox.counts().backlog, outbox.counts().oldest) == (0, None)
    outbox.append(sighting_of("hs-1"))
    outbox.append(sighting_of("hs-2"))
    assert (outbox.counts().backlog, outbox.counts().oldest) == (2, SEVEN_THIRTY)


def test_a_new_database_starts_above_every_seq_of_the_card_that_it_replaces(tmp_path: Path):
    before = Outbox(connect(tmp_path / "old card"), SystemClock())
    used = [before.append(sighting_of("hs-1")).seq for _ in range(20)][-1]

    class Later(SystemClock):
        def now(self) -> datetime:
            return datetime(2099, 1, 1, tzinfo=UTC)

    after = Outbox(connect(tmp_path / "new card"), Later())
    assert used < after.append(sighting_of("hs-2")).seq < 2**53


def test_with_a_clock_that_stands_in_1970_two_new_databases_still_differ(tmp_path: Path):
    class Untrusted(SystemClock):
        def __init__(self) -> None:
            super().__init__(trusted_from=datetime(2999, 1, 1, tzinfo=UTC))

    starts = {Outbox(connect(tmp_path / str(card)), Untrusted()).last_seq() for card in range(5)}
    assert len(starts) == 5
