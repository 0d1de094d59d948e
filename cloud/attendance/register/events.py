"""What the register tells the rest of the service, through the outbox."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from cloud.attendance.register.facts import Permission, Presence
from cloud.school.calendar.facts import HalfDay

ABSENT_WITHOUT_NOTICE = "attendance.absent_without_notice"
ABSENCE_CORRECTED = "attendance.absence_corrected"
ABSENCES_ADD_UP = "attendance.absences_add_up"


class AbsentWithoutNotice(BaseModel):
    """The bell rang a while ago, the pupil was not seen, and nobody has said why. Once a day for each pupil."""

    model_config = ConfigDict(frozen=True)

    school_id: UUID
    student_id: UUID
    day: date
    half: HalfDay
    noticed_at: datetime


class AbsenceCorrected(BaseModel):
    """What AbsentWithoutNotice said of this half-day does not hold: the pupil was there, the absence is excused, or
    there was no school for their class."""

    model_config = ConfigDict(frozen=True)

    school_id: UUID
    student_id: UUID
    day: date
    half: HalfDay
    presence: Presence | None
    """None: the half-day is off."""
    late_minutes: int
    permission: Permission | None
    corrected_at: datetime


class AbsencesAddUp(BaseModel):
    """A pupil's absences of this school year have reached a number at which people are warned."""

    model_config = ConfigDict(frozen=True)

    school_id: UUID
    student_id: UUID
    day: date
    days: int
    limit: int
    reached_at: datetime
