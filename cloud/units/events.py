"""What the fleet tells the rest of the service, through the outbox."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from cloud.units.rules import Trouble

UNITS_IN_TROUBLE = "units.in_trouble"


class TroubledUnit(BaseModel):
    model_config = ConfigDict(frozen=True)

    device_id: str
    name: str
    trouble: Trouble
    since: datetime


class UnitsInTrouble(BaseModel):
    """Those of a school that have been so for a while, and that nobody was told of since they were good."""

    model_config = ConfigDict(frozen=True)

    school_id: UUID
    units: tuple[TroubledUnit, ...]
    at: datetime
