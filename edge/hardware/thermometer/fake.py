"""A thermometer that a test or a demonstration drives by hand. It is shipped, and never a default.

thermometer = FakeThermometer()
thermometer.show(36.4)        # what it sees from now on
thermometer.garble()          # one measurement with a wrong checksum
thermometer.unplug()          # from now on as if it were gone
thermometer.plug_in()
"""

import numpy as np

from edge.errors import Rejected
from edge.hardware.fake_device import FakeDevice
from edge.hardware.thermometer.port import Datasheet, Thermogram


class FakeThermometer(FakeDevice):
    """Keeps the contract of `port.Thermometer`, raises the real errors, and records what was done to it."""

    def __init__(self, datasheet: Datasheet | None = None, name: str = "fake thermometer") -> None:
        super().__init__(name)
        self.datasheet = datasheet or Datasheet((5.0, 5.0), (1, 1), accuracy_c=0.2, interval_s=0.01)
        self._apparent_c = 25.0
        self._ambient_c = 25.0
        self._garbled = 0

    def show(self, apparent_c: float, ambient_c: float = 25.0) -> None:
        self._apparent_c, self._ambient_c = apparent_c, ambient_c

    def garble(self, measurements: int = 1) -> None:
        self._garbled += measurements

    def read(self) -> Thermogram:
        self._must_be_there()
        if self._garbled:
            self._garbled -= 1
            raise Rejected(f"{self.name}: a measurement with a wrong checksum.")
        across, down = self.datasheet.pixels
        return Thermogram(np.full((down, across), self._apparent_c, np.float32), self._ambient_c)
