"""`diemdanh-edge doctor`: what is wrong, and what to do."""

import argparse
import contextlib
import json
import os
import shlex
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from edge.command_line import add_command
from edge.settings import EdgeSettings, add_settings_argument, read_settings

if TYPE_CHECKING:
    from edge.clock import SystemClock
    from edge.command_line import Commands
    from edge.doctor.finding import Finding

SIGNS = {"ok": "✓", "warning": "!", "broken": "✗", "unknown": "·"}


def add(commands: "Commands") -> None:
    parser = add_command(
        commands,
        "doctor",
        "look at camera, models, clock, disk, heat, power, broker and certificate, and say what to do",
        examples="""
            sudo -u diemdanh diemdanh-edge doctor       for people; exit code 1 when something is broken
            diemdanh-edge doctor --json | jq .          for programs
        """,
        run=_run,
    )
    add_settings_argument(parser)
    parser.add_argument("--json", action="store_true", help="a JSON array on stdout: check, grade, says, remedy")


def _run(args: argparse.Namespace) -> int:
    from edge.doctor.finding import Grade

    _as_the_services_do(read_settings(args).data_dir)
    findings = examine(read_settings(args))
    if args.json:
        print(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
    else:
        for finding in findings:
            print(f"{SIGNS[finding.grade]} {finding.check:12} {finding.says}")
            if finding.remedy:
                print(f"{'':15}-> {finding.remedy}")
    return int(any(finding.grade is Grade.BROKEN for finding in findings))


def examine(settings: EdgeSettings) -> "list[Finding]":
    from edge.clock import SystemClock
    from edge.doctor import checks
    from edge.hardware import machine
    from edge.identity.files import identity
    from edge.store import releases
    from edge.store.budget import budget
    from edge.store.reserve import Reserve

    clock, unit = SystemClock(), identity(settings.data_dir)
    now, trusted = clock.now(), clock.reading().trusted
    findings = [
        checks.data(settings.data_dir),
        *_from_the_store(settings, clock),
        checks.models(_missing_models(settings)),
        checks.liveness(settings.liveness, _missing_liveness()),
        _calibration(settings),
        checks.update(releases.read(settings.software_dir)),
        checks.clock(trusted=trusted, now=now, synchronised=checks.system_is_synchronised()),
        checks.temperature(machine.cpu_temperature_c()),
        checks.power(machine.power()),
        checks.certificate(unit, settings.device, now),
        _broker(settings),
    ]
    if settings.data_dir.is_dir():
        findings.insert(1, checks.disk(budget(settings.data_dir, crop_bytes=_crop_bytes(settings))))
        findings.insert(2, checks.reserve(is_there=Reserve(settings.data_dir).is_there))
    return findings


def _from_the_store(settings: EdgeSettings, clock: "SystemClock") -> "list[Finding]":
    from edge.doctor import checks
    from edge.errors import EdgeError
    from edge.store import vital_signs
    from edge.store.db import FILE_NAME, connect
    from edge.store.outbox import Outbox

    if not (settings.data_dir / FILE_NAME).exists():
        return [checks.camera(vital_signs.VitalSigns())]
    try:
        connection = connect(settings.data_dir)
        counts = Outbox(connection, clock).counts()
        signs = vital_signs.read(connection, clock)
    except EdgeError:
        # The check `data` has said why.
        return [checks.camera(vital_signs.VitalSigns())]
    waited = (clock.now() - counts.oldest).total_seconds() / 86_400 if counts.oldest else 0.0
    return [checks.camera(signs), checks.backlog(counts.backlog, waited)]


def _crop_bytes(settings: EdgeSettings) -> int:
    from edge.errors import EdgeError
    from edge.store.crops import room_for_crops
    from edge.store.db import FILE_NAME, connect

    with contextlib.suppress(EdgeError):
        if (settings.data_dir / FILE_NAME).exists():
            return room_for_crops(connect(settings.data_dir))
    return 0


def _calibration(settings: EdgeSettings) -> "Finding":
    from edge.doctor import checks
    from edge.errors import EdgeError
    from edge.recogniser.calibration_file import read_calibration
    from edge.recogniser.served import served_models
    from edge.store.db import FILE_NAME, connect
    from edge.store.roster import people_known

    model, people = None, 0
    try:
        found = read_calibration(settings.data_dir)
    except EdgeError as error:
        return checks.calibration(error, model, people)
    # What is wrong with the models or the database is another check's to say.
    with contextlib.suppress(EdgeError):
        embedder = served_models(settings).ready("embedder")
        model = embedder.digest if embedder else None
    with contextlib.suppress(EdgeError):
        people = people_known(connect(settings.data_dir)) if (settings.data_dir / FILE_NAME).exists() else 0
    return checks.calibration(found, model, people)


def _missing_models(settings: EdgeSettings) -> list[str]:
    from edge.errors import EdgeError
    from edge.recogniser.served import served_models
    from edge.vision.load import load_pipeline

    try:
        load_pipeline(served_models(settings))
    except EdgeError as error:
        return [str(error)]
    return []


def _missing_liveness() -> str | None:
    from edge.errors import EdgeError
    from edge.vision.load import load_liveness
    from edge.vision.model_store import ModelStore

    try:
        load_liveness(ModelStore.of_this_machine())
    except EdgeError as error:
        return str(error)
    return None


def _broker(settings: EdgeSettings) -> "Finding":
    from uuid import UUID

    from edge.doctor import checks
    from edge.doctor.finding import broken
    from edge.errors import EdgeError
    from edge.identity.files import identity
    from edge.uplink.broker import Broker

    unit = identity(settings.data_dir)
    try:
        broker = Broker(settings.broker_url, settings.device, UUID(int=0))
        tls = None
        if broker.uses_tls:
            tls = unit.tls() if unit.is_claimed() else broker.tls()
    except EdgeError as error:
        return broken("broker", str(error), "diemdanh-edge claim CODE --cloud URL")
    return checks.broker(broker.host, broker.port, tls)


def _as_the_services_do(data_dir: Path) -> None:
    """What the claim decided comes over the environment, as systemd has it."""
    from edge.identity.files import identity

    decided = identity(data_dir).settings
    try:
        lines = decided.read_text().splitlines()
    except FileNotFoundError:
        return
    except PermissionError:
        sys.stderr.write(f"{decided} may not be read: run as root, or as the unit's user (sudo -u diemdanh)\n")
        return
    for line in lines:
        name, _, value = line.partition("=")
        os.environ[name] = "".join(shlex.split(value))
