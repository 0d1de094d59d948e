"""The poller that all open pages share."""

import asyncio
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from uuid import UUID

from cloud.attendance.live import Changes
from cloud.attendance.queries.board import Change
from cloud.attendance.tables import Presence
from cloud.kit.db import Database
from cloud.kit.ids import new_id
from tests.cloud.small_school import MORNING, SmallSchool, small_school


def write(database: Database, school: SmallSchool, student_id: UUID, changed_at: datetime) -> None:
    with database.writing() as session:
        session.merge(
            Presence(
                student_id=student_id,
                day=date(2026, 11, 16),
                school_id=school.id,
                first_in_at=MORNING,
                first_device_id="gate-1",
                last_seen_at=MORNING,
                last_device_id="gate-1",
                passages=1,
                changed_at=changed_at,
            )
        )


def told(changes: Changes, school: SmallSchool) -> list[UUID]:
    return [change.student_id for change in changes.news(frozenset({school.id}))]


def test_a_change_is_told_once(database: Database) -> None:
    school, now = small_school(database), MORNING
    changes = Changes(database, lambda: now)
    write(database, school, school.lan, MORNING)
    assert told(changes, school) == [school.lan]
    assert told(changes, school) == []
    now += timedelta(seconds=2)
    write(database, school, school.lan, now)
    assert told(changes, school) == [school.lan]


def test_a_transaction_that_began_earlier_and_ended_later_is_not_lost(database: Database) -> None:
    school, now = small_school(database), MORNING
    changes = Changes(database, lambda: now)
    write(database, school, school.lan, MORNING)
    assert told(changes, school) == [school.lan]
    now += timedelta(seconds=3)
    write(database, school, school.minh, MORNING - timedelta(seconds=2))
    assert told(changes, school) == [school.minh]


def test_a_database_that_is_away_for_a_moment_stops_nobody(database: Database) -> None:
    school = small_school(database)

    class Flaky(Changes):
        failures = 1

        def news(self, school_ids: frozenset[UUID]) -> list[Change]:
            if self.failures:
                self.failures -= 1
                raise ConnectionError("the database is away")
            return super().news(school_ids)

    async def listen() -> bool:
        changes = Flaky(database, lambda: MORNING)
        with changes.listen(frozenset({school.id})) as listener:
            watching = asyncio.create_task(changes.run())
            await asyncio.to_thread(write, database, school, school.lan, MORNING)
            heard = await listener.changed(within_s=20)
            watching.cancel()
            return heard

    assert asyncio.run(listen())


def test_a_schools_page_wakes_at_once_and_hundreds_of_families_one_after_the_other(database: Database) -> None:
    school_id, pupils = new_id(), [new_id() for _ in range(200)]
    batches = [[Change(school_id, pupil, MORNING) for pupil in pupils]]

    class Burst(Changes):
        def news(self, school_ids: frozenset[UUID]) -> list[Change]:
            return batches.pop() if batches else []

    async def woken() -> list[tuple[bool, int]]:
        changes, ours = Burst(database, lambda: MORNING), frozenset({school_id})
        with ExitStack() as stack:
            school = stack.enter_context(changes.listen(ours))
            families = [stack.enter_context(changes.listen(ours, frozenset({pupil}))) for pupil in pupils]
            looks = []
            for _ in range(20):
                await changes.tell_once()
                looks.append((await school.changed(0.001), sum([await one.changed(0.001) for one in families])))
            return looks

    looks = asyncio.run(woken())
    assert looks[:2] == [(True, 20), (False, 18)]
    assert sum(families for _, families in looks) == len(pupils)
