"""Daily: how near each enrolled face still comes to its templates, from what the units reported. Only numbers."""

from datetime import timedelta

from cloud.attendance.queries import scores as queries
from cloud.biometrics import renewal
from cloud.biometrics.queries import renewal as trends
from cloud.biometrics.renewal import Trend
from cloud.kit.clock import Clock
from cloud.kit.db import Database

LOOKED_BACK = timedelta(days=60)
"""Whoever was seen less often than renewal.FEW times since then has no score."""


def judge(database: Database, clock: Clock) -> int:
    """School by school, each in a transaction of its own; 0, since there is nothing more to do at once."""
    now = clock()
    with database.reading() as session:
        schools = queries.schools(session)
    for school_id in schools:
        with database.writing() as session:
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
    return 0
