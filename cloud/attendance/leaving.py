"""Who has gone home, when, and how: handed over, or seen on the way out by a unit that knows the way."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from itertools import takewhile
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.attendance.queries.presence import sightings_of
from cloud.attendance.register.facts import Policy
from cloud.attendance.register.passages import passages_of
from cloud.attendance.register.queries import releases, sightings
from cloud.attendance.release.queries import released_on
from cloud.attendance.release.rules import Way
from cloud.attendance.release.words import WAYS
from cloud.devices.queries import unit_names
from cloud.kit.i18n import marked
from edge.contract import Direction


@dataclass(frozen=True, slots=True)
class Gone:
    at: datetime
    way: str
    to_name: str = ""
    """Who took the pupil along: for the family's own page, and for nobody else."""
    unit: str = ""

    @property
    def headline(self) -> str:
        return marked("Left school at") if self.way == Way.SEEN else marked("Has gone home, at")

    @property
    def how(self) -> str:
        return WAYS.get(self.way, "")


def gone_home(session: Session, school_id: UUID, student_ids: Collection[UUID], day: date) -> dict[UUID, Gone]:
    """Those who have gone and were not seen coming back; a hand-over says more than the gate that they pass then."""
    seen, released = sightings_of(session, student_ids, day), released_on(session, student_ids, day)
    found: dict[UUID, Gone] = {}
    units: dict[str, str] | None = None
    for student_id in {*seen, *released}:
        facts = (*sightings(seen.get(student_id, ())), *releases(released.get(student_id, ())))
        passages = passages_of(facts, Policy().passage_window)
        out = list(takewhile(lambda one: one.direction is Direction.OUT, reversed(passages)))
        if not out:
            continue
        handed = [one for one in released.get(student_id, ()) if one.at >= out[-1].at]
        if handed:
            found[student_id] = Gone(handed[-1].at, handed[-1].way, handed[-1].to_name)
        else:
            units = unit_names(session, school_id) if units is None else units
            device = out[0].first.device_id
            found[student_id] = Gone(out[0].at, Way.SEEN, unit=units.get(device, device))
    return found
