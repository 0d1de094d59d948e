"""The unit's settings, read once by the composition root. Every field is documented in edge/README.md."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr

from edge.contract.settings_file import Settings
from edge.contract.wire import DeviceId

PREFIX = "DIEMDANH_EDGE"


class EdgeSettings(Settings):
    device: DeviceId = "gate-1"
    data_dir: Path = Path("/var/lib/diemdanh")
    """The data partition: outbox, roster and keys."""
    source: str = "0"
    """What to look at: see edge/hardware/README.md for the forms."""
    broker_url: str = "mqtt://127.0.0.1:1883"
    """mqtt:// or mqtts://, host and port."""
    broker_password: SecretStr | None = None
    cloud_url: str = "http://127.0.0.1:8000"
    cloud_token: SecretStr | None = None
    uplink: Annotated[str, Field(pattern="^(mqtt|https|auto)$")] = "auto"
    """auto: MQTT, and HTTPS while the broker cannot be reached."""
    direction: Annotated[str, Field(pattern="^(in|out|both)$")] = "both"
    heartbeat_s: Annotated[float, Field(gt=0, le=300)] = 30.0
    passage_window_s: Annotated[float, Field(ge=0)] = 60.0
    """The same person seen again within this time is the same passage."""
    min_face_px: Annotated[int, Field(ge=16)] = 40
