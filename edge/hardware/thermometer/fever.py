"""Is it a fever? A hint for staff, who measure again with a clinical thermometer; never a diagnosis, and never shown
on the public screen. Pure.
"""

from dataclasses import dataclass
from enum import StrEnum

from edge.hardware.thermometer.placement import FaceInPicture, Placement, pixels_on_face, standing
from edge.hardware.thermometer.port import Datasheet, Thermogram
from edge.hardware.thermometer.skin import HEAT_LOSS, SKIN_EMISSIVITY, core_c, skin_c


class Verdict(StrEnum):
    NORMAL = "normal"
    FEVER = "fever"
    UNSURE = "unsure"
    """Measured, but not to be believed: too cold for a living forehead, too hot, or too coarse a sensor."""


@dataclass(frozen=True, slots=True)
class FeverRules:
    fever_c: float = 37.5
    """From here on staff are asked to measure. 37.5 °C is where schools screened during the pandemic; the usual
    clinical limit is 38.0 °C."""
    lowest_c: float = 34.5
    """Below it was hair, a hat, sweat or a photo."""
    highest_c: float = 42.5
    coarsest_c: float = 1.0
    """A sensor less accurate than this says nothing about fever."""
    stature_tolerance_m: float = 0.25
    emissivity: float = SKIN_EMISSIVITY
    heat_loss: float = HEAT_LOSS


@dataclass(frozen=True, slots=True)
class BodyTemperature:
    core_c: float
    forehead_c: float
    distance_m: float
    verdict: Verdict


def body_temperature(
    measured: Thermogram,
    datasheet: Datasheet,
    face: FaceInPicture,
    placement: Placement,
    rules: FeverRules,
    *,
    stature_m: float | None = None,
) -> BodyTemperature | None:
    """Of the person with this face; None when the sensor does not see them well enough ("please come closer").

    With `stature_m`, the person's recorded height, a face at another height is somebody else's or a picture.
    """
    where = standing(face, placement)
    if where is None or (stature_m is not None and abs(where.stature_m - stature_m) > rules.stature_tolerance_m):
        return None
    pixels = pixels_on_face(face, where.distance_m, placement, datasheet)
    if pixels is None:
        return None
    # The hottest spot is the inner corner of the eye or the bare forehead: ISO/TR 13154:2017 measures there.
    hottest_c = float(measured.apparent_c[pixels].max())
    forehead_c = skin_c(hottest_c, measured.ambient_c, rules.emissivity)
    estimate_c = core_c(forehead_c, measured.ambient_c, rules.heat_loss)
    return BodyTemperature(estimate_c, forehead_c, where.distance_m, judge(estimate_c, datasheet.accuracy_c, rules))


def judge(estimate_c: float, accuracy_c: float, rules: FeverRules) -> Verdict:
    if accuracy_c > rules.coarsest_c or not rules.lowest_c <= estimate_c <= rules.highest_c:
        return Verdict.UNSURE
    return Verdict.FEVER if estimate_c >= rules.fever_c else Verdict.NORMAL
