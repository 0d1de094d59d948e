"""What is known of a day comes late and in pieces, and the register is brought up to date between them: in the end it
says the same as of a day that was known at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from uuid import UUID

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from cloud.attendance import schedule
from cloud.attendance.desk import Word, ask_for_leave, decide_on_leave, overrule
from cloud.attendance.ingest import ingest
from cloud.attendance.leave.facts import ClaimState, Stretch
from cloud.attendance.noting import note_leave
from cloud.attendance.reading import Delivery
from cloud.attendance.register import entry_queries
from cloud.attendance.register.facts import Permission, Presence
from cloud.kit.db import Database
from cloud.people.tables import Guardian, Guardianship
from cloud.school.calendar.facts import HalfDay
from edge.contract import Direction, Outcome
from tests.cloud.schoolhouse import MONDAY, at
from tests.cloud.small_school import WINDOW, SmallSchool, batch, sighting

EVENING = "19:00"
DRAWN = settings(
    max_examples=10, derandomize=True, deadline=None, database=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """By a unit; in doubt between two pupils, if `alike`; at no moment that is known, unless its clock is trusted."""

    minute: int
    direction: Direction | None
    alike: bool
    trusted: bool


@dataclass(frozen=True)
class Leave:
    """Written down by the school."""

    half: HalfDay


@dataclass(frozen=True)
class Asked:
    """For leave, by the family."""

    half: HalfDay


@dataclass(frozen=True)
class Decided:
    """By the school, on what the family asked for."""

    after: ClaimState


@dataclass(frozen=True)
class Said:
    """By a person, of a half-day; None takes back what was said."""

    half: HalfDay
    presence: Presence | None
    late_minutes: int


Piece = Seen | Leave | Asked | Decided | Said
HALVES = st.sampled_from(HalfDay)
SEEN = st.builds(
    Seen, st.integers(0, 10 * 60), st.sampled_from([None, *Direction]), st.sampled_from([False] * 4 + [True]),
    st.sampled_from([True] * 5 + [False]),
)  # fmt: skip
NOTED = st.lists(st.builds(Leave, HALVES), max_size=1)
DECISIONS = st.sampled_from(
    [(), (ClaimState.APPROVED,), (ClaimState.REJECTED,), (ClaimState.APPROVED, ClaimState.REJECTED),
     (ClaimState.REJECTED, ClaimState.APPROVED)]
)  # fmt: skip
ASKED = st.tuples(st.builds(Asked, HALVES), DECISIONS).map(lambda both: [both[0], *(Decided(one) for one in both[1])])
SAID = st.builds(Said, HALVES, st.sampled_from([None, Presence.PRESENT, Presence.ABSENT]), st.sampled_from([0, 0, 7]))
PIECES = st.tuples(
    st.lists(SEEN, max_size=5, unique_by=lambda one: one.minute),
    st.one_of(NOTED, ASKED),
    st.lists(SAID, max_size=2),
).map(lambda kinds: [piece for kind in kinds for piece in kind])


@st.composite
def as_it_arrives(draw: st.DrawFn) -> tuple[list[Piece], list[Piece], list[bool]]:
    """The pieces of a day; the same in another order, some of what units saw twice; where the register is brought up to
    date. What people say of a half-day or of a request stays in its order: the last word counts."""
    known = draw(PIECES)
    seen_again = [one for one in known if isinstance(one, Seen) and draw(st.booleans())]
    arrives: list[Piece] = draw(st.permutations([*known, *seen_again]))
    for kinds in (Said, Asked | Decided):
        in_order = iter([one for one in known if isinstance(one, kinds)])
        arrives = [next(in_order) if isinstance(one, kinds) else one for one in arrives]
    return known, arrives, draw(st.lists(st.booleans(), min_size=len(arrives), max_size=len(arrives)))


class Day:
    """One school day: what is known of a pupil comes in, by what the pupil's clock shows in the evening."""

    def __init__(self, database: Database, school: SmallSchool, number: int) -> None:
        self._database, self._school = database, school
        self.day = MONDAY + timedelta(days=number // 5 * 7 + number % 5)
        self._now = at(EVENING, self.day)
        self._seqs: dict[tuple[UUID, Seen], int] = {}
        self._requests: dict[UUID, UUID] = {}
        """By pupil."""

    def comes(self, pupil: UUID, pieces: Sequence[Piece], refreshed: Sequence[bool]) -> None:
        for piece, refresh in zip(pieces, refreshed, strict=True):
            self._now += timedelta(seconds=1)
            self._comes(pupil, piece)
            if refresh:
                self.refresh()

    def refresh(self) -> None:
        self._now += timedelta(seconds=1)
        schedule.refresh(self._database, self._school.id, self._now)

    def ends(self, pupil: UUID) -> dict[HalfDay, tuple[Presence, int, int, Permission | None, bool]]:
        with self._database.reading() as session:
            entries = entry_queries.entries_of(session, [pupil], self.day)
        return {
            half: (one.status.presence, one.status.late_minutes, one.status.left_early_minutes, one.status.permission,
                   one.status.by_person)
            for (_, half), one in entries.items()
        }  # fmt: skip

    def _comes(self, pupil: UUID, piece: Piece) -> None:
        match piece:
            case Seen():
                self._seen(pupil, piece)
            case Leave():
                with self._database.writing() as session:
                    note_leave(session, self._school.alice, pupil, self._stretch(piece.half), "ốm", told_by="mẹ",
                               told_at=self._now, now=self._now)  # fmt: skip
            case Asked():
                with self._database.writing() as session:
                    asked = ask_for_leave(session, self._school.bob, pupil, self._stretch(piece.half), "ốm", self._now)
                self._requests[pupil] = asked.id
            case Decided():
                with self._database.writing() as session:
                    decide_on_leave(session, self._school.alice, self._requests[pupil], piece.after, now=self._now)
            case Said():
                late = piece.late_minutes if piece.presence is Presence.PRESENT else 0
                word = Word(pupil, piece.presence, late_minutes=late)
                with self._database.writing() as session:
                    overrule(session, self._school.alice, self.day, piece.half, [word], reason="thấy em", now=self._now)

    def _stretch(self, half: HalfDay) -> Stretch:
        return Stretch(self.day, half, self.day, half)

    def _seen(self, pupil: UUID, piece: Seen) -> None:
        seq = self._seqs.setdefault((pupil, piece), next(NUMBERS))
        moment = at("06:40", self.day) + timedelta(minutes=piece.minute)
        asks = {"outcome": Outcome.ASK, "candidates": (str(pupil),)} if piece.alike else {}
        one = sighting(seq, None if piece.alike else pupil, at=moment, direction=piece.direction, trusted=piece.trusted,
                       **asks)  # fmt: skip
        ingest(self._database, [Delivery("gate-1", batch(one))], clock=self._clock, window=WINDOW)

    def _clock(self) -> datetime:
        return self._now


NUMBERS = count(1)


def test_pieces_in_any_order_end_in_the_register_of_a_day_that_was_known_at_once(
    database: Database, a_school: SmallSchool
) -> None:
    days = count()
    with database.writing() as session:
        bob = session.scalars(select(Guardian.id).where(Guardian.user_id == a_school.bob.user_id)).one()
        session.add(Guardianship(guardian_id=bob, student_id=a_school.minh))

    @DRAWN
    @given(as_it_arrives())
    def holds(drawn: tuple[list[Piece], list[Piece], list[bool]]) -> None:
        known, arrives, refreshed = drawn
        day = Day(database, a_school, next(days))
        day.comes(a_school.lan, arrives, refreshed)
        day.comes(a_school.minh, known, [False] * len(known))
        day.refresh()
        assert set(at_once := day.ends(a_school.minh)) == set(HalfDay)
        assert day.ends(a_school.lan) == at_once

    holds()
