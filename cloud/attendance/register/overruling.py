"""A person's word on a half-day or a period stands above what the rules say of it. Pure.

A word speaks of what was until it was said. Who is seen leaving, or is handed over, after they were called present has
left all the same; who comes after they were called absent stays absent until somebody looks, and it is said.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from cloud.attendance.leave.facts import Claim, ClaimState
from cloud.attendance.register.facts import Fact, FactKind, Mark, Permission, Policy, Presence, Reason, Rule, Status
from cloud.attendance.register.passages import Passage, Stay
from cloud.attendance.register.presence_rules import departure
from cloud.school.calendar.facts import PlannedHalf
from edge.contract import Direction


def latest(marks: Iterable[Mark], planned: PlannedHalf, *, period: int | None) -> Mark | None:
    said = [mark for mark in marks if mark.half is planned.half and mark.period == period]
    last = max(said, key=lambda mark: (mark.at, mark.id), default=None)
    return last if last and last.presence else None


def since_said(
    mark: Mark, passages: Iterable[Passage], stays: Sequence[Stay], planned: PlannedHalf, policy: Policy
) -> Reason | None:
    """What was seen or written down after the word and does not fit it. `passages` and `stays` of the half-day, in
    order of time."""
    if mark.presence is Presence.ABSENT:
        came = (one for one in passages if mark.at < one.at < planned.ends_at and one.direction is not Direction.OUT)
        return next((Reason(Rule.SEEN_SINCE, (one.fact,)) for one in came), None)
    left = stays[-1].until if stays else None
    if mark.left_early_minutes or left is None or left.moment <= mark.at:
        return None
    return departure(left, planned, policy)


def overruled(status: Status, mark: Mark, claim: Claim | None, since: Reason | None = None) -> Status:
    """What a person said, with what came `since` before it and what the rules would have said behind it."""
    assert mark.presence is not None
    left_early_minutes = mark.left_early_minutes or (since.minutes or 0 if since else 0)
    deviates = mark.presence is Presence.ABSENT or mark.late_minutes > 0 or left_early_minutes > 0
    return Status(
        presence=mark.presence,
        reasons=(*([since] if since else []), said(mark), *status.reasons),
        late_minutes=mark.late_minutes,
        left_early_minutes=left_early_minutes,
        permission=permission_by_word(mark, claim) if deviates else None,
        by_person=True,
    )


def permission_by_word(mark: Mark, claim: Claim | None) -> Permission:
    """K is what a person knew then: leave that a person approves afterwards turns it into P."""
    later = claim is not None and claim.approved_at is not None and claim.approved_at > mark.at
    if mark.permission is None or (mark.permission is Permission.NOT_PERMITTED and later):
        return permission_by(claim)
    return mark.permission


def permission_by(claim: Claim | None) -> Permission:
    approved = claim is not None and claim.state is ClaimState.APPROVED
    return Permission.PERMITTED if approved else Permission.NOT_PERMITTED


def stays_by_word(planned: PlannedHalf, mark: Mark, since: Reason | None) -> list[Stay]:
    """The stay that a person's word describes, for the periods of the half-day; until who was there left after it."""
    if mark.presence is not Presence.PRESENT:
        return []
    came_at = planned.starts_at + timedelta(minutes=mark.late_minutes)
    left_at = planned.ends_at - timedelta(minutes=mark.left_early_minutes)
    return [Stay(word_of(mark, came_at), since.used[0] if since else word_of(mark, left_at))]


def said(mark: Mark) -> Reason:
    return Reason(Rule.PERSON_SAID, (word_of(mark, mark.at),))


def word_of(mark: Mark, at: datetime) -> Fact:
    return Fact(FactKind.MARK, str(mark.id), at)
