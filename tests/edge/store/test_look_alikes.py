import apsw
import pytest

from edge.store.look_alikes import Linked, LinkedBy, LookAlikes
from edge.store.roster import Roster

CLOUD, CALIBRATION, STAFF = LinkedBy.CLOUD, LinkedBy.CALIBRATION, LinkedBy.STAFF


@pytest.fixture
def linked(database: apsw.Connection) -> LookAlikes:
    return LookAlikes(database)


def test_a_pair_is_one_pair_whichever_way_round_it_is_named(linked: LookAlikes):
    linked.replace(CLOUD, [("hs-2", "hs-1"), ("hs-1", "hs-2"), ("hs-3", "hs-3")])
    linked.link(STAFF, "hs-1", "hs-2")
    assert linked.pairs() == [Linked("hs-1", "hs-2", (CLOUD, STAFF))]
    assert linked.mates() == {"hs-1": {"hs-2"}, "hs-2": {"hs-1"}}


def test_each_source_replaces_what_it_said_and_nothing_else(linked: LookAlikes):
    linked.replace(CLOUD, [("hs-1", "hs-2")])
    linked.replace(CALIBRATION, [("hs-1", "hs-3")])
    linked.replace(CALIBRATION, [("hs-4", "hs-3")])
    assert [(pair.one, pair.other) for pair in linked.pairs()] == [("hs-1", "hs-2"), ("hs-3", "hs-4")]
    assert linked.unlink("hs-4", "hs-3")
    assert not linked.unlink("hs-2", "hs-1"), "what the cloud named, the cloud takes back"
    assert linked.mates() == {"hs-1": {"hs-2"}, "hs-2": {"hs-1"}}


def test_a_change_takes_effect_at_once_and_whoever_leaves_takes_their_links(
    linked: LookAlikes, database: apsw.Connection
):
    roster = Roster(database, bytes(32))
    before = roster.version()
    linked.link(STAFF, "hs-1", "hs-2")
    assert roster.version() > before
    roster.replace({"hs-2": []})
    assert linked.mates() == {}
