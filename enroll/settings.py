"""The kiosk's settings, read once by its composition root. Every field is documented in enroll/kiosk/README.md."""

import argparse
import os
from pathlib import Path
from typing import Annotated

from pydantic import Field

from edge.contract.settings_file import BadSettings, Settings, load
from edge.errors import Misconfigured

PREFIX = "DIEMDANH_ENROLL"
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class EnrollSettings(Settings):
    cloud_url: str = "http://127.0.0.1:8000"
    """The school's service: what staff sign in to, and what the templates go to."""
    data_dir: Path = Path("/var/lib/diemdanh-enroll")
    """What was taken and not sent yet, sealed, and the key to it."""
    listen_host: str = "127.0.0.1"
    listen_port: Annotated[int, Field(ge=1, le=65535)] = 8070
    tls_certificate: Path | None = None
    """Both are needed for a tablet: browsers give a camera to https and to localhost only."""
    tls_key: Path | None = None
    views: Annotated[int, Field(ge=3, le=5)] = 3
    """How many of each face."""
    calibration_dir: Path | None = None
    """Where `diemdanh-edge calibrate` wrote what it chose for this school; without it the manifest holds."""
    undo_s: Annotated[float, Field(ge=0, le=3600)] = 300.0
    """How long what was just saved can be undone here."""


def add_settings_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help=f"settings in TOML; {PREFIX}_* in the environment come over it"
    )


def read_settings(args: argparse.Namespace) -> EnrollSettings:
    """From --config and the environment. Raises Misconfigured with every problem at once."""
    try:
        settings = load(EnrollSettings, prefix=PREFIX, environ=os.environ, file=args.config)
    except BadSettings as error:
        raise Misconfigured(f"settings:\n{error}") from error
    if (settings.tls_certificate is None) != (settings.tls_key is None):
        raise Misconfigured("settings: tls_certificate and tls_key come together: set both or neither")
    if settings.tls_certificate is None and settings.listen_host not in LOOPBACK:
        raise Misconfigured(
            f"settings: listen_host {settings.listen_host} needs tls_certificate and tls_key: "
            "a browser gives its camera to https and to this machine itself, to nobody else"
        )
    return settings
