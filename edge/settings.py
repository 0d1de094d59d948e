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


Gpio = Annotated[int, Field(ge=0, le=63)] | None


class EdgeSettings(Settings):
    device: DeviceId = "gate-1"
    data_dir: Path = Path("/var/lib/diemdanh")
    """The data partition: outbox, roster and keys."""
    source: str = "0"
    """What to look at: see edge/hardware/README.md for the forms."""
    embedder: str = ""
    """A name in the manifest of models; otherwise the first that is here."""
    broker_url: str = "mqtt://127.0.0.1:1883"
    """mqtt:// or mqtts://, host and port."""
    broker_password: SecretStr | None = None
    cloud_url: str = "http://127.0.0.1:8000"
    cloud_token: SecretStr | None = None
    uplink: Literal["auto", "mqtt", "https"] = "auto"
    """auto: MQTT, and HTTPS while the broker cannot be reached."""
    ack_timeout_s: Annotated[float, Field(gt=0, le=300)] = 10.0
    """Not acknowledged for so long: sent again, then after twice as long, and so on up to 5 minutes."""
    roster_key_dir: Path | None = None
    """Where the roster's keys are: by default on the data partition. In memory (/run/diemdanh) a stolen unit loses
    them with its power, and a unit that starts without a network knows nobody until it has asked the cloud."""
    direction: Literal["in", "out", "both"] = "both"
    heartbeat_s: Annotated[float, Field(gt=0, le=300)] = 30.0
    passage_window_s: Annotated[float, Field(ge=0)] = 60.0
    """The same person seen again within this time is the same passage."""
    min_face_px: Annotated[int, Field(ge=16)] = 40
    motion_gate: bool = True
    """A camera's picture in which nothing has moved is not searched for faces again, but three times a second."""
    adaptive_width: bool = True
    """While every face is large, the picture is searched at half the width, but three times a second."""
    liveness: Literal["off", "warn", "refuse"] = "warn"
    """What follows when a face seems to be a picture; off where the networks for it are not here."""
    readers: str = ""
    """Ways to be marked beside the camera: see edge/hardware/readers/README.md for the forms."""
    thermometer: str = ""
    """See edge/hardware/thermometer/README.md."""
    camera_field_deg: Annotated[float, Field(gt=10, lt=170)] = 66.0
    """The lens's angle across; with the next three, where a face stands and which pixels of the thermometer see it."""
    camera_height_m: Annotated[float, Field(gt=0, lt=5)] = 1.5
    camera_tilt_deg: Annotated[float, Field(ge=-60, le=60)] = 0.0
    sensor_right_m: Annotated[float, Field(ge=-1, le=1)] = 0.0
    """Where the thermometer is, as seen from behind the camera."""
    sensor_below_m: Annotated[float, Field(ge=-1, le=1)] = 0.0
    sensor_mirrored: bool = False
    skin_heat_loss: Annotated[float, Field(ge=0, le=0.5)] = 0.04
    """From the forehead to the body: set so that healthy people read true. See edge/hardware/thermometer/skin.py."""
    fever_c: Annotated[float, Field(ge=36, le=40)] = 37.5
    """From here on somebody is asked to see the staff."""
    ok_pin: Gpio = None
    """Lights and buzzer, by GPIO number."""
    ask_pin: Gpio = None
    refuse_pin: Gpio = None
    buzzer_pin: Gpio = None
    door_pin: Gpio = None
    door_low_is_on: bool = False
    door_s: Annotated[float, Field(gt=0, le=60)] = 3.0
    """How long the door's latch is open for whoever was identified."""
    bell_pin: Gpio = None
    bell_low_is_on: bool = False
    bell_s: Annotated[float, Field(gt=0, le=30)] = 4.0
    """How long the school bell rings; when is the calendar's to say."""
    voice: str = ""
    """See edge/hardware/actuators/voice.py: espeak, espeak:en, wav:FILE."""
    voice_ok: str = "Xin chào"
    voice_ask: str = "Mời em gặp thầy cô"
    review_hours: Annotated[float, Field(ge=0, le=72)] = 0.0
    """How long the faces that gave no name are kept, sealed, for staff; 0 keeps none."""
    review_mb: Annotated[int, Field(ge=1, le=500)] = 20
    """Room for them; the oldest go first."""
    learn_templates: Annotated[int, Field(ge=0, le=5)] = 0
    """How many templates a person may be learnt from what staff assign; 0 learns nothing."""
    keep_enrolment_crops: bool = False
    """Whether enrolment on this unit keeps each face, sealed, so that another embedder can be given it."""
    panel_port: Annotated[int, Field(ge=1, le=65535)] = 8090
    """Where the panel and the metrics are, on this machine alone."""
    panel_greeting: Literal["given_name", "initials", "none"] = "given_name"
    """How the screen at the gate calls people."""

    software_dir: Path = Path("/var/lib/diemdanh-software")
    """Where releases are kept, and the link to the one that runs: edge/update/README.md."""
    release_key: Path = Path("/etc/diemdanh/release.pub")
    """Whose signature a release must have; without the file none is taken."""

    @property
    def roster_keys(self) -> Path:
        return self.roster_key_dir or self.data_dir / "roster-keys"

    @property
    def briefing_keys(self) -> Path:
        return self.roster_keys / "briefing"


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
