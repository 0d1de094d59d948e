"""One suite for every thermometer, its fake included. The real drivers talk to chips made of registers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pytest

from edge.errors import Misconfigured, Rejected, Unavailable
from edge.hardware.i2c.fake import FakeI2cBus
from edge.hardware.thermometer.amg8833 import Amg8833
from edge.hardware.thermometer.fake import FakeThermometer
from edge.hardware.thermometer.fake_chips import Amg8833Chip, Mlx90614Chip
from edge.hardware.thermometer.fake_mlx90640 import Mlx90640Chip
from edge.hardware.thermometer.mlx90614 import Mlx90614
from edge.hardware.thermometer.mlx90640 import Mlx90640
from edge.hardware.thermometer.port import Thermometer
from tests.edge.hardware.thermometer import datasheet


@dataclass
class Bench:
    thermometer: Thermometer
    show: Callable[[float, float], None]
    garble: Callable[[], None]
    unplug: Callable[[], None]
    plug_in: Callable[[], None]
    resolution_c: float


def _on_bus(thermometer_type: type, address: int, chip, resolution_c: float, **options) -> Bench:
    bus = FakeI2cBus({address: chip})
    return Bench(
        thermometer_type(lambda: bus, **options), chip.show, chip.garble,
        lambda: bus.unplug(address), lambda: bus.plug_in(address), resolution_c,
    )  # fmt: skip


def _fake() -> Bench:
    fake = FakeThermometer()
    return Bench(fake, fake.show, fake.garble, fake.unplug, fake.plug_in, 0.001)


BENCHES = {
    "fake": _fake,
    "mlx90614": lambda: _on_bus(Mlx90614, 0x5A, Mlx90614Chip(), 0.02),
    "amg8833": lambda: _on_bus(Amg8833, 0x69, Amg8833Chip(), 0.25),
    "mlx90640": lambda: _on_bus(Mlx90640, 0x33, Mlx90640Chip(datasheet.eeprom()), 0.25, sleep=lambda seconds: None),
}


@pytest.fixture(params=BENCHES)
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    made = BENCHES[request.param]()
    yield made
    made.thermometer.close()


@pytest.mark.parametrize("object_c", [20.0, 33.3, 36.6, 39.9])
def test_what_is_in_front_is_what_is_read(bench: Bench, object_c: float):
    bench.show(object_c, 28.0)
    bench.thermometer.open()
    measured = bench.thermometer.read()
    across, down = bench.thermometer.datasheet.pixels
    assert measured.apparent_c.shape == (down, across)
    assert measured.apparent_c.dtype == np.float32
    assert measured.apparent_c == pytest.approx(object_c, abs=bench.resolution_c)
    assert measured.ambient_c == pytest.approx(28.0, abs=0.1)


def test_a_change_is_seen(bench: Bench):
    bench.show(25.0, 25.0)
    bench.thermometer.open()
    bench.thermometer.read()
    bench.show(38.0, 25.0)
    bench.thermometer.read()
    assert bench.thermometer.read().apparent_c.max() == pytest.approx(38.0, abs=bench.resolution_c)


def test_a_sensor_that_is_not_there_is_unavailable(bench: Bench):
    bench.unplug()
    with pytest.raises(Unavailable, match="Remote I/O error"):
        bench.thermometer.open()


def test_a_sensor_that_goes_away_is_unavailable_and_comes_back(bench: Bench):
    bench.thermometer.open()
    bench.thermometer.read()
    bench.unplug()
    with pytest.raises(Unavailable, match="Remote I/O error"):
        bench.thermometer.read()
    bench.thermometer.close()
    bench.plug_in()
    bench.thermometer.open()
    bench.show(36.0, 25.0)
    assert bench.thermometer.read().apparent_c.max() == pytest.approx(36.0, abs=bench.resolution_c)


def test_one_garbled_measurement_is_rejected_and_the_next_is_good(bench: Bench):
    bench.show(36.0, 25.0)
    bench.thermometer.open()
    bench.garble()
    with pytest.raises(Rejected):
        bench.thermometer.read()
    assert bench.thermometer.read().apparent_c.max() == pytest.approx(36.0, abs=bench.resolution_c)


def test_reading_before_opening_is_unavailable_and_closing_twice_is_harmless(bench: Bench):
    with pytest.raises(Unavailable):
        bench.thermometer.read()
    bench.thermometer.close()
    bench.thermometer.close()


def test_its_datasheet_is_complete(bench: Bench):
    facts = bench.thermometer.datasheet
    assert facts.accuracy_c > 0
    assert facts.interval_s > 0
    assert min(facts.field_deg) > 0
    assert bench.thermometer.name


def test_a_held_line_is_a_timeout():
    bus = FakeI2cBus({0x5A: Mlx90614Chip()})
    thermometer = Mlx90614(lambda: bus)
    thermometer.open()
    bus.jam()
    with pytest.raises(Unavailable, match="timed out"):
        thermometer.read()


def test_a_measurement_that_the_mlx90614_flags_is_rejected():
    chip = Mlx90614Chip()
    thermometer = Mlx90614(lambda: FakeI2cBus({0x5A: chip}))
    thermometer.open()
    chip.flag_error()
    with pytest.raises(Rejected, match="invalid"):
        thermometer.read()


def test_an_mlx90640_that_stops_measuring_is_unavailable():
    chip = Mlx90640Chip(datasheet.eeprom())
    seconds = iter(range(1000))
    thermometer = Mlx90640(
        lambda: FakeI2cBus({0x33: chip}), sleep=lambda s: None, monotonic=lambda: float(next(seconds))
    )
    thermometer.open()
    chip.stop_measuring()
    with pytest.raises(Unavailable, match="no measurement"):
        thermometer.read()


def test_a_bus_that_is_too_slow_for_the_mlx90640_is_named():
    class Slow(Mlx90640Chip):
        def exchange(self, write: bytes, read_length: int) -> bytes:
            self._ready = True
            return super().exchange(write, read_length)

    thermometer = Mlx90640(lambda: FakeI2cBus({0x33: Slow(datasheet.eeprom())}), sleep=lambda s: None)
    thermometer.open()
    with pytest.raises(Unavailable, match="i2c_arm_baudrate"):
        thermometer.read()


def test_an_mlx90640_without_calibration_is_unavailable():
    class Blank(Mlx90640Chip):
        def __init__(self) -> None:
            super().__init__(datasheet.eeprom())
            self._eeprom = np.full(832, 0, np.uint16)

    with pytest.raises(Unavailable, match="no calibration"):
        Mlx90640(lambda: FakeI2cBus({0x33: Blank()})).open()


def test_a_warm_face_before_a_cool_wall_keeps_its_place_in_the_picture():
    scene = np.full((24, 32), 26.0)
    scene[8:14, 20:25] = 35.0
    chip = Mlx90640Chip(datasheet.eeprom())
    chip.show(scene)
    thermometer = Mlx90640(lambda: FakeI2cBus({0x33: chip}), sleep=lambda s: None)
    thermometer.open()
    assert thermometer.read().apparent_c == pytest.approx(scene, abs=0.25)


def test_pixels_that_the_factory_ruled_out_take_their_neighbours_temperature():
    eeprom = datasheet.eeprom()
    eeprom[0x40 + 5 * 32 + 7] = 0
    chip = Mlx90640Chip(eeprom)
    chip.show(31.0)
    thermometer = Mlx90640(lambda: FakeI2cBus({0x33: chip}), sleep=lambda s: None)
    thermometer.open()
    assert thermometer.read().apparent_c == pytest.approx(31.0, abs=0.25)


@pytest.mark.parametrize(
    "make", [lambda: Mlx90614(FakeI2cBus, variant="XYZ"), lambda: Mlx90640(FakeI2cBus, variant="X")]
)
def test_an_unknown_variant_is_named_with_the_known_ones(make: Callable[[], Thermometer]):
    with pytest.raises(Misconfigured, match="BA"):
        make()
