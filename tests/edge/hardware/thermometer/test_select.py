import pytest

from edge.errors import Misconfigured
from edge.hardware.thermometer.select import open_thermometer


@pytest.mark.parametrize(
    ("spec", "name"),
    [
        ("mlx90614-DCI", "MLX90614-DCI at 0x5a"),
        ("mlx90640-BAA@3", "MLX90640-BAA at 0x33"),
        ("amg8833", "AMG8833 at 0x69"),
    ],
)
def test_a_setting_names_a_sensor(spec: str, name: str):
    assert open_thermometer(spec).name == name


@pytest.mark.parametrize("spec", ["", "mlx90614", "thermometer", "amg8833@x", "amg8833-BAB", "mlx90640-DCI"])
def test_what_is_no_sensor_is_refused_with_the_known_ones(spec: str):
    with pytest.raises(Misconfigured):
        open_thermometer(spec)


def test_a_board_without_that_bus_says_how_to_switch_it_on():
    with pytest.raises(Misconfigured, match="dtparam=i2c_arm=on"):
        open_thermometer("mlx90614-DCI@197").open()
