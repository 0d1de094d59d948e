from datetime import timedelta
from threading import Thread

from sqlalchemy import func, select

from cloud.accounts.tables import Throttled
from cloud.accounts.throttle import AT_ONCE, EVERY, Throttle
from cloud.kit.db import Database
from tests.cloud.pages.people import Hand


def test_a_guesser_waits_longer_and_longer_and_time_forgives(database: Database) -> None:
    hand = Hand()
    throttle = Throttle(database, hand)
    for _ in range(AT_ONCE):
        assert throttle.wait_s("10.0.0.1", "admin") == 0
        throttle.failed("10.0.0.1", "admin")
    assert throttle.wait_s("10.0.0.1", "admin") == EVERY.total_seconds()
    throttle.failed("10.0.0.1", "admin")
    assert throttle.wait_s("10.0.0.1", "admin") == 2 * EVERY.total_seconds()
    hand.now += 2 * EVERY
    assert throttle.wait_s("10.0.0.1", "admin") == 0
    assert [throttle.wait_s("10.0.0.2", "admin"), throttle.wait_s("10.0.0.1", "parent")] == [0, 0], "nobody else waits"


def test_every_process_counts_what_the_others_have_seen(database: Database) -> None:
    """PostgreSQL adds up what comes at the same moment; on SQLite one writes after the other."""
    hand = Hand()
    processes = [Throttle(database, hand) for _ in range(AT_ONCE)]
    threads = [Thread(target=one.failed, args=("10.0.0.1", "admin")) for one in processes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {one.wait_s("10.0.0.1", "admin") for one in processes} == {EVERY.total_seconds()}
    processes[0].succeeded("10.0.0.1", "admin")
    assert processes[1].wait_s("10.0.0.1", "admin") == 0


def test_what_time_has_forgiven_is_forgotten(database: Database) -> None:
    hand = Hand()
    throttle = Throttle(database, hand)
    for number in range(20):
        throttle.failed("10.0.0.1", str(number))
    hand.now += EVERY + timedelta(seconds=1)
    throttle.failed("10.0.0.1", "another")
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Throttled)) == 1
