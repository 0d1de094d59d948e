"""BlazeFace's neighbouring anchors may see one face twice; that must not become two people."""

import numpy as np

from edge.vision.detect_blazeface import _apart


def test_a_box_centred_inside_a_surer_one_is_the_same_face() -> None:
    face, echo, neighbour = (558, 200, 43, 57), (538, 180, 47, 63), (620, 200, 43, 57)
    boxes = np.array([face, echo, neighbour], np.float32)
    assert _apart(boxes, [0, 1, 2]) == [0, 2]


def test_faces_side_by_side_and_no_face_at_all_stay_as_they_are() -> None:
    boxes = np.array([(0, 0, 40, 40), (30, 0, 40, 40)], np.float32)
    assert _apart(boxes, [1, 0]) == [1, 0]
    assert _apart(boxes, []) == []
