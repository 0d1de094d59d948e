"""Alice sees her school, Bob his daughter; Charlie and Dave, of another school, see nothing of either."""

from datetime import date, timedelta

import pytest

from cloud.accounts.access import Actor
from cloud.attendance.feed import ArrivalFeed
from cloud.attendance.ingest import ingest
from cloud.attendance.queries import set_aside, views
from cloud.attendance.reading import Delivery
from cloud.kit.db import Database
from cloud.kit.errors import NotFound
from edge.contract import Outcome, Sighting
from tests.cloud.school import MORNING, WINDOW, SmallSchool, batch, sighting, small_school

TODAY = date(2026, 11, 16)


def send(database: Database, *payloads: bytes, now_s: float = 0) -> None:
    now = MORNING + timedelta(seconds=now_s)
    ingest(database, [Delivery("gate-1", payload) for payload in payloads], clock=lambda: now, window=WINDOW)


def see(database: Database, *sightings: Sighting, now_s: float = 0) -> None:
    send(database, batch(*sightings), now_s=now_s)


@pytest.fixture
def school(database: Database) -> SmallSchool:
    school = small_school(database)
    see(
        database,
        sighting(1, school.lan),
        sighting(2, school.minh, at=MORNING + timedelta(minutes=3)),
        sighting(3, outcome=Outcome.ASK, candidates=(str(school.minh), "hs-404", str(school.stranger))),
        sighting(4, "hs-404"),
    )
    return school


def names(database: Database, actor: Actor) -> list[str]:
    with database.reading() as session:
        return [one.full_name for one in views.latest_arrivals(session, actor, TODAY)]


def test_each_sees_the_arrivals_of_those_who_are_theirs(database: Database, school: SmallSchool) -> None:
    assert names(database, school.alice) == ["Trần Văn Minh", "Nguyễn Thị Lan"]
    assert names(database, school.bob) == ["Nguyễn Thị Lan"]
    assert names(database, school.charlie) == []
    assert names(database, school.dave) == []


def test_one_pupil_s_days_are_shown_to_those_whose_pupil_it_is(database: Database, school: SmallSchool) -> None:
    with database.reading() as session:
        shown = {
            actor.display_name: len(views.arrivals_of(session, actor, school.lan, since=TODAY))
            for actor in (school.alice, school.bob, school.charlie, school.dave)
        }
    assert shown == {"alice": 1, "bob": 1, "charlie": 0, "dave": 0}


def test_classes_are_counted_for_whoever_sees_the_whole_school(database: Database, school: SmallSchool) -> None:
    with database.reading() as session:
        [counted] = views.class_counts(session, school.alice, TODAY)
        [before] = views.class_counts(session, school.alice, TODAY - timedelta(days=1))
        assert views.class_counts(session, school.bob, TODAY) == []
        assert [one.name for one in views.class_counts(session, school.dave, TODAY)] == ["9Z"]
    assert (counted.name, counted.pupils, counted.arrived) == ("1A", 2, 2)
    assert (before.pupils, before.arrived) == (2, 0)


def test_doubt_is_shown_to_staff_alone_and_names_no_pupil_of_another_school(
    database: Database, school: SmallSchool
) -> None:
    with database.reading() as session:
        [doubt] = views.doubts(session, school.alice, TODAY)
        for outsider in (school.bob, school.charlie, school.dave):
            assert views.doubts(session, outsider, TODAY) == []
    assert doubt.candidates == ("Trần Văn Minh",)


def test_unknown_people_and_problems_are_shown_to_their_school(database: Database, school: SmallSchool) -> None:
    send(database, b"nonsense")
    with database.reading() as session:
        [unknown] = views.unknown_people(session, school.alice)
        [problem] = set_aside.open_problems(session, school.alice)
        for outsider in (school.bob, school.charlie, school.dave):
            assert views.unknown_people(session, outsider) == []
            assert set_aside.open_problems(session, outsider) == []
    assert (unknown.device_id, unknown.sightings) == ("gate-1", 1)
    with database.writing() as session:
        for outsider in (school.bob, school.charlie, school.dave):
            with pytest.raises(NotFound):
                set_aside.settle_problem(session, outsider, problem.id, now=MORNING)
        set_aside.settle_problem(session, school.alice, problem.id, now=MORNING)
        assert set_aside.open_problems(session, school.alice) == []


def test_a_feed_gives_each_arrival_once_and_a_corrected_one_again(database: Database, school: SmallSchool) -> None:
    feeds = {actor.display_name: ArrivalFeed(actor, MORNING) for actor in (school.alice, school.bob, school.charlie)}

    def heard() -> dict[str, list[str]]:
        with database.reading() as session:
            return {name: [one.full_name for one in feed.read(session)] for name, feed in feeds.items()}

    assert heard() == {"alice": [], "bob": [], "charlie": []}
    see(database, sighting(5, school.lan, at=MORNING - timedelta(minutes=10)), now_s=2)
    assert heard() == {"alice": ["Nguyễn Thị Lan"], "bob": ["Nguyễn Thị Lan"], "charlie": []}
    see(database, sighting(6, school.lan, at=MORNING + timedelta(minutes=30)), now_s=50)
    assert heard() == {"alice": [], "bob": [], "charlie": []}


def test_a_feed_does_not_miss_what_was_committed_after_something_younger(
    database: Database, school: SmallSchool
) -> None:
    feed = ArrivalFeed(school.alice, MORNING - timedelta(hours=1))
    with database.reading() as session:
        assert len(feed.read(session)) == 2
    see(database, sighting(5, school.lan, at=MORNING - timedelta(minutes=10)), now_s=-3)
    with database.reading() as session:
        assert [one.full_name for one in feed.read(session)] == ["Nguyễn Thị Lan"]
        assert feed.read(session) == []
