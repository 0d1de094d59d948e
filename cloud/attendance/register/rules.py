"""Observation + claim + plan = status, and a person's word above it. Pure: the same facts give the same status in
whatever order, however often and however late they came, and every status says which rule used which facts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cloud.attendance.leave.facts import Claim, ClaimState
from cloud.attendance.register.doubts import doubts_about
from cloud.attendance.register.evidence import unwatched
from cloud.attendance.register.facts import (
    DayFacts,
    DayStatus,
    Fact,
    FactKind,
    HalfDayStatus,
    Mark,
    PeriodStatus,
    Permission,
    Policy,
    Presence,
    Reason,
    Rule,
    Status,
)
from cloud.attendance.register.overruling import latest, overruled, permission_by, since_said, stays_by_word, word_of
from cloud.attendance.register.passages import (
    ON_THE_WAY_OUT,
    Passage,
    Stay,
    passages_by_half,
    passages_of,
    stays_in,
    stays_of,
)
from cloud.attendance.register.presence_rules import not_seen, presence_in
from cloud.school.calendar.facts import Plan, PlannedHalf, PlannedPeriod
from edge.contract import Direction


def status_of(facts: DayFacts, plan: Plan, policy: Policy, now: datetime) -> DayStatus:
    """One pupil's day as it stands at `now`."""
    passages = passages_of(facts.sightings, policy.passage_window)

    def of(planned: PlannedHalf) -> Sequence[Passage]:
        if policy.stays_over_midday and not _leaves_before(facts.claims, plan, planned):
            return passages
        return passages_by_half(passages, plan)[planned.half]

    return DayStatus(
        plan.day,
        tuple(_Case(facts, plan, planned, of(planned), policy, now).status() for planned in plan.half_days),
    )


def _leaves_before(claims: Iterable[Claim], plan: Plan, planned: PlannedHalf) -> bool:
    """Whose approved leave begins with this half-day goes home before it, also where the others stay over midday."""
    approved = [one.stretch for one in claims if one.state is ClaimState.APPROVED]
    earlier = [one for one in plan.half_days if one.starts_at < planned.starts_at]
    return (
        bool(earlier)
        and any((plan.day, planned.half) in one for one in approved)
        and not any((plan.day, earlier[-1].half) in one for one in approved)
    )


@dataclass(frozen=True, slots=True)
class _Case:
    """One half-day and all that bears on it."""

    facts: DayFacts
    plan: Plan
    planned: PlannedHalf
    passages: Sequence[Passage]
    policy: Policy
    now: datetime

    def status(self) -> HalfDayStatus:
        claim = _claim_for(self.facts.claims, self.plan, self.planned)
        stays = stays_in(stays_of(self._since_leaving()), self.planned, self.plan) or self._stay_by_earlier_word(claim)
        status = _with_permission(self._seen_or_not(stays, claim), claim)
        periods = {one: self._period(one, stays, status, claim) for one in self.planned.periods}
        mark = latest(self.facts.marks, self.planned, period=None)
        if mark:
            since = since_said(mark, self.passages, stays, self.planned, self.policy)
            status = overruled(status, mark, claim, since)
            spoken_of = stays_by_word(self.planned, mark, since)
            periods = {
                one: self._period_by_word(one, by_rules, spoken_of, status, claim) for one, by_rules in periods.items()
            }
        return HalfDayStatus(
            self.planned.half,
            status,
            tuple(PeriodStatus(one.number, self._by_its_own_word(one, known, claim)) for one, known in periods.items()),
        )

    def _seen_or_not(self, stays: Sequence[Stay], claim: Claim | None) -> Status:
        present = presence_in(self.planned, stays, self.policy)
        waiting = not_seen(self.planned, self.policy, self.now)
        if present:
            return waiting if self._begins_later(stays[0]) else present
        if claim and claim.state is ClaimState.APPROVED:
            return replace(waiting, presence=Presence.ABSENT, reasons=(Reason(Rule.NOT_SEEN, waiting.reasons[0].used),))
        if waiting.presence is Presence.ABSENT and (
            doubts := doubts_about(self.planned, self.plan, self.passages, self.facts, self.policy)
        ):
            return replace(waiting, presence=Presence.ASK, reasons=(*doubts, *waiting.reasons))
        if waiting.presence is Presence.ABSENT and (fact := self._handed_over_before()):
            return replace(waiting, reasons=(*waiting.reasons, Reason(Rule.HANDED_OVER_BEFORE, (fact,))))
        if waiting.presence is Presence.ABSENT and (word := self._let_go_before()):
            return _permitted(waiting, word)
        if waiting.presence is Presence.ABSENT and (
            missing := unwatched(self.planned, self.plan, self.facts, self.policy)
        ):
            return replace(waiting, presence=Presence.ASK, reasons=(*missing, *waiting.reasons))
        return waiting

    def _stay_by_earlier_word(self, claim: Claim | None) -> list[Stay]:
        """Whom somebody called present in the morning is there in the afternoon, as if a unit had seen them: where
        pupils stay over midday, and nobody saw this one leave or has leave for them."""
        excused = claim is not None and claim.state is ClaimState.APPROVED
        if excused or not self.policy.stays_over_midday:
            return []
        for earlier in self.plan.half_days:
            word = latest(self.facts.marks, earlier, period=None)
            left = any(one.direction is Direction.OUT and one.at >= earlier.starts_at for one in self.passages)
            if earlier.starts_at < self.planned.starts_at and word and word.presence is Presence.PRESENT:
                return [] if left or word.left_early_minutes else [Stay(word_of(word, earlier.starts_at), None)]
        return []

    def _handed_over_before(self) -> Fact | None:
        """The family has fetched the pupil earlier this day: they know."""
        times = [one for one in self.facts.sightings if one.released and one.happened_at <= self.planned.starts_at]
        last = max(times, key=lambda one: (one.happened_at, one.device_id), default=None)
        return Fact(FactKind.RELEASE, str(last.released), last.happened_at) if last else None

    def _since_leaving(self) -> Sequence[Passage]:
        """Whom somebody wrote down as gone home is back when seen again: walking out without a direction is not."""
        if (gone := self._gone_home()) is None:
            return self.passages
        _, left_at = gone
        out_by = left_at + ON_THE_WAY_OUT
        return [one for one in self.passages if one.at > (left_at if one.direction else out_by)]

    def _let_go_before(self) -> Fact | None:
        """The pupil went home earlier this day, with permission."""
        if (gone := self._gone_home()) is None:
            return None
        word, left_at = gone
        return word_of(word, left_at) if word.permission is Permission.PERMITTED else None

    def _gone_home(self) -> tuple[Mark, datetime] | None:
        """Somebody's word that the pupil left an earlier half-day early, and when. Where pupils go home over midday
        anyway, that says nothing of the afternoon."""
        for earlier in self.plan.half_days if self.policy.stays_over_midday else ():
            word = latest(self.facts.marks, earlier, period=None)
            if earlier.starts_at < self.planned.starts_at and word and word.left_early_minutes:
                return word, earlier.ends_at - timedelta(minutes=word.left_early_minutes)
        return None

    def _begins_later(self, stay: Stay) -> bool:
        """Who came in the morning is not yet present in the afternoon."""
        earlier = [other.ends_at for other in self.plan.half_days if other.ends_at <= self.planned.starts_at]
        return (
            self.now < self.planned.starts_at
            and stay.since is not None
            and any(stay.since.moment < ends_at for ends_at in earlier)
        )

    def _period(self, period: PlannedPeriod, stays: Sequence[Stay], whole: Status, claim: Claim | None) -> Status:
        status = self._in_lesson(period, stays)
        if status.presence is Presence.ABSENT and whole.presence is Presence.ASK:
            status = replace(status, presence=Presence.ASK, reasons=whole.reasons)
        elif status.presence is Presence.ABSENT and (word := self._let_go_before()):
            status = _permitted(status, word)
        return _with_permission(status, claim)

    def _period_by_word(
        self, period: PlannedPeriod, by_rules: Status, stays: Sequence[Stay], whole: Status, claim: Claim | None
    ) -> Status:
        """As a person said of the half-day. `stays` by that word, `whole` the half-day by it."""
        status = self._in_lesson(period, stays)
        if status.presence is Presence.NOT_YET:
            return status
        status = _with_permission(status, claim)
        permission = (whole.permission or status.permission) if status.permission else None
        upto = next(at for at, reason in enumerate(whole.reasons) if reason.rule is Rule.PERSON_SAID)
        gone = [one for one in whole.reasons[:upto] if one.used[0].moment < period.ends_at]
        reasons = (*gone, whole.reasons[upto], *by_rules.reasons)
        return replace(status, by_person=True, permission=permission, reasons=reasons)

    def _in_lesson(self, period: PlannedPeriod, stays: Sequence[Stay]) -> Status:
        waiting = not_seen(period, self.policy, self.now)
        return (presence_in(period, stays, self.policy) if self.now >= period.starts_at else None) or waiting

    def _by_its_own_word(self, period: PlannedPeriod, status: Status, claim: Claim | None) -> Status:
        mark = latest(self.facts.marks, self.planned, period=period.number)
        return overruled(status, mark, claim) if mark else status


def _claim_for(claims: Iterable[Claim], plan: Plan, planned: PlannedHalf) -> Claim | None:
    """The claim that counts: an approved one before one that waits; others do not count."""
    rank = {ClaimState.APPROVED: 1, ClaimState.REQUESTED: 0}
    counting = [claim for claim in claims if claim.state in rank and (plan.day, planned.half) in claim.stretch]
    return max(counting, key=lambda claim: (rank[claim.state], claim.id), default=None)


def _with_permission(status: Status, claim: Claim | None) -> Status:
    """P or K for whoever was absent, late or left early; nothing for the others."""
    if status.permission is not None:
        return status
    if status.presence is not Presence.ABSENT and not status.late_minutes and not status.left_early_minutes:
        return status
    if claim is None:
        reason = Reason(Rule.NO_LEAVE, ())
    else:
        rule = Rule.LEAVE_APPROVED if claim.state is ClaimState.APPROVED else Rule.LEAVE_REQUESTED
        reason = Reason(rule, (Fact(FactKind.CLAIM, str(claim.id), claim.asked_at),))
    return replace(status, permission=permission_by(claim), reasons=(*status.reasons, reason))


def _permitted(absent: Status, word: Fact) -> Status:
    reasons = (*absent.reasons, Reason(Rule.LET_GO_BEFORE, (word,)))
    return replace(absent, permission=Permission.PERMITTED, reasons=reasons)
