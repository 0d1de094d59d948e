"""Of which classes a person has to call the roll: nobody watched, somebody is in doubt, or too many were not seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.attendance.register import month_queries, queries
from cloud.attendance.register.brake import OfClass, held_back
from cloud.school.calendar.facts import HalfDay


@dataclass(frozen=True, slots=True)
class RollCall:
    class_id: UUID
    half: HalfDay
    asked: int
    """Being checked: nothing is known of them."""
    held: int
    """Not seen by any unit, and too many at once to be believed: their families are told nothing yet."""

    @property
    def pupils(self) -> int:
        return self.asked + self.held


def rolls_to_call(session: Session, school_id: UUID, day: date) -> Mapping[OfClass, RollCall]:
    counts = month_queries.class_counts(session, school_id, day)
    held = held_back(counts, queries.policy_of(session, school_id))
    return {
        of_class: RollCall(*of_class, asked=one.asked, held=one.unseen if of_class in held else 0)
        for of_class, one in counts.items()
        if one.asked or of_class in held
    }
