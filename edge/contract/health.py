"""How a unit is: the heartbeat is the truth, the broker's last will only a hint."""

from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from edge.contract.wire import DeviceId, UtcDatetime, Wire


class CameraState(StrEnum):
    OK = "ok"
    LOST = "lost"
    NONE = "none"


class LivenessState(StrEnum):
    """Whether pictures held before the camera are told from people, and what follows."""

    OFF = "off"
    MISSING = "missing"
    """Wished for, but its networks are not there: off."""
    WARN = "warn"
    REFUSE = "refuse"


class Heartbeat(Wire):
    """Sent every 30 s. `session` tells a living unit from a stale will of an earlier connection."""

    v: Literal[1] = 1
    device: DeviceId
    session: UUID
    sent_at: UtcDatetime
    software: Annotated[str, Field(max_length=40)]
    clock_trusted: bool
    uptime_s: Annotated[int, Field(ge=0)]
    backlog: Annotated[int, Field(ge=0)]
    """Events that the cloud has not acknowledged yet."""
    camera: CameraState = CameraState.NONE
    frames_per_s: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    disk_free_mb: Annotated[int, Field(ge=0)] | None = None
    cpu_temperature_c: Annotated[float, Field(allow_inf_nan=False)] | None = None
    roster_size: Annotated[int, Field(ge=0)] | None = None
    liveness: LivenessState | None = None
    """None while the recogniser does not run."""


class Offline(Wire):
    """The last will. Believed only if `session` is the one last seen and two keep-alives have passed."""

    v: Literal[1] = 1
    device: DeviceId
    session: UUID
