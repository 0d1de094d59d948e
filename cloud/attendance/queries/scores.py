"""How near faces came to their templates when they were named: numbers, as the units reported them."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from cloud.attendance.tables import Observation
from cloud.biometrics.queries.renewal import Known
from cloud.biometrics.tables import FaceTemplate
from edge.contract import Method, Outcome


@dataclass(slots=True)
class Passages:
    """Each a distance as a part of the threshold that the unit had then; the first and the last may be the same."""

    known: Known
    first: list[float] = field(default_factory=list)
    last: list[float] = field(default_factory=list)


def passages(session: Session, school_id: UUID, *, since: datetime, most: int) -> dict[UUID, Passages]:
    """Of each pupil the first and the last `most` since `since` and since they were enrolled. What a unit saw with
    another model than the templates' says nothing of them."""
    known = (
        select(FaceTemplate.student_id, FaceTemplate.model, func.max(FaceTemplate.made_at).label("made_at"))
        .where(FaceTemplate.school_id == school_id)
        .group_by(FaceTemplate.student_id, FaceTemplate.model)
        .subquery()
    )
    person = [Observation.student_id, Observation.model]
    seen = (
        select(
            Observation.student_id, Observation.model, known.c.made_at,
            (Observation.distance / Observation.threshold).label("part"),
            func.row_number().over(partition_by=person, order_by=Observation.happened_at).label("begins"),
            func.row_number().over(partition_by=person, order_by=Observation.happened_at.desc()).label("ends"),
        )
        .join(known, and_(known.c.student_id == Observation.student_id, known.c.model == Observation.model))
        .where(
            Observation.school_id == school_id,
            Observation.received_at >= since,
            Observation.happened_at > known.c.made_at,
            Observation.method == Method.FACE,
            Observation.outcome == Outcome.IDENTIFIED,
            Observation.threshold > 0,
            Observation.distance.is_not(None),
        )
        .subquery()
    )  # fmt: skip
    rows = session.execute(
        select(seen)
        .where(or_(seen.c.begins <= most, seen.c.ends <= most))
        # Of two models in use, the one enrolled last is kept.
        .order_by(seen.c.made_at, seen.c.model, seen.c.begins)
    )
    found: dict[UUID, Passages] = {}
    for student_id, model, made_at, part, begins, ends in rows:
        one = Known(made_at, model)
        if student_id not in found or found[student_id].known != one:
            found[student_id] = Passages(one)
        if begins <= most:
            found[student_id].first.append(part)
        if ends <= most:
            found[student_id].last.append(part)
    return found
