"""From what the settings say to the thermometer that is mounted."""

from functools import partial

from edge.errors import Misconfigured
from edge.hardware.i2c.linux import LinuxI2cBus
from edge.hardware.thermometer.amg8833 import Amg8833
from edge.hardware.thermometer.mlx90614 import Mlx90614
from edge.hardware.thermometer.mlx90640 import Mlx90640
from edge.hardware.thermometer.port import Thermometer

FORMS = "mlx90614-DCI (or another variant), mlx90640-BAB, mlx90640-BAA, amg8833; with @N for bus N, such as amg8833@3"


def open_thermometer(spec: str) -> Thermometer:
    """The thermometer that `spec` names, not opened yet. Raises Misconfigured for what it does not name."""
    kind, _, bus = spec.partition("@")
    name, _, variant = kind.partition("-")
    if not (bus or "1").isdecimal():
        raise Misconfigured(f"thermometer {spec!r}: the bus is a number. A thermometer is {FORMS}.")
    open_bus = partial(LinuxI2cBus, int(bus or "1"))
    if name == "mlx90614" and variant:
        return Mlx90614(open_bus, variant=variant)
    if name == "mlx90640" and variant:
        return Mlx90640(open_bus, variant=variant)
    if kind == "amg8833":
        return Amg8833(open_bus)
    raise Misconfigured(f"thermometer {spec!r}: no such sensor. A thermometer is {FORMS}.")
