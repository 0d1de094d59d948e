"""The unit's settings, read once by the composition root. Every field is documented in edge/README.md."""

import argparse
import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr

from edge.contract.settings_file import BadSettings, Settings, load
from edge.contract.wire import DeviceId
from edge.errors import Misconfigured

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
    uplink: Literal["auto", "mqtt", "https"] = "auto"
    """auto: MQTT, and HTTPS while the broker cannot be reached."""
    ack_timeout_s: Annotated[float, Field(gt=0, le=300)] = 10.0
    """Not acknowledged for so long: sent again, then after twice as long, and so on up to 5 minutes."""
    direction: Literal["in", "out", "both"] = "both"
    heartbeat_s: Annotated[float, Field(gt=0, le=300)] = 30.0
    passage_window_s: Annotated[float, Field(ge=0)] = 60.0
    """The same person seen again within this time is the same passage."""
    min_face_px: Annotated[int, Field(ge=16)] = 40


def add_settings_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help=f"settings in TOML; {PREFIX}_* in the environment come over it"
    )


def read_settings(args: argparse.Namespace) -> EdgeSettings:
    """From --config and the environment. Raises Misconfigured with every problem at once."""
    try:
        return load(EdgeSettings, prefix=PREFIX, environ=os.environ, file=args.config)
    except BadSettings as error:
        raise Misconfigured(f"settings:\n{error}") from error
