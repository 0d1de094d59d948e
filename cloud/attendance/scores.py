"""Every night: how near each enrolled face still comes to its templates, from what the units reported. Only numbers."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.attendance.queries import scores as queries
from cloud.biometrics import renewal
from cloud.biometrics.queries import renewal as trends
from cloud.biometrics.renewal import Trend

LOOKED_BACK = timedelta(days=60)
"""Whoever was seen less often than renewal.FEW times since then has no score."""


def judge(session: Session, school_id: UUID, now: datetime) -> None:
    """Of one school."""
    trends.forget_trends_without_templates(session, school_id)
    begun = trends.begun_in(session, school_id)
    found = {}
    seen = queries.passages(session, school_id, since=now - LOOKED_BACK, most=renewal.FEW)
    for student_id, passages in seen.items():
        if len(passages.last) < renewal.FEW:
            continue
        known, early = begun.get(student_id, (passages.known, 0.0))
        if student_id not in begun or known != passages.known:
            early = renewal.score(passages.first)
        found[student_id] = passages.known, Trend(early, renewal.score(passages.last))
    trends.note_trends(session, school_id, found, now=now)
