"""The temperature of whoever stands before the camera, as a by-product of recognising them. Nobody waits for it."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from edge.frame import Frame
from edge.hardware.thermometer.fever import FeverRules, Verdict, body_temperature
from edge.hardware.thermometer.placement import FaceInPicture, Placement
from edge.hardware.thermometer.sampling import Sampler
from edge.recogniser.loop import Decision, Present

FRESH_S = 1.0
"""An older measurement is of whoever stood there before."""


@dataclass(frozen=True, slots=True)
class Mounting:
    """How the camera and the thermometer hang; see `Placement`."""

    field_deg: float
    height_m: float
    tilt_deg: float
    sensor_right_m: float
    sensor_below_m: float
    sensor_mirrored: bool

    def placement(self, image_px: tuple[int, int]) -> Placement:
        return Placement(
            image_px=image_px,
            focal_px=image_px[0] / (2 * math.tan(math.radians(self.field_deg) / 2)),
            height_m=self.height_m,
            tilt_deg=self.tilt_deg,
            sensor_right_m=self.sensor_right_m,
            sensor_below_m=self.sensor_below_m,
            sensor_mirrored=self.sensor_mirrored,
        )


class Temperatures:
    """Measures every face of every frame that the thermometer can see, from the thread that recognises.

    People are recognised from farther off than they can be measured: whoever was recorded without a temperature is
    `measured` later, once, when they come near.
    """

    def __init__(self, sampler: Sampler, mounting: Mounting, rules: FeverRules) -> None:
        self._sampler = sampler
        self._mounting = mounting
        self._rules = rules
        self._by_track: dict[int, float] = {}
        self._owed: dict[int, Decision] = {}
        self.measured: Callable[[Decision, float], object] = lambda decision, celsius: None
        """What to do with a late one: the decision as of the frame in which it was measured."""

    def look(self, frame: Frame, present: Sequence[Present]) -> None:
        tracks = {one.track for one in present}
        self._by_track = {track: celsius for track, celsius in self._by_track.items() if track in tracks}
        self._owed = {track: decision for track, decision in self._owed.items() if track in tracks}
        thermogram = self._sampler.latest(FRESH_S)
        if thermogram is None:
            return
        placement = self._mounting.placement((frame.image.shape[1], frame.image.shape[0]))
        for one in present:
            face = FaceInPicture(one.box.x, one.box.y, one.box.width, one.box.height)
            found = body_temperature(thermogram, self._sampler.datasheet, face, placement, self._rules)
            if found is None or found.verdict is Verdict.UNSURE:
                continue
            self._by_track[one.track] = round(found.core_c, 1)
            if (decision := self._owed.pop(one.track, None)) is not None:
                now = replace(decision, t_s=frame.t_s, captured_s=frame.grabbed_s)
                self.measured(now, self._by_track[one.track])

    def of(self, decision: Decision) -> float | None:
        """In °C; None when they were not measured yet, and then `measured` follows if they come near enough."""
        celsius = self._by_track.get(decision.track)
        if celsius is None and decision.person is not None:
            self._owed[decision.track] = decision
        return celsius
