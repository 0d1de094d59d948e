"""What is too much to be believed of a machine: then families are told nothing before a person has called the roll.

A camera that sees but knows nobody, or a roster that has gone, makes a whole class "not seen" while units watch. Pure.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from cloud.attendance.register.facts import Policy, Presence, Rule, Status
from cloud.school.calendar.facts import HalfDay

AT_LEAST = 5
"""Fewer may well be absent together."""
MISSED = (Rule.NOT_SEEN, Rule.NO_LEAVE)
KNOWN_OF = (Rule.HANDED_OVER_BEFORE,)


@dataclass(frozen=True, slots=True)
class ClassCount:
    """A class's half-day, as the register has it."""

    pupils: int
    missed: int
    """Whom no unit saw and nobody has leave for, whatever a person has said since."""
    unseen: int
    """Those of them of whom no person has said anything yet."""
    asked: int
    """In doubt: somebody has to look."""


OfClass = tuple[UUID, HalfDay]


def was_missed(status: Status) -> bool:
    """Whether the machine alone calls the pupil absent without notice, or did before a person decided."""
    rules = {reason.rule for reason in status.reasons}
    decided = status.presence is Presence.ABSENT or status.by_person
    return decided and rules.issuperset(MISSED) and not rules.intersection(KNOWN_OF)


def count(statuses: Iterable[tuple[OfClass, Status]]) -> dict[OfClass, ClassCount]:
    by_class: dict[OfClass, list[Status]] = defaultdict(list)
    for of_class, status in statuses:
        by_class[of_class].append(status)
    return {
        of_class: ClassCount(
            pupils=len(own),
            missed=sum(was_missed(one) for one in own),
            unseen=sum(was_missed(one) and not one.by_person for one in own),
            asked=sum(one.presence is Presence.ASK for one in own),
        )
        for of_class, own in by_class.items()
    }


def held_back(counts: Mapping[OfClass, ClassCount], policy: Policy) -> set[OfClass]:
    """The classes' half-days in which so many were missed that a person has to call the roll first. Where it is too
    much of the whole school, they are all classes of which somebody was not seen. That a person has found the others
    of them present makes it no more likely of those who are left."""
    held: set[OfClass] = set()
    for half in HalfDay:
        of_half = {of_class: one for of_class, one in counts.items() if of_class[1] is half}
        missed, pupils = sum(one.missed for one in of_half.values()), sum(one.pupils for one in of_half.values())
        everywhere = _too_many(missed, pupils, policy.hold_back_school_percent)
        held |= {
            of_class
            for of_class, one in of_half.items()
            if one.unseen and (everywhere or _too_many(one.missed, one.pupils, policy.hold_back_class_percent))
        }
    return held


def _too_many(missed: int, pupils: int, percent: int) -> bool:
    return missed >= AT_LEAST and percent < 100 and missed * 100 >= pupils * percent
