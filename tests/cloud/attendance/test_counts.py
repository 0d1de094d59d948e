"""How classes stand and what families read, on both databases."""

from cloud.attendance.counting_classes import read_standing
from cloud.attendance.desk import Word, overrule
from cloud.attendance.family_words import Reads, family_halves
from cloud.attendance.queries.board import changed_since
from cloud.attendance.register.facts import Permission, Presence
from cloud.attendance.register.family_queries import own_halves
from cloud.kit.db import Database
from cloud.school.calendar.facts import HalfDay
from tests.cloud.attendance.register.test_keeping import arrive, refresh
from tests.cloud.schoolhouse import MONDAY, at
from tests.cloud.small_school import SmallSchool, add_pupils, sighting

MORNING, AFTERNOON = HalfDay.MORNING, HalfDay.AFTERNOON


def test_the_gate_the_register_and_a_person_make_one_count(database: Database, a_school: SmallSchool) -> None:
    with database.writing() as session:
        add_pupils(session, a_school, 1)
    arrive(database, sighting(1, a_school.lan, at=at("07:38")), now=at("07:38"))
    refresh(database, a_school, at("07:50"))
    with database.writing() as session:
        word = Word(a_school.minh, Presence.ABSENT, permission=Permission.PERMITTED)
        overrule(session, a_school.alice, MONDAY, MORNING, [word], reason="Ốm", now=at("07:51"))
    with database.reading() as session:
        standing = read_standing(session, a_school.id, at("07:52"))
        [one] = standing.classes
        changed = {change.student_id for change in changed_since(session, [a_school.id], MONDAY, at("07:50:30"))}
    assert (standing.half, standing.calls) == (MORNING, ())
    assert (one.pupils, one.arrived, one.present, one.late) == (3, 1, 1, 1)
    assert (one.permitted, one.not_permitted, one.asked) == (1, 1, 0)
    assert changed == {a_school.minh}


def test_a_family_reads_its_own_half_days_in_order(database: Database, a_school: SmallSchool) -> None:
    with database.writing() as session:
        words = [Word(a_school.lan, Presence.PRESENT, late_minutes=12)]
        overrule(session, a_school.alice, MONDAY, MORNING, words, reason="Điểm danh", now=at("07:42"))
    refresh(database, a_school, at("14:00"))
    with database.reading() as session:
        found = own_halves(session, [a_school.lan], MONDAY)
    assert found.keys() == {a_school.lan}
    first, second = family_halves(found[a_school.lan][MONDAY], is_today=True)
    assert (first.half, first.reads, first.at, first.late_minutes) == (MORNING, Reads.MARKED_PRESENT, at("07:42"), 12)
    assert (second.half, second.reads) == (AFTERNOON, Reads.PRESENT)
