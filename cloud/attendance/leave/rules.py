"""What a leave request may become, and by whom. Pure."""

from datetime import date, timedelta
from enum import StrEnum

from cloud.attendance.leave.facts import ClaimState, Stretch
from cloud.kit.errors import Conflict, Forbidden, Invalid
from cloud.kit.i18n import marked

LONGEST = timedelta(days=60)
"""Longer than this is not a leave but a suspension of studies, which is decided elsewhere."""
LOOKS_BACK = timedelta(days=30)
"""How long after an absence a guardian may still ask for it to be excused."""


class Side(StrEnum):
    GUARDIAN = "guardian"
    STAFF = "staff"


MAY_BECOME: dict[tuple[ClaimState, ClaimState], frozenset[Side]] = {
    (ClaimState.REQUESTED, ClaimState.APPROVED): frozenset({Side.STAFF}),
    (ClaimState.REQUESTED, ClaimState.REJECTED): frozenset({Side.STAFF}),
    (ClaimState.REQUESTED, ClaimState.WITHDRAWN): frozenset({Side.GUARDIAN}),
    (ClaimState.APPROVED, ClaimState.REJECTED): frozenset({Side.STAFF}),
    (ClaimState.APPROVED, ClaimState.WITHDRAWN): frozenset({Side.GUARDIAN}),
    (ClaimState.REJECTED, ClaimState.APPROVED): frozenset({Side.STAFF}),
}
"""What is not here cannot happen: a withdrawn request stays withdrawn, and whoever asks does not approve."""


def step(before: ClaimState, after: ClaimState, side: Side) -> None:
    """Raises Conflict for a step that the request cannot take, Forbidden for one that this side may not."""
    allowed = MAY_BECOME.get((before, after))
    if allowed is None:
        if before is ClaimState.WITHDRAWN:
            raise Conflict(marked("The family has withdrawn this request: it is not decided on any more."))
        raise Conflict(marked("It has been decided already: read it again."))
    if side not in allowed:
        if Side.STAFF in allowed:
            raise Forbidden(marked("Only the school decides on a request."))
        raise Forbidden(marked("Only the family can withdraw a request."))


def check_request(stretch: Stretch, reason: str, today: date) -> None:
    """Raises Invalid, saying what is wrong."""
    if stretch.runs_backwards:
        raise Invalid(marked("The leave ends before it begins."))
    if stretch.last_day - stretch.first_day > LONGEST:
        raise Invalid(marked("This leave is too long to ask for here: please agree on it with the school's office."))
    if stretch.first_day < today - LOOKS_BACK:
        raise Invalid(marked("This was too long ago to be excused here: please ask the school's office."))
    if not reason.strip():
        raise Invalid(marked("Please say why."))
