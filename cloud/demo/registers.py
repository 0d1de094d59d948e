"""The demo school's registers of the weeks before: every roll was called, a few were late, a few not there."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from random import Random
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.attendance.register.entries import REASONS
from cloud.attendance.register.facts import DayFacts, Mark, Permission, Policy, Presence
from cloud.attendance.register.rules import status_of
from cloud.attendance.register.tables import AttendanceMark, RegisterEntry
from cloud.demo import queries
from cloud.kit.ids import new_id
from cloud.people.tables import Student
from cloud.school.calendar.facts import Plan

LATE = 0.02
EXCUSED = 0.75
"""The share of those away whose family had said so."""
CALLED_AFTER = timedelta(minutes=10)
ANY = UUID(int=0)
"""Stands for the word of each pupil who is told of alike."""
CALLED, AFTERNOON = "Điểm danh đầu buổi", "Điểm danh buổi chiều"


def call_rolls(
    session: Session, school_id: UUID, pupils: Sequence[Student], away: Collection[UUID], plan: Plan, by: UUID,
    random: Random,
) -> None:  # fmt: skip
    """Of one day. What is kept is what the register's own rules make of the words, so that the nightly check agrees."""
    kinds = {
        kind: _kind(plan, presence, late_minutes, permission)
        for kind, presence, late_minutes, permission in (
            ("there", Presence.PRESENT, 0, None),
            ("late", Presence.PRESENT, 12, None),
            ("excused", Presence.ABSENT, 0, Permission.PERMITTED),
            ("away", Presence.ABSENT, 0, Permission.NOT_PERMITTED),
        )
    }
    words: list[dict[str, object]] = []
    entries: list[dict[str, object]] = []
    for pupil in pupils:
        if pupil.id in away:
            kind = "excused" if random.random() < EXCUSED else "away"
        else:
            kind = "late" if random.random() < LATE else "there"
        said, kept = kinds[kind]
        own = {"school_id": school_id, "student_id": pupil.id, "day": plan.day}
        word_id = new_id()
        for number, word in enumerate(said):
            words.append({**own, **word, "id": new_id() if number else word_id, "by": by})
        for entry in kept:
            reasons = str(entry["reasons"]).replace(str(ANY), str(word_id))
            entries.append({**own, **entry, "class_id": pupil.class_id, "reasons": reasons})
    queries.add_rows(session, AttendanceMark, words)
    queries.add_rows(session, RegisterEntry, entries)


def _kind(
    plan: Plan, presence: Presence, late_minutes: int, permission: Permission | None
) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """What is said of a day and what is kept of it, without the pupil. Whoever was there in the morning stays; of
    whoever was not there it is said twice."""
    halves = plan.half_days if presence is Presence.ABSENT else plan.half_days[:1]
    marks = tuple(
        Mark(ANY, one.half, one.starts_at + CALLED_AFTER, presence, None, late_minutes, 0, permission) for one in halves
    )
    said: list[dict[str, object]] = [
        {
            "half": one.half, "period": None, "presence": presence, "late_minutes": late_minutes,
            "left_early_minutes": 0, "permission": permission, "reason": AFTERNOON if number else CALLED, "at": one.at,
        }
        for number, one in enumerate(marks)
    ]  # fmt: skip
    evening = plan.half_days[-1].ends_at + timedelta(hours=1)
    kept: list[dict[str, object]] = [
        {
            "half": one.half, "presence": one.status.presence, "late_minutes": one.status.late_minutes,
            "left_early_minutes": one.status.left_early_minutes, "permission": one.status.permission,
            "by_person": one.status.by_person, "reasons": REASONS.dump_json(one.status.reasons).decode(),
            "changed_at": marks[0].at, "told_at": None,
        }
        for one in status_of(DayFacts(marks=marks), plan, Policy(), evening).halves
    ]  # fmt: skip
    return said, kept
