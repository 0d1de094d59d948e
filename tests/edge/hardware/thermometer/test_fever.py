import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.hardware.thermometer.fever import FeverRules, Verdict, body_temperature, judge
from edge.hardware.thermometer.placement import (
    FaceInPicture,
    Placement,
    face_height_m,
    pixels_on_face,
    standing,
)
from edge.hardware.thermometer.port import Datasheet, Thermogram
from edge.hardware.thermometer.skin import KELVIN, core_c, skin_c

SPOT = Datasheet((5.0, 5.0), (1, 1), accuracy_c=0.2, interval_s=0.1)
ARRAY = Datasheet((55.0, 35.0), (32, 24), accuracy_c=1.0, interval_s=0.25)
COARSE = Datasheet((60.0, 60.0), (8, 8), accuracy_c=2.5, interval_s=0.1)
GATE = Placement(image_px=(1280, 720), focal_px=1000.0, height_m=1.40)
AIMED = Placement(GATE.image_px, GATE.focal_px, GATE.height_m, sensor_below_m=0.1)


def face_at(distance_m: float, stature_m: float, placement: Placement = GATE, right_m: float = 0.0) -> FaceInPicture:
    """What the camera sees of a person's face, by projection."""
    tall_m = face_height_m(stature_m)
    height_px = placement.focal_px * tall_m / distance_m
    width_px = 0.75 * height_px
    below_m = placement.height_m - (stature_m - tall_m / 4)
    top_px = placement.image_px[1] / 2 + placement.focal_px * math.tan(
        math.asin(below_m / distance_m) - math.radians(placement.tilt_deg)
    )
    left_px = placement.image_px[0] / 2 + placement.focal_px * right_m / distance_m - width_px / 2
    return FaceInPicture(left_px, top_px, width_px, height_px)


def scene(temperature_c: float, ambient_c: float = 28.0) -> Thermogram:
    return Thermogram(np.full((1, 1), temperature_c, np.float32), ambient_c)


def test_a_black_body_needs_no_correction():
    assert skin_c(35.0, 20.0, emissivity=1.0) == pytest.approx(35.0)


def test_skin_is_warmer_than_it_looks_in_a_cool_room_and_as_warm_in_one_of_its_own_temperature():
    # 0.98 T^4 + 0.02 (20 °C)^4 looks like 35 °C: by hand, T = 35.28 °C.
    assert skin_c(35.0, 20.0) == pytest.approx(35.28, abs=0.01)
    assert skin_c(35.0, 35.0) == pytest.approx(35.0)


@given(skin=st.floats(25, 42), room=st.floats(5, 45), emissivity=st.floats(0.9, 1.0))
def test_the_correction_undoes_what_a_grey_body_does(skin: float, room: float, emissivity: float):
    looks_k4 = emissivity * (skin + KELVIN) ** 4 + (1 - emissivity) * (room + KELVIN) ** 4
    assert skin_c(looks_k4**0.25 - KELVIN, room, emissivity) == pytest.approx(skin, abs=1e-6)


def test_a_healthy_forehead_in_a_room_gives_a_healthy_body():
    assert core_c(36.2, 23.0) == pytest.approx(36.7, abs=0.05)


def test_the_body_is_warmer_than_its_skin_by_more_when_the_air_is_colder():
    assert core_c(34.0, 15.0) - 34.0 > core_c(34.0, 30.0) - 34.0 > 0


@given(distance=st.floats(0.4, 2.5), stature=st.floats(1.0, 1.9), tilt=st.floats(-10, 20))
def test_where_somebody_stands_follows_from_the_picture(distance: float, stature: float, tilt: float):
    placement = Placement((1280, 720), 1000.0, height_m=1.5, tilt_deg=tilt)
    if abs(1.5 - stature) > 0.8 * distance:
        return
    found = standing(face_at(distance, stature, placement), placement)
    assert found is not None
    assert found.distance_m == pytest.approx(distance, rel=0.02)
    assert found.stature_m == pytest.approx(stature, abs=0.04)


def test_a_face_where_no_person_has_one_is_not_measured():
    poster = FaceInPicture(left=600, top=0, width=20, height=26)
    high_up = Placement(GATE.image_px, GATE.focal_px, height_m=2.5)
    assert standing(poster, high_up) is None
    assert standing(FaceInPicture(0, 0, 0, 0), GATE) is None


def test_a_spot_must_lie_within_the_face():
    near, far = face_at(0.6, 1.40), face_at(2.5, 1.40)
    assert pixels_on_face(near, 0.6, AIMED, SPOT) == (slice(0, 1), slice(0, 1))
    assert pixels_on_face(far, 2.5, AIMED, SPOT) is None
    assert pixels_on_face(face_at(0.6, 1.40, right_m=0.2), 0.6, AIMED, SPOT) is None


def test_of_an_array_only_the_pixels_on_the_face_count():
    face = face_at(1.0, 1.40)
    rows, columns = pixels_on_face(face, 1.0, GATE, ARRAY) or pytest.fail("not seen")
    assert 2 <= columns.stop - columns.start <= 5
    assert 3 <= rows.stop - rows.start <= 7
    wall_with_face = np.full((24, 32), 45.0, np.float32)
    wall_with_face[rows, columns] = 35.0
    found = body_temperature(Thermogram(wall_with_face, 28.0), ARRAY, face, GATE, FeverRules())
    assert found is not None
    assert found.forehead_c == pytest.approx(35.13, abs=0.02)


def test_a_mirrored_sensor_is_read_from_the_other_side():
    face = face_at(1.0, 1.40, right_m=0.2)
    mirrored = Placement(GATE.image_px, GATE.focal_px, GATE.height_m, sensor_mirrored=True)
    _, columns = pixels_on_face(face, 1.0, GATE, ARRAY) or pytest.fail("not seen")
    _, opposite = pixels_on_face(face, 1.0, mirrored, ARRAY) or pytest.fail("not seen")
    assert (opposite.start, opposite.stop) == (32 - columns.stop, 32 - columns.start)


@pytest.mark.parametrize(
    ("apparent_c", "verdict"),
    [(30.0, Verdict.UNSURE), (35.5, Verdict.NORMAL), (37.6, Verdict.FEVER), (60.0, Verdict.UNSURE)],
)
def test_the_rule_tells_a_fever_from_health_and_both_from_nonsense(apparent_c: float, verdict: Verdict):
    found = body_temperature(scene(apparent_c), SPOT, face_at(0.6, 1.40), AIMED, FeverRules())
    assert found is not None
    assert found.verdict is verdict
    assert found.distance_m == pytest.approx(0.6, rel=0.02)


def test_a_sensor_that_is_too_coarse_says_nothing_about_fever():
    assert judge(39.0, COARSE.accuracy_c, FeverRules()) is Verdict.UNSURE
    assert judge(39.0, ARRAY.accuracy_c, FeverRules()) is Verdict.FEVER


def test_the_limit_is_the_schools():
    assert judge(37.6, 0.2, FeverRules(fever_c=38.0)) is Verdict.NORMAL
    assert judge(38.0, 0.2, FeverRules(fever_c=38.0)) is Verdict.FEVER


def test_a_face_at_another_height_than_the_childs_is_not_measured_as_theirs():
    face = face_at(0.6, 1.40)
    assert body_temperature(scene(36.0), SPOT, face, AIMED, FeverRules(), stature_m=1.05) is None
    assert body_temperature(scene(36.0), SPOT, face, AIMED, FeverRules(), stature_m=1.35) is not None
