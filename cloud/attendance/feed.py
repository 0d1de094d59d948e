"""Arrivals as they become known, each once: what a live page listens to."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.accounts.access import Actor
from cloud.attendance.queries.views import Arrival, arrivals_known_after

LOOK_BACK = timedelta(seconds=10)
"""Transactions commit in another order than they began; none takes longer than this."""


class ArrivalFeed:
    """One per listener. `after` is where an earlier one stopped (the `known_at` of the last arrival it gave)."""

    def __init__(self, actor: Actor, after: datetime) -> None:
        self._actor = actor
        self._after = after
        self._begin = after
        self._given: dict[tuple[UUID, date], Arrival] = {}

    def read(self, session: Session) -> list[Arrival]:
        """What is new since the last call, in the order in which it became known; a corrected arrival comes again."""
        changed = arrivals_known_after(session, self._actor, max(self._begin, self._after - LOOK_BACK))
        new = [one for one in changed if self._is_new(one)]
        for one in new:
            self._given[one.student_id, one.day] = one
            self._after = max(self._after, one.known_at)
        self._given = {key: one for key, one in self._given.items() if one.known_at > self._after - 2 * LOOK_BACK}
        return new

    def _is_new(self, one: Arrival) -> bool:
        given = self._given.get((one.student_id, one.day))
        return given is None or given.first_in_at != one.first_in_at
