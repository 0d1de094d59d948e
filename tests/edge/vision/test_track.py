"""Who is who from frame to frame, and above all: when that is not certain."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from edge.vision.track import LOST_AFTER_S, Tracker
from edge.vision.types import Box, Face


def at(x: float, y: float = 100.0, side: float = 60.0) -> Face:
    return Face(Box(x, y, side, side), 0.9, np.zeros((5, 2), np.float32))


def play(*frames: list[Face], fps: float = 12.5) -> list[list[int]]:
    """The track numbers of every frame's faces."""
    tracker = Tracker()
    return [[seen.track for seen in tracker.update(faces, i / fps)[0]] for i, faces in enumerate(frames)]


def test_a_face_that_stays_keeps_its_number():
    assert play([at(0)], [at(5)], [at(9)]) == [[1], [1], [1]]


def test_two_people_keep_their_numbers_in_whatever_order_they_are_found():
    assert play([at(0), at(300)], [at(305), at(5)]) == [[1, 2], [2, 1]]


def test_somebody_walking_fast_is_followed_by_velocity():
    """Half a face further in every frame: without velocity the overlap would be lost while hidden."""
    frames = [[at(30.0 * step)] for step in range(5)] + [[], []] + [[at(30.0 * 7)]]
    assert play(*frames)[-1] == [1]


def test_whoever_was_away_too_long_is_somebody_new():
    tracker = Tracker()
    tracker.update([at(0)], 0.0)
    seen, ended = tracker.update([at(0)], LOST_AFTER_S + 0.1)
    assert ended == [1]
    assert [face.track for face in seen] == [2]


def test_a_short_absence_is_forgiven():
    tracker = Tracker()
    tracker.update([at(0)], 0.0)
    tracker.update([], LOST_AFTER_S / 2)
    assert tracker.update([at(0)], LOST_AFTER_S * 0.9)[0][0].track == 1


def test_somebody_elsewhere_is_somebody_else():
    assert play([at(0)], [at(200)]) == [[1], [2]]


def test_people_who_cross_get_new_numbers():
    """When two faces overlap nobody can say afterwards which is which; both start anew."""
    frames = [[at(20.0 * step), at(200 - 20.0 * step)] for step in range(4)]
    frames += [[at(100)], [at(90), at(115)], [at(60), at(150)], [at(20), at(190)]]
    numbers = play(*frames)
    assert set(numbers[0]).isdisjoint(numbers[-1])


def test_a_clip_that_starts_again_ends_every_track():
    tracker = Tracker()
    tracker.update([at(0)], 3.0)
    seen, ended = tracker.update([at(0)], 0.0)
    assert ended == [1]
    assert seen[0].track == 2


def test_a_track_that_changed_hands_gets_a_new_number_and_goes_on():
    tracker = Tracker()
    tracker.update([at(0)], 0.0)
    assert tracker.start_anew(1) == 2
    assert tracker.update([at(2)], 0.1)[0][0].track == 2


def test_the_end_of_the_source_ends_every_track():
    tracker = Tracker()
    tracker.update([at(0), at(300)], 0.0)
    assert tracker.end_all() == [1, 2]
    assert tracker.end_all() == []


boxes = st.builds(at, st.floats(0, 600), st.floats(0, 300), st.floats(0, 200))


@given(st.lists(st.lists(boxes, max_size=5), max_size=8))
def test_every_face_gets_a_number_of_its_own_and_no_number_returns(frames):
    tracker = Tracker()
    gone: set[int] = set()
    for index, faces in enumerate(frames):
        seen, ended = tracker.update(faces, index / 10)
        numbers = [face.track for face in seen]
        gone |= set(ended)
        assert [face.face for face in seen] == faces
        assert len(set(numbers)) == len(numbers)
        assert gone.isdisjoint(numbers)
