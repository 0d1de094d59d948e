"""One function a check: it looks, and says what it found. A check never raises and changes nothing."""

import contextlib
import os
import shutil
import socket
import ssl
import subprocess
from datetime import datetime
from pathlib import Path

import apsw

from edge.contract import CameraState
from edge.doctor.finding import Finding, broken, ok, unknown, warning
from edge.errors import EdgeError
from edge.hardware.machine import Power
from edge.identity.files import Identity, is_due, name_on
from edge.recogniser.calibration_file import Calibration
from edge.store.budget import Budget
from edge.store.releases import Releases, Verdict
from edge.store.vital_signs import VitalSigns

HOT_C, TOO_HOT_C = 70.0, 80.0
"""A Raspberry Pi slows itself down from 80 °C on."""
GROWN = 1.25
"""In a gallery so many times as large more strangers look like somebody than was wished."""
SYNCED = Path("/run/systemd/timesync/synchronized")
CONNECT_TIMEOUT_S = 5.0


def camera(signs: VitalSigns) -> Finding:
    if signs.camera is CameraState.OK:
        return ok("camera", f"{signs.frames_per_s or 0:g} pictures a second")
    if signs.camera is CameraState.LOST:
        return broken("camera", "no pictures come", "check its cable and power, and the setting `source`")
    return broken("camera", "the recogniser does not run", "systemctl status diemdanh-recogniser")


def models(problems: list[str]) -> Finding:
    if not problems:
        return ok("models", "all here, checksums right")
    return broken("models", "; ".join(problems), "diemdanh-edge models pull")


def liveness(policy: str, problem: str | None) -> Finding:
    """`policy` is the setting, `problem` why its networks cannot be used."""
    if policy == "off":
        return ok("liveness", "off by the setting: a photo held before the camera counts as the person")
    if problem is None:
        return ok("liveness", f"on, {policy}")
    said = f"off, and the setting says {policy}: {problem}"
    remedy = "put the two minifasnet files into a folder, DIEMDANH_MODEL_PATH=FOLDER diemdanh-edge models pull"
    return broken("liveness", said, remedy) if policy == "refuse" else warning("liveness", said, remedy)


def calibration(found: Calibration | EdgeError | None, model: str | None, people: int) -> Finding:
    """`model` is the digest of the embedder that is here, `people` how many the roster has."""
    remedy = "diemdanh-edge calibrate"
    if isinstance(found, EdgeError):
        return broken("calibration", str(found), remedy)
    if found is None:
        return ok("calibration", "none: the model's strict preset applies")
    if model is not None and found.model != model:
        return broken("calibration", f"made for model {found.model}, and {model} is here", remedy)
    if people > GROWN * found.gallery_people:
        return warning("calibration", f"for {found.gallery_people} people, and the roster has {people}", remedy)
    return ok("calibration", f"for {found.gallery_people} people, made {found.made_at:%Y-%m-%d}")


def clock(*, trusted: bool, now: datetime, synchronised: bool | None) -> Finding:
    if not trusted:
        return broken(
            "clock", f"it says {now:%Y-%m-%d}: nobody can believe that", "give it a network or an RTC; chronyc tracking"
        )
    if synchronised is False:
        return warning("clock", "not set by a time server since start", "chronyc sources; is UDP port 123 open?")
    return ok("clock", f"{now:%Y-%m-%d %H:%M} UTC")


def disk(budget: Budget) -> Finding:
    if not budget.is_enough:
        return broken(
            "disk",
            f"{budget.free_mb} MB free: {budget.days_left} days without the cloud, and {budget.days_wanted} are wanted",
            "make the data partition larger, or free space on it",
        )
    return ok("disk", f"{budget.free_mb} MB free: room for {budget.days_left} days without the cloud")


def reserve(*, is_there: bool) -> Finding:
    """Room that is kept for events alone; a unit that never ran has none yet."""
    if is_there:
        return ok("reserve", "room for events when the disk is full")
    return warning("reserve", "given up, or never laid down: the disk was full", "make room, then restart the services")


def data(data_dir: Path) -> Finding:
    """Can it be written, and is the database whole?"""
    file = data_dir / "unit.db"
    if not os.access(data_dir, os.W_OK):
        return broken(
            "data", f"{data_dir} cannot be written", "is the card read-only or failing? mount | grep diemdanh; dmesg"
        )
    try:
        connection = apsw.Connection(str(file), flags=apsw.SQLITE_OPEN_READONLY)
        answer = connection.pragma("quick_check")
        connection.close()
    except apsw.CantOpenError:
        return warning("data", f"{file} is not there yet", "it appears when a service starts")
    except apsw.Error as error:
        return broken("data", f"{file}: {error}", "start the services again: they salvage what can be read")
    if answer != "ok":
        return broken("data", f"{file}: {answer}", "start the services again: they salvage what can be read")
    aside = sorted(path.name for path in data_dir.glob("unit.db.damaged-*"))
    if aside:
        return warning(
            "data", f"{len(aside)} damaged database set aside", f"send {aside[-1]} to support, then remove it"
        )
    return ok("data", "whole")


def update(found: Releases) -> Finding:
    """What became of the last release."""
    name = f"release {found.number} ({found.software})"
    match found.verdict:
        case Verdict.NONE:
            return ok("update", "what was installed at first runs")
        case Verdict.RUNS:
            return ok("update", f"{name} runs")
        case Verdict.TRIED:
            return warning("update", f"{name} is being tried", "look again in five minutes")
        case Verdict.FAILED:
            return warning("update", f"{name} was taken back: {found.why}", "the service's next release mends it")
        case Verdict.INTERRUPTED:
            return warning("update", f"{name} was cut off, what ran before runs", "systemctl start diemdanh-update")


def temperature(celsius: float | None) -> Finding:
    if celsius is None:
        return unknown("temperature", "this board does not tell")
    if celsius >= TOO_HOT_C:
        return broken("temperature", f"{celsius:.0f} °C: it slows itself down", "shade, a heat sink or a fan")
    if celsius >= HOT_C:
        return warning("temperature", f"{celsius:.0f} °C", "shade, a heat sink or a fan before summer")
    return ok("temperature", f"{celsius:.0f} °C")


def power(state: Power | None) -> Finding:
    remedy = "a supply of the board's own make, and a shorter cable"
    if state is None:
        return unknown("power", "this board does not tell")
    if state.undervoltage_now:
        return broken("power", "the supply is too weak now", remedy)
    if state.undervoltage_since_start:
        return warning("power", "the supply was too weak since start", remedy)
    return ok("power", "enough")


def certificate(identity: Identity, device: str, now: datetime) -> Finding:
    if not identity.is_claimed():
        return warning("certificate", "this machine was not claimed", "diemdanh-edge claim CODE --cloud URL")
    try:
        found = identity.read_certificate()
        identity.tls()
    except EdgeError as error:
        return broken("certificate", str(error), "diemdanh-edge claim CODE --cloud URL")
    until = found.not_valid_after_utc
    if until <= now:
        return broken(
            "certificate", f"expired on {until:%Y-%m-%d}", "systemctl start diemdanh-renew; or claim it again"
        )
    if name_on(found) != device:
        return broken(
            "certificate",
            f"it is for {name_on(found)}, the setting `device` says {device}",
            "remove DIEMDANH_EDGE_DEVICE from /etc/diemdanh/edge.env",
        )
    if is_due(found, now):
        return warning("certificate", f"until {until:%Y-%m-%d}, not renewed yet", "journalctl -u diemdanh-renew")
    return ok("certificate", f"{device} until {until:%Y-%m-%d}")


def broker(host: str, port: int, tls: ssl.SSLContext | None) -> Finding:
    """A connection, and with certificates a handshake in which both sides are believed."""
    where = f"{host}:{port}"
    try:
        with socket.create_connection((host, port), timeout=CONNECT_TIMEOUT_S) as plain:
            if tls is None:
                return ok("broker", f"{where} answers, without encryption")
            with tls.wrap_socket(plain, server_hostname=host) as secure:
                # With TLS 1.3 a refused certificate shows only when something is read.
                secure.sendall(bytes.fromhex("c000"))
                secure.settimeout(1.0)
                with contextlib.suppress(TimeoutError):
                    secure.recv(1)
                return ok("broker", f"{where} answers, {secure.version()}")
    except ssl.SSLCertVerificationError as error:
        return broken(
            "broker", f"{where} is not whom we trust: {error.verify_message}", "is the clock right? claim again"
        )
    except ssl.SSLError as error:
        return broken("broker", f"{where} refuses this unit: {error.reason}", "was it locked out? claim it again")
    except OSError as error:
        return broken(
            "broker",
            f"{where} does not answer: {error}",
            "check the network; events wait here, or take the HTTPS way (setting `uplink`)",
        )


def backlog(count: int, oldest_days: float) -> Finding:
    if oldest_days >= 1:
        return warning(
            "backlog", f"{count} events wait, the oldest for {oldest_days:.0f} days", "look at broker and clock"
        )
    return ok("backlog", f"{count} events wait")


def system_is_synchronised() -> bool | None:
    """None where nobody tells."""
    if shutil.which("chronyc") is None:
        return SYNCED.exists() or None
    answer = subprocess.run(["chronyc", "-c", "tracking"], capture_output=True, text=True, check=False, timeout=5)
    fields = answer.stdout.strip().split(",")
    return None if len(fields) < 14 else fields[-1] == "Normal"
