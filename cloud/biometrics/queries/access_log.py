"""Who opened whose templates and photos, as administrators read it; and what of it is old enough to go."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from cloud.accounts.tables import User
from cloud.biometrics.tables import ConsentScan, TemplateAccess
from cloud.devices.tables import Device
from cloud.people.tables import Student
from cloud.school.tables import SchoolClass


@dataclass(frozen=True, slots=True)
class Access:
    """By whom: a user or a unit; neither means the service itself. The pupil by code: no name stands here;
    neither code nor class means that everybody's were compared with."""

    at: datetime
    code: str | None
    class_name: str | None
    purpose: str
    user: str | None
    unit: str | None
    templates: int


def accesses_in(session: Session, school_id: UUID, *, limit: int | None = None) -> list[Access]:
    """Of one school, the newest first."""
    rows = session.execute(
        select(
            TemplateAccess.at, Student.code, SchoolClass.name, TemplateAccess.purpose, User.display_name, Device.name,
            TemplateAccess.templates,
        )
        .outerjoin(Student, Student.id == TemplateAccess.student_id)
        .outerjoin(SchoolClass, SchoolClass.id == Student.class_id)
        .outerjoin(User, User.id == TemplateAccess.user_id)
        .outerjoin(Device, Device.id == TemplateAccess.device_id)
        .where(or_(TemplateAccess.school_id == school_id, Student.school_id == school_id))
        .order_by(TemplateAccess.at.desc(), TemplateAccess.id.desc())
        .limit(limit)
    )  # fmt: skip
    return [Access(*row) for row in rows]


def forget_accesses(session: Session, before: datetime) -> None:
    """The database itself refuses it for younger ones (guards.py)."""
    session.execute(delete(TemplateAccess).where(TemplateAccess.at < before))


def empty_scans(session: Session, before: datetime) -> None:
    """The scanned form of whoever left before; that there was one, and its fingerprint, stays as proof."""
    gone = select(Student.id).where(Student.left_on < before.date())
    session.execute(
        update(ConsentScan)
        .where(ConsentScan.student_id.in_(gone), func.length(ConsentScan.sealed) > 0)
        .values(sealed=b"")
        .execution_options(synchronize_session=False)
    )
