"""What comes out when looks come later than the frames they are of, or not at all."""

from collections.abc import Sequence

from edge.recogniser.looks import Glimpse, look_at
from edge.recogniser.loop import Decision, Following
from edge.vision.match import Gallery
from tests.edge.recogniser.scripted import RULES, Scene, Seen, gallery_of
from tests.edge.recogniser.test_loop import AN, CHI, said

AWAY: list[Seen] = []


class Late:
    """Frames are seen at once; looks are taken when the test says so."""

    def __init__(self, scenes: Sequence[Sequence[Seen]], gallery: Gallery) -> None:
        scene = Scene(scenes)
        self.pipeline = scene.pipeline()
        self.glimpses: list[Glimpse] = []
        self._frames = scene.frames()
        self._following = Following(self.pipeline, lambda: gallery, RULES, None, look=self.glimpses.append)

    def see(self, frames: int = 1) -> list[Decision]:
        said = []
        for _ in range(frames):
            frame = next(self._frames)
            said += self._following.see(frame, self.pipeline.detect(frame.image))
        return said

    def look(self) -> list[Decision]:
        return list(self._following.learn(look_at(self.glimpses.pop(0))))

    def miss(self) -> list[Decision]:
        return list(self._following.miss(self.glimpses.pop(0)))

    def end(self) -> list[Decision]:
        return list(self._following.end())


def test_a_name_is_said_when_the_look_is_there():
    late = Late([[Seen(AN, 100)]] * 9, gallery_of(an=AN))
    assert late.see(9) == []
    assert len(late.glimpses) == 1, "a second look while the first is under way"
    found = late.look()
    assert said(found) == [("identified", "an")]
    assert (found[0].t_s, found[0].captured_s) == (0.0, 1000.0)
    assert late.end() == []


def test_the_last_word_on_whoever_has_left_waits_for_the_look():
    late = Late([[Seen(AN, 100)], *[AWAY] * 9], gallery_of(an=AN))
    assert late.see(10) == []
    assert said(late.look()) == [("identified", "an")]
    assert late.end() == []


def test_a_stranger_who_has_left_is_unknown_once_the_look_is_there():
    late = Late([[Seen(CHI, 100)], *[AWAY] * 9], gallery_of(an=AN))
    late.see(10)
    assert said(late.look()) == [("unknown", None)]


def test_whoever_is_still_there_after_a_missed_look_is_looked_at_again():
    late = Late([[Seen(AN, 100)]] * 3, gallery_of(an=AN))
    late.see()
    assert late.miss() == []
    late.see()
    assert said(late.look()) == [("identified", "an")]


def test_whoever_left_without_any_look_is_nobody():
    late = Late([[Seen(AN, 100)], *[AWAY] * 9], gallery_of(an=AN))
    late.see(10)
    assert late.miss() == []
    assert late.end() == []


def test_another_face_in_a_late_look_starts_anew_and_takes_no_name_from_before():
    late = Late([[Seen(CHI, 100)]] * 3 + [[Seen(AN, 100)]] * 3, gallery_of(an=AN))
    late.see(2)
    assert late.look() == []
    late.see(4)
    found = late.look()
    assert said(found) == [("unknown", None), ("identified", "an")]
    assert found[0].track != found[1].track


def test_another_face_in_a_look_that_comes_after_both_have_left():
    late = Late([[Seen(CHI, 100)]] * 3 + [[Seen(AN, 100)]] + [AWAY] * 9, gallery_of(an=AN))
    late.see()
    late.look()
    late.see(12)
    assert said(late.look()) == [("unknown", None), ("identified", "an")]
    assert late.end() == []
