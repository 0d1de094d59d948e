"""A new school year: who goes into which class, who repeats, who has finished. Pure; nothing is done here."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

from cloud.kit.errors import Problem
from cloud.kit.i18n import Phrase, marked, phrase
from cloud.school.calendar.setup_queries import KnownYear
from cloud.setup.month import NamedClass

LAST_GRADES = {"primary": 5, "lower_secondary": 9, "upper_secondary": 12}
"""By the school's level: whoever was in it leaves."""
LONGEST_NAME = 20


@dataclass(frozen=True, slots=True)
class Pupil:
    id: UUID
    code: str
    full_name: str
    class_id: UUID
    last_step: date | None
    """When they came into their class; None: before anything was noted."""


@dataclass(frozen=True, slots=True)
class Years:
    """The one that ends and the one that begins."""

    old: KnownYear
    new: KnownYear


@dataclass(frozen=True, slots=True)
class Move:
    """What becomes of a class."""

    own: NamedClass
    to: str
    """The class's name in the new year; empty: its pupils leave."""
    is_new: bool
    going: tuple[Pupil, ...]
    repeating: tuple[Pupil, ...]
    placed: tuple[Pupil, ...]
    """Came, or moved, after the old year had ended: they are where they belong already."""


@dataclass(frozen=True, slots=True)
class Plan:
    moves: tuple[Move, ...]
    problems: tuple[Problem, ...]

    @property
    def promoted(self) -> int:
        return sum(len(one.going) for one in self.moves if one.to)

    @property
    def leaving(self) -> int:
        return sum(len(one.going) for one in self.moves if not one.to)

    @property
    def repeating(self) -> int:
        return sum(len(one.repeating) for one in self.moves)

    @property
    def placed(self) -> int:
        return sum(len(one.placed) for one in self.moves)

    @property
    def new_classes(self) -> list[tuple[str, int]]:
        """Name and grade of each."""
        return sorted({(one.to, one.own.grade + 1) for one in self.moves if one.is_new and one.going})

    @property
    def fingerprint(self) -> str:
        """The same only for the same pupils going to the same classes: what was shown is what is carried out."""
        said = [f"{one.id}>{move.to}" for move in self.moves for one in move.going]
        return sha256("\n".join(said).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that one pupil took with everybody."""

    id: UUID
    student_id: UUID
    from_class_id: UUID | None
    to_class_id: UUID | None
    """None: left."""


@dataclass(frozen=True, slots=True)
class Done:
    """A roll-over as it was carried out, and what has happened since."""

    by: UUID | None
    by_name: str
    at: datetime
    steps: tuple[Taken, ...]
    steps_since: int
    """Of the school's pupils, whoever took them."""
    roll_taken: bool

    @property
    def pupils(self) -> int:
        return len(self.steps)

    @property
    def left(self) -> int:
        return sum(one.to_class_id is None for one in self.steps)

    @property
    def classes(self) -> int:
        """Into which they go back."""
        return len({one.from_class_id for one in self.steps})


def years_around(years: Iterable[KnownYear], today: date) -> Years | None:
    """The year that is now or comes next, and the one before it; None while there are no two."""
    known = sorted(years, key=lambda one: one.span.first)
    new = next((one for one in known if one.span.last >= today and one is not known[0]), None)
    return Years(known[known.index(new) - 1], new) if new else None


def reason(years: Years) -> str:
    """What stands in the history of whoever goes up."""
    return f"Lên lớp, năm học {years.new.name}"


def leaving_reason(years: Years) -> str:
    """The same of whoever has finished."""
    return f"Hết cấp, năm học {years.old.name}"


def hindrance(done: Done, asks: UUID) -> Phrase | None:
    """Why it is no longer, or not by this user, taken back as a whole; None: it can be."""
    if done.by != asks:
        return phrase(marked("Only the one who did it can take it back as a whole: %(name)s."), name=done.by_name)
    if done.roll_taken:
        return phrase(marked("It can no longer be taken back as a whole: a roll has been taken since."))
    if done.steps_since:
        says = marked("It can no longer be taken back as a whole: %(steps)s pupils have come, moved or left since.")
        return phrase(says, steps=done.steps_since)
    return None


def next_name(own: NamedClass, last_grade: int) -> str:
    """1A becomes 2A. Empty for the last grade, and for a name that does not say its grade."""
    if own.grade >= last_grade or not own.name.startswith(str(own.grade)):
        return ""
    return f"{own.grade + 1}{own.name.removeprefix(str(own.grade))}"


def plan(
    classes: Sequence[NamedClass],
    pupils: Iterable[Pupil],
    targets: Mapping[UUID, str],
    repeating: Collection[str],
    old_year_ended: date,
    last_grade: int,
) -> Plan:
    """`targets`: the name of the class that each class becomes; `repeating`: codes of pupils."""
    by_class: dict[UUID, list[Pupil]] = {}
    codes = set()
    for pupil in pupils:
        by_class.setdefault(pupil.class_id, []).append(pupil)
        codes.add(pupil.code)
    known = {one.name: one for one in classes}
    moves, problems = [], []
    for own in classes:
        theirs = by_class.get(own.id, [])
        placed = [one for one in theirs if one.last_step is not None and one.last_step > old_year_ended]
        repeats = [one for one in theirs if one.code in repeating and one not in placed]
        going = [one for one in theirs if one not in placed and one not in repeats]
        to = " ".join(targets.get(own.id, "").split())
        field = f"to-{own.id.hex}"
        if going and not to and own.grade < last_grade:
            problems.append(Problem(field, marked("say which class this becomes")))
        if to in known and known[to].grade != own.grade + 1:
            grades = (("name", to), ("grade", str(known[to].grade)))
            problems.append(Problem(field, marked("%(name)s is a class of grade %(grade)s"), grades))
        if len(to) > LONGEST_NAME:
            problems.append(Problem(field, marked("at most %(most)s letters"), (("most", str(LONGEST_NAME)),)))
        moves.append(Move(own, to, bool(to) and to not in known, tuple(going), tuple(repeats), tuple(placed)))
    if unknown := sorted(set(repeating) - codes):
        problems.append(
            Problem("repeating", marked("no pupil has the code %(codes)s"), (("codes", ", ".join(unknown)),))
        )
    return Plan(tuple(moves), tuple(problems))
