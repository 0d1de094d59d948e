"""All SQL of the index."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cloud.digital_index.rules import Answer
from cloud.digital_index.tables import DigitalIndexAnswer
from cloud.kit.db import insert, insert_rows


def answers_of(session: Session, school_id: UUID, year: int) -> dict[str, Answer]:
    """By the code of the item or the part."""
    rows = session.execute(
        select(
            DigitalIndexAnswer.code,
            DigitalIndexAnswer.half_points,
            DigitalIndexAnswer.there,
            DigitalIndexAnswer.evidence,
        ).where(DigitalIndexAnswer.school_id == school_id, DigitalIndexAnswer.year == year)
    )
    return {code: Answer(half_points / 2, there, evidence) for code, half_points, there, evidence in rows}


def save(
    session: Session, school_id: UUID, year: int, answers: Mapping[str, Answer], *, by: UUID, now: datetime
) -> None:
    """Instead of what was said of that year before."""
    session.execute(
        delete(DigitalIndexAnswer).where(DigitalIndexAnswer.school_id == school_id, DigitalIndexAnswer.year == year)
    )
    rows = [
        {
            "school_id": school_id,
            "year": year,
            "code": code,
            "half_points": round(one.points * 2),
            "there": one.there,
            "evidence": one.evidence,
            "by": by,
            "at": now,
        }
        for code, one in answers.items()
        if one != Answer()
    ]
    if rows:
        insert_rows(session, insert(session, DigitalIndexAnswer), rows)
