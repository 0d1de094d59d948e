"""Finding and looking in threads of their own: what comes out, what is passed over, and how it ends."""

import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager

import pytest

from edge.backoff import Backoff
from edge.errors import Rejected, Unavailable
from edge.frame import Frame
from edge.hardware.fake import FakeCamera
from edge.hardware.live import LiveSource
from edge.recogniser import workers
from edge.recogniser.loop import Decision, Present
from edge.recogniser.played import recognise_source
from edge.recogniser.workers import ROOM_GLIMPSES, Missed, recognise_live
from edge.vision.match import Gallery
from edge.vision.types import Chip, Template
from tests.edge.recogniser.scripted import RULES, Scene, Seen, gallery_of
from tests.edge.recogniser.test_loop import AN, BINH, CHI, said
from tests.services.waiting import eventually

WAIT_S = 10.0


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) <= before


class Gate:
    """Frames in step with whoever attends them: the next one comes when this one was seen."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._attended = threading.Semaphore(0)
        self._stopped = threading.Event()
        self.seen: list[int] = []

    def frames(self) -> Generator[Frame, None, None]:
        for frame in self._scene.frames():
            if self._stopped.is_set():
                return
            yield frame
            assert self._attended.acquire(timeout=WAIT_S)

    def attend(self, frame: Frame, present: Sequence[Present]) -> None:
        self.seen.append(frame.index)
        self._attended.release()

    def stop(self) -> None:
        self._stopped.set()
        self._attended.release()

    def decisions(self, gallery: Gallery, missed: Missed | None = None) -> Generator[Decision, None, None]:
        return recognise_live(
            self.frames(), self.stop, self._scene.pipeline(), lambda: gallery, RULES, self.attend, missed
        )


def test_everybody_in_a_crowd_gets_their_own_outcome_and_no_frame_is_missed():
    crowd = [Seen(AN, 50), Seen(CHI, 300), Seen(BINH, 600)]
    gate, missed = Gate(Scene([crowd] * 30)), Missed()
    found = list(gate.decisions(gallery_of(an=AN, binh=BINH), missed))
    assert sorted(said(found), key=str) == [("identified", "an"), ("identified", "binh"), ("unknown", None)]
    assert gate.seen == list(range(30))
    assert missed == Missed()


class SlowScene(Scene):
    """Embeds when it is let; the second frame comes when the look at the first has begun."""

    def __init__(self, scenes: Sequence[Sequence[Seen]]) -> None:
        super().__init__(scenes)
        self.begun = threading.Event()
        self.go = threading.Event()

    def frames(self) -> Iterator[Frame]:
        frames = super().frames()
        yield next(frames)
        assert self.begun.wait(WAIT_S)
        yield from frames

    def embed(self, chip: Chip) -> Template:
        self.begun.set()
        assert self.go.wait(WAIT_S)
        return super().embed(chip)


def test_slow_looks_hold_up_no_frame_and_the_oldest_glimpses_are_missed_not_the_newest():
    """One after the other for 0.1 s each, farther apart than a track reaches."""
    passing = [[Seen(person, 60.0 * (person % 10), side=50)] for person in range(30)]
    scene = SlowScene(passing)
    gate, missed = Gate(scene), Missed()
    found: list[Decision] = []

    def all_seen_then_go() -> None:
        eventually(lambda: len(gate.seen) == 30, saying="a frame waits for a look")
        scene.go.set()

    with ended(threading.Thread(target=all_seen_then_go)):
        found += gate.decisions(gallery_of(nobody=99), missed)
    # The first one was being looked at all the while.
    assert scene.embedded == [0, *range(30 - ROOM_GLIMPSES, 30)]
    assert len(found) == 1 + ROOM_GLIMPSES
    assert missed == Missed(looks=30 - 1 - ROOM_GLIMPSES)


def test_whoever_attends_slowly_gets_the_newest_frames_and_the_count_of_what_was_missed():
    scene = Scene([[Seen(AN, 100)]] * 30)
    all_found = threading.Event()
    seen: list[int] = []

    def frames() -> Generator[Frame, None, None]:
        yield from scene.frames()
        all_found.set()

    def attend(frame: Frame, present: Sequence[Present]) -> None:
        assert all_found.wait(WAIT_S)
        seen.append(frame.index)

    missed = Missed()
    decisions = recognise_live(
        frames(), all_found.set, scene.pipeline(), lambda: gallery_of(an=AN), RULES, attend, missed
    )
    assert said(list(decisions)) == [("identified", "an")]
    assert seen[-2:] == [28, 29]
    assert len(seen) <= 3
    # What went before the first frame was not missed: nobody had begun.
    assert missed.frames == 30 - len(seen) - seen[0]


@contextmanager
def ended(thread: threading.Thread) -> Iterator[None]:
    thread.start()
    yield
    thread.join(WAIT_S)


def fails(*_: object) -> None:
    raise ZeroDivisionError("the engine is broken")


@pytest.mark.parametrize("stage", ["detect", "chip", "embed"])
def test_what_fails_in_a_thread_reaches_the_caller_as_it_is(stage: str, monkeypatch: pytest.MonkeyPatch):
    scene = Scene([[Seen(AN, 100)]] * 30)
    monkeypatch.setattr(scene, stage, fails)
    with pytest.raises(ZeroDivisionError, match="the engine is broken"):
        list(Gate(scene).decisions(gallery_of(an=AN)))


def test_what_the_source_fails_with_comes_after_what_it_gave():
    scene = Scene([[Seen(AN, 100)]])

    def frames() -> Generator[Frame, None, None]:
        yield from scene.frames()
        raise Rejected("damaged")

    found: list[Decision] = []
    with pytest.raises(Rejected, match="damaged"):
        found.extend(recognise_live(frames(), lambda: None, scene.pipeline(), lambda: gallery_of(an=AN), RULES))
    assert said(found) == [("identified", "an")]


def test_a_look_that_never_ends_ends_the_process(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(workers, "STUCK_S", 0.0)
    monkeypatch.setattr(workers, "LEAVE_S", 0.0)
    scene = SlowScene([[Seen(AN, 100)]] * 3000)
    with pytest.raises(Unavailable, match="one look"):
        list(Gate(scene).decisions(gallery_of(an=AN)))
    scene.go.set()
    eventually(
        lambda: all(thread.name not in ("looking", "finding") for thread in threading.enumerate()), saying="left"
    )


def test_leaving_early_ends_the_threads():
    gate = Gate(Scene([[Seen(AN, 100)]] * 3000))
    decisions = gate.decisions(gallery_of(an=AN))
    assert next(decisions).person == "an"
    decisions.close()
    assert len(gate.seen) < 3000


def test_leaving_ends_a_camera_that_gives_nothing_any_more():
    scene, camera = Scene([[Seen(AN, 100)]]), FakeCamera()
    camera.show(next(scene.frames()).image)
    source = LiveSource(camera, backoff=Backoff(0.001, 0.001))
    assert source.live
    decisions = recognise_source(source, scene.pipeline(), lambda: gallery_of(an=AN), RULES, once=False)
    assert next(decisions).person == "an"
    camera.unplug()
    decisions.close()
    assert source.stopped
