"""The nightly check: the register is computed anew from what was seen, claimed and planned, and compared.

What can be derived is mended, with its line of history. What a person said is never replaced: where their word is
kept and no longer found, and where the day ended in doubt, somebody has to look.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.accounts import audit_queries as audit
from cloud.accounts.access import Actor
from cloud.attendance.queries import presence
from cloud.attendance.queries.presence import Changed
from cloud.attendance.register import check_queries, entry_queries, keeping
from cloud.attendance.register.check_queries import Finding
from cloud.attendance.register.entries import Entry
from cloud.attendance.register.facts import Policy, Presence
from cloud.attendance.register.keeping import Disagreement
from cloud.attendance.rules import day_of
from cloud.kit.errors import NotFound


class Kind(StrEnum):
    DIFFERED = "differed"
    """Kept otherwise than the facts say; mended."""
    DAY_DIFFERED = "day_differed"
    """The pupil's first and last sighting were kept otherwise than they were reported; mended."""
    LOST_WORD = "lost_word"
    IN_DOUBT = "in_doubt"


def close(session: Session, school_id: UUID, day: date, now: datetime) -> list[Disagreement]:
    """The end of a day: whoever has no entry gets one, then everything is checked and mended. Returns what differed."""
    missing = entry_queries.not_entered(session, school_id, day)
    keeping.recompute(session, school_id, day, missing, now=now)
    found = keeping.check(session, school_id, day, now=now)
    lost = {one.student_id for one in found if one.lost_word}
    keeping.recompute(session, school_id, day, {one.student_id for one in found} - lost, now=now)
    wrong_days = _mend_days(session, school_id, day, now)
    findings = [
        Finding(
            student_id=one.student_id,
            day=day,
            half=one.half,
            kind=Kind.LOST_WORD if one.lost_word else Kind.DIFFERED,
            kept=in_short(one.kept),
            follows=in_short(one.follows),
            settled=one.student_id not in lost,
        )
        for one in found
    ]
    findings += [Finding(one, day, "", Kind.DAY_DIFFERED, "", "", settled=True) for one in sorted(wrong_days)]
    entries = entry_queries.entries_of_school(session, school_id, day)
    findings += [
        Finding(entry.student_id, day, entry.half, Kind.IN_DOUBT, in_short(entry), "", settled=False)
        for _, entry in sorted(entries.items())
        if entry.status.presence is Presence.ASK and not entry.waits_for_the_roll
    ]
    check_queries.settle_decided(session, school_id, now)
    check_queries.add(session, school_id, findings, now)
    check_queries.note_check(session, school_id, day, half_days=len(entries), found=len(found), now=now)
    if found or wrong_days:
        facts = {"day": day.isoformat(), "differed": str(len(found)), "days": str(len(wrong_days))}
        audit.note(session, school_id, None, "register.mended", "", facts, now=now)
    return found


def settle(session: Session, actor: Actor, school_id: UUID, finding_id: UUID, now: datetime) -> None:
    """A person has looked at it. Raises NotFound for what is not the school's, or settled."""
    student_id = check_queries.settle(session, school_id, finding_id, actor.user_id, now)
    if student_id is None:
        raise NotFound("There is nothing like this to settle.")
    audit.note(session, school_id, actor.user_id, "register.finding_settled", student_id, now=now)


def in_short(entry: Entry | None) -> str:
    """As the finding keeps it: presence, minutes, permission."""
    if entry is None:
        return ""
    status = entry.status
    parts = [status.presence, str(status.late_minutes), str(status.left_early_minutes), status.permission or ""]
    return ":".join([*parts, "by_person" if status.by_person else ""])


@dataclass(frozen=True, slots=True)
class Short:
    """What a finding keeps of an entry, read again."""

    presence: str
    late_minutes: int
    left_early_minutes: int
    permission: str


def read_short(text: str) -> Short | None:
    """As `in_short` wrote it; None where there was no entry."""
    if text.count(":") != 4:
        return None
    presence, late, early, permission, _ = text.split(":")
    return Short(presence, int(late), int(early), permission)


def _mend_days(session: Session, school_id: UUID, day: date, now: datetime) -> set[UUID]:
    """Pupils whose day was kept otherwise than their sightings say."""
    ids = check_queries.pupils_with_a_day(session, school_id, day)
    kept = presence.days_of(session, ids, day)
    follows = {
        # How many passages they make depends on a setting of the process that takes them in.
        student_id: replace(day_of(seen, window=Policy().passage_window), passages=kept[student_id].passages)
        for student_id, seen in presence.sightings_of(session, ids, day).items()
    }
    wrong = {student_id for student_id, one in follows.items() if kept[student_id] != one}
    changed = [Changed(student_id, school_id, follows[student_id]) for student_id in sorted(wrong)]
    presence.write_days(session, changed, day, now=now)
    return wrong
