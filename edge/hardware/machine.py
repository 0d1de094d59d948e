"""How the machine itself is: heat, power, disk. Read from the kernel, on any board that says."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

THERMAL = Path("/sys/class/thermal/thermal_zone0/temp")
"""Thousandths of a degree Celsius; on a Raspberry Pi and a Jetson this zone is the processor."""
HWMON = Path("/sys/class/hwmon")

UNDERVOLTAGE_NOW, THROTTLED_NOW, UNDERVOLTAGE_BEFORE, THROTTLED_BEFORE = 1 << 0, 1 << 2, 1 << 16, 1 << 18
"""Bits of `vcgencmd get_throttled`: Raspberry Pi documentation, "vcgencmd"."""


@dataclass(frozen=True, slots=True)
class Power:
    undervoltage_now: bool
    undervoltage_since_start: bool
    throttled_now: bool


def cpu_temperature_c(file: Path = THERMAL) -> float | None:
    try:
        return int(file.read_text()) / 1000
    except (OSError, ValueError):
        return None


def power(program: str = "vcgencmd", hwmon: Path = HWMON) -> Power | None:
    """None on a board that does not tell."""
    found = shutil.which(program)
    if found is not None:
        answer = subprocess.run([found, "get_throttled"], capture_output=True, text=True, check=False, timeout=5)
        return read_throttled(answer.stdout)
    for alarm in hwmon.glob("hwmon*/in0_lcrit_alarm"):
        # The kernel's rpi_volt driver, where vcgencmd is not installed.
        low = alarm.read_text().strip() == "1"
        return Power(low, low, throttled_now=False)
    return None


def read_throttled(answer: str) -> Power | None:
    """`throttled=0x50005` as flags."""
    try:
        bits = int(answer.strip().partition("=")[2], 16)
    except ValueError:
        return None
    return Power(
        undervoltage_now=bool(bits & UNDERVOLTAGE_NOW),
        undervoltage_since_start=bool(bits & (UNDERVOLTAGE_NOW | UNDERVOLTAGE_BEFORE)),
        throttled_now=bool(bits & THROTTLED_NOW),
    )
