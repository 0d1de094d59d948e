from datetime import UTC, datetime
from uuid import UUID

import apsw

from edge.contract import CameraState, ClockReading, LivenessState
from edge.store import vital_signs
from edge.store.vital_signs import FRESH_S, VitalSigns


class Hands:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.boot_id, self.seconds = UUID(int=1), 100.0

    def now(self) -> datetime:
        return datetime(2026, 11, 16, tzinfo=UTC)

    def monotonic_s(self) -> float:
        return self.seconds

    def reading(self) -> ClockReading:
        return ClockReading(boot_id=self.boot_id, monotonic_ms=int(self.seconds * 1000), trusted=True)


SIGNS = VitalSigns(CameraState.OK, 24.5, missed_frames=3, missed_looks=1, liveness=LivenessState.MISSING)


def test_the_recognisers_signs_are_read_while_it_lives(database: apsw.Connection):
    clock = Hands()
    vital_signs.write(database, SIGNS, clock)
    clock.seconds += FRESH_S
    assert vital_signs.read(database, clock) == SIGNS


def test_a_recogniser_that_died_has_none(database: apsw.Connection):
    clock = Hands()
    vital_signs.write(database, SIGNS, clock)
    clock.seconds += FRESH_S + 1
    assert vital_signs.read(database, clock) == VitalSigns()


def test_signs_of_an_earlier_boot_do_not_count(database: apsw.Connection):
    clock = Hands()
    vital_signs.write(database, SIGNS, clock)
    clock.boot_id, clock.seconds = UUID(int=2), 100.0
    assert vital_signs.read(database, clock) == VitalSigns()


def test_before_the_first_start_there_are_none(database: apsw.Connection):
    assert vital_signs.read(database, Hands()) == VitalSigns()
