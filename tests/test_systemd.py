"""The shipped systemd units are ones that systemd accepts, and as closed as they say."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SYSTEMD = ROOT / "systemd"
UNITS = sorted(file for kind in ("service", "path", "timer") for file in SYSTEMD.glob(f"*.{kind}"))
MOST_EXPOSED = 2.0
EXCEPTIONS = {"diemdanh-kiosk": 5.0, "diemdanh-broker-reload": 10.0}
"""A browser has a sandbox of its own to build; the other runs `systemctl reload` as root."""

if shutil.which("systemd-analyze") is None:
    pytest.skip("systemd-analyze is not on this machine", allow_module_level=True)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_accepts_it(unit: Path) -> None:
    answer = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    # The environment that it will run in is not on this machine, and that alone may be missed.
    complaints = [line for line in answer.stderr.splitlines() if "is not executable: No such file" not in line]
    assert complaints == []


@pytest.fixture(scope="module")
def table() -> str:
    command = [sys.executable, str(ROOT / "scripts" / "service-security")]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_no_service_is_more_exposed_than_we_say(table: str) -> None:
    exposed = {name: float(score) for name, score in re.findall(r"^\| (diemdanh\S+) \| ([0-9.]+) \|$", table, re.M)}
    assert set(exposed) == {unit.stem for unit in UNITS if unit.suffix == ".service"}
    assert {name for name, score in exposed.items() if score > EXCEPTIONS.get(name, MOST_EXPOSED)} == set()


def test_the_table_in_the_readme_is_what_the_command_prints(table: str) -> None:
    readme = (SYSTEMD / "README.md").read_text(encoding="utf-8")
    if table.splitlines()[0] not in readme:
        pytest.skip("another version of systemd counts in another way")
    assert table in readme


def test_every_unit_is_in_the_readme() -> None:
    readme = (SYSTEMD / "README.md").read_text(encoding="utf-8")
    assert [unit.name for unit in UNITS if unit.stem not in readme] == []


def _commands() -> list[tuple[str, str]]:
    starts = re.compile(r"^ExecStart=\S*/bin/(diemdanh-\S+) (\S+)", re.MULTILINE)
    return sorted({found for unit in UNITS for found in starts.findall(unit.read_text(encoding="utf-8"))})


@pytest.mark.parametrize(("program", "command"), _commands())
def test_its_command_exists(program: str, command: str) -> None:
    installed = Path(__file__).parent.parent / ".venv" / "bin" / program
    answer = subprocess.run([str(installed), command, "--help"], capture_output=True, text=True, check=False)
    assert answer.returncode == 0
    assert "examples:" in answer.stdout
