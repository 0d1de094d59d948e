"""What the doctor finds, and that it always says what to do."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edge.contract import CameraState
from edge.doctor import checks
from edge.doctor.finding import Finding, Grade
from edge.errors import Misconfigured
from edge.hardware.machine import Power, read_throttled
from edge.recogniser.calibration_file import Calibration
from edge.store.budget import DAYS_WANTED, Budget, budget
from edge.store.db import connect
from edge.store.releases import Releases, Verdict
from edge.store.vital_signs import VitalSigns
from tests.services.mosquitto import Mosquitto
from tests.services.ports import free_port

NOW = datetime(2026, 11, 16, tzinfo=UTC)
FOR_FORTY = Calibration(
    model="m1", threshold=0.4, ask_threshold=0.45, margin=0.05, wished_fpir=0.01, gallery_people=40, people=400,
    made_at=NOW,
)  # fmt: skip


@pytest.mark.parametrize(
    ("finding", "grade"),
    [
        (checks.camera(VitalSigns(CameraState.OK, 12.0)), Grade.OK),
        (checks.camera(VitalSigns(CameraState.LOST)), Grade.BROKEN),
        (checks.camera(VitalSigns()), Grade.BROKEN),
        (checks.models([]), Grade.OK),
        (checks.models(["embedder: checksum"]), Grade.BROKEN),
        (checks.liveness("warn", None), Grade.OK),
        (checks.liveness("off", "gone"), Grade.OK),
        (checks.liveness("warn", "gone"), Grade.WARNING),
        (checks.liveness("refuse", "gone"), Grade.BROKEN),
        (checks.calibration(None, "m1", 40), Grade.OK),
        (checks.calibration(FOR_FORTY, "m1", 45), Grade.OK),
        (checks.calibration(FOR_FORTY, None, 40), Grade.OK),
        (checks.calibration(FOR_FORTY, "m1", 60), Grade.WARNING),
        (checks.calibration(FOR_FORTY, "m2", 40), Grade.BROKEN),
        (checks.calibration(Misconfigured("cannot be read"), "m1", 40), Grade.BROKEN),
        (checks.clock(trusted=True, now=NOW, synchronised=True), Grade.OK),
        (checks.clock(trusted=True, now=NOW, synchronised=False), Grade.WARNING),
        (checks.clock(trusted=False, now=datetime(1970, 1, 1, tzinfo=UTC), synchronised=None), Grade.BROKEN),
        (checks.disk(Budget(free_mb=20_000, days_left=DAYS_WANTED)), Grade.OK),
        (checks.reserve(is_there=True), Grade.OK),
        (checks.reserve(is_there=False), Grade.WARNING),
        (checks.disk(Budget(free_mb=100, days_left=DAYS_WANTED - 1)), Grade.BROKEN),
        (checks.temperature(55.0), Grade.OK),
        (checks.temperature(72.0), Grade.WARNING),
        (checks.temperature(81.0), Grade.BROKEN),
        (checks.temperature(None), Grade.UNKNOWN),
        (checks.power(Power(False, False, False)), Grade.OK),
        (checks.power(Power(False, True, False)), Grade.WARNING),
        (checks.power(Power(True, True, True)), Grade.BROKEN),
        (checks.power(None), Grade.UNKNOWN),
        (checks.backlog(3, 0.1), Grade.OK),
        (checks.backlog(3000, 4.0), Grade.WARNING),
    ],
    ids=lambda value: f"{value.check}: {value.says}" if isinstance(value, Finding) else "",
)
def test_a_finding_has_its_grade_and_a_remedy_where_one_is_needed(finding: Finding, grade: Grade) -> None:
    assert finding.grade is grade
    assert bool(finding.remedy) == (grade in {Grade.WARNING, Grade.BROKEN})


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ("throttled=0x0\n", Power(False, False, False)),
        ("throttled=0x50005\n", Power(True, True, True)),
        ("throttled=0x50000\n", Power(False, True, False)),
        ("error", None),
    ],
)
def test_a_raspberry_pis_word_on_its_power_is_understood(answer: str, state: Power | None) -> None:
    assert read_throttled(answer) == state


def test_a_term_fits_on_a_small_card(tmp_path: Path) -> None:
    assert budget(tmp_path, free_bytes=4 * 2**30).is_enough
    assert not budget(tmp_path, free_bytes=512 * 2**20).is_enough


def test_a_damaged_database_is_found(tmp_path: Path) -> None:
    connect(tmp_path).close()
    assert checks.data(tmp_path).grade is Grade.OK
    (tmp_path / "unit.db").write_bytes(b"not a database at all" * 500)
    for left in tmp_path.glob("unit.db-*"):
        left.unlink()
    assert checks.data(tmp_path).grade is Grade.BROKEN


def test_a_broker_that_is_away_is_told_from_one_that_answers(broker: Mosquitto) -> None:
    assert checks.broker("127.0.0.1", broker.port, None).grade is Grade.OK
    assert checks.broker("127.0.0.1", free_port(), None).grade is Grade.BROKEN


def test_it_says_all_of_it_to_programs_too_and_fails_when_something_is_broken(tmp_path: Path) -> None:
    environment = {
        "DIEMDANH_EDGE_DATA_DIR": str(tmp_path),
        "DIEMDANH_CACHE": str(tmp_path / "cache"),
        "PATH": "/usr/bin",
    }
    answer = subprocess.run(
        [sys.executable, "-m", "edge", "doctor", "--json"], env=environment, capture_output=True, text=True, check=False
    )
    findings = {finding["check"]: finding for finding in json.loads(answer.stdout)}
    assert answer.returncode == 1
    assert set(findings) == {
        "data", "disk", "reserve", "camera", "models", "liveness", "calibration", "clock", "temperature", "power",
        "certificate", "broker", "update",
    }  # fmt: skip
    assert "diemdanh-edge models pull" in findings["models"]["remedy"]
    assert findings["liveness"]["grade"] == "warning"
    assert findings["camera"]["grade"] == "broken"


def test_a_certificate_shortly_before_its_end_and_after_it(tmp_path: Path) -> None:
    from cloud.devices.identity import authority as signing
    from edge.identity import keys
    from edge.identity.files import Identity

    assert checks.certificate(Identity(tmp_path), "gate-1", NOW).grade is Grade.WARNING
    key, school = keys.new_key(), signing.new_authority("Diemdanh", NOW)
    keys.store(key, tmp_path)
    unit = Identity(tmp_path)
    certificate = signing.client_certificate(school, "gate-1", key.public_key(), NOW)
    unit.certificate.write_text(signing.certificate_pem(certificate))
    unit.authorities.write_text(signing.certificate_pem(school.certificate))
    assert checks.certificate(unit, "gate-1", NOW).grade is Grade.OK
    assert checks.certificate(unit, "gate-2", NOW).grade is Grade.BROKEN
    assert checks.certificate(unit, "gate-1", NOW + timedelta(days=300)).grade is Grade.WARNING
    assert checks.certificate(unit, "gate-1", NOW + timedelta(days=401)).grade is Grade.BROKEN


@pytest.mark.parametrize(
    ("verdict", "grade"),
    [
        (Verdict.NONE, Grade.OK),
        (Verdict.RUNS, Grade.OK),
        (Verdict.TRIED, Grade.WARNING),
        (Verdict.FAILED, Grade.WARNING),
        (Verdict.INTERRUPTED, Grade.WARNING),
    ],
)
def test_what_became_of_the_last_release_is_told(verdict: Verdict, grade: Grade):
    finding = checks.update(Releases(7, "0.2.0", verdict, why="no pictures come"))
    assert finding.grade is grade
    assert (finding.remedy == "") == (grade is Grade.OK)
    assert ("no pictures come" in finding.says) == (verdict is Verdict.FAILED)
