"""What meals tell the kitchen and the fees, through the outbox."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

MEALS_LOCKED = "attendance.meals_locked"
MEALS_SUPPLEMENTED = "attendance.meals_supplemented"
MEAL_EXCUSED = "attendance.meal_excused"
MEAL_EXCUSE_REVOKED = "attendance.meal_excuse_revoked"


class ClassPortions(BaseModel):
    model_config = ConfigDict(frozen=True)

    class_id: UUID
    portions: int
    in_doubt: int
    """Registered pupils whom nobody could place at the cut-off; not among `portions`."""


class MealsLocked(BaseModel):
    """How many portions to cook. It stays; what is cooked on top of it is in MealsSupplemented."""

    model_config = ConfigDict(frozen=True)

    school_id: UUID
    day: date
    cut_off_at: datetime
    classes: tuple[ClassPortions, ...]


class ClassMore(BaseModel):
    model_config = ConfigDict(frozen=True)

    class_id: UUID
    portions: int


class MealsSupplemented(BaseModel):
    """So many portions more than MealsLocked and earlier supplements of the day said: nobody is in two of them."""

    model_config = ConfigDict(frozen=True)

    school_id: UUID
    day: date
    number: int
    """1 for the day's first."""
    at: datetime
    classes: tuple[ClassMore, ...]


class MealExcused(BaseModel):
    """A registered pupil is absent with permission. Fees decide by their policy what that is worth."""

    model_config = ConfigDict(frozen=True)

    school_id: UUID
    student_id: UUID
    day: date
    noticed_at: datetime
    before_cut_off: bool


class MealExcuseRevoked(BaseModel):
    """What MealExcused said of this day no longer holds."""

    model_config = ConfigDict(frozen=True)

    school_id: UUID
    student_id: UUID
    day: date
