"""People who walk, cross, hide behind each other, leave and come back, in every way that hypothesis finds."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge.contract import Outcome
from edge.recogniser.looks import Glimpse, Look, look_at
from edge.recogniser.loop import Decision, Following
from edge.vision.match import Gallery
from edge.vision.types import Chip, Template
from tests.edge.recogniser.scripted import MODEL, RULES, Scene, Seen

FRAMES = 24
APART = 0.6
"""Between any two people: nearer than two looks of one track may be to each other, farther than any threshold."""
KNOWN = ("an", "ba")
"""Persons 0 and 1; 2 and 3 are strangers."""


def template_of(person: int, off: float = 0.0, apart: float = APART) -> Template:
    template = np.zeros(128, np.float32)
    template[person] = apart / np.sqrt(2)
    template[127] = off
    return template


class Crowd(Scene):
    apart = APART

    def embed(self, chip: Chip) -> Template:
        return template_of(int(chip[0, 0, 0]), int(chip[0, 0, 1]) / 100, self.apart)


@dataclass(frozen=True)
class Walker:
    person: int
    x: float
    speed: float
    hidden: tuple[int, int]
    """From one frame until another."""
    offs: tuple[float, ...]
    noses: tuple[float, ...]

    def at(self, frame: int) -> list[Seen]:
        x = self.x + self.speed * frame
        if self.hidden[0] <= frame < self.hidden[1] or not -40 <= x <= 660:
            return []
        look = frame % len(self.offs)
        return [Seen(self.person, x, self.offs[look], nose=self.noses[frame % len(self.noses)])]


walker = st.builds(
    Walker,
    person=st.integers(0, 3),
    x=st.integers(0, 600).map(float),
    speed=st.sampled_from([-60.0, -25.0, -8.0, 0.0, 8.0, 25.0, 60.0]),
    hidden=st.tuples(st.integers(0, FRAMES), st.integers(0, FRAMES)),
    offs=st.lists(st.sampled_from([0.0, 0.1, 0.3, 0.45]), min_size=1, max_size=5).map(tuple),
    noses=st.lists(st.sampled_from([0.5, 0.55, 0.6, 0.65]), min_size=1, max_size=4).map(tuple),
)
scenes = st.lists(walker, min_size=1, max_size=4, unique_by=lambda one: one.person).map(
    lambda people: [[seen for one in people for seen in one.at(frame)] for frame in range(FRAMES)]
)
"""Everybody is one person; where nobody hides and everybody stands still it is a queue, else a crowd."""
swapped = st.lists(
    st.lists(st.builds(Seen, st.integers(0, 3), st.sampled_from([0.0, 20.0, 45.0, 70.0, 400.0]), st.just(0.1)),
             max_size=3, unique_by=lambda seen: seen.person),
    min_size=1, max_size=FRAMES,
)  # fmt: skip
"""No walk at all: anybody may be anywhere in any frame, so that faces take each other's places."""
lax = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def watch(frames: list[list[Seen]], told: Callable[[int, int, Look], None], *, apart: float = APART) -> list[Decision]:
    """`told` hears of every look: the track as it is numbered in the end, whose face it was, and the look."""
    scene = Crowd(frames)
    scene.apart = apart
    gallery = Gallery(list(KNOWN), np.array([template_of(person, 0.0, apart) for person in (0, 1)]), MODEL)
    pipeline = scene.pipeline()
    looks: list[tuple[list[int], int, Look]] = []

    def look(glimpse: Glimpse) -> Look:
        seen = look_at(glimpse)
        looks.append(([glimpse.track], scene._shown[glimpse.face.score].person, seen))
        return seen

    following = Following(pipeline, lambda: gallery, RULES, None, look)
    start_anew = following._tracker.start_anew

    def renumbered(track: int) -> int:
        looks[-1][0][0] = start_anew(track)
        return looks[-1][0][0]

    following._tracker.start_anew = renumbered
    decisions = []
    for frame in scene.frames():
        decisions += following.see(frame, pipeline.detect(frame.image))
    decisions += following.end()
    for (track,), person, seen in looks:
        told(track, person, seen)
    return decisions


@lax
@given(scenes | swapped)
def test_no_track_is_given_another_persons_name_than_that_of_its_best_look(frames):
    looks: dict[int, list[tuple[float, int]]] = {}
    found = watch(frames, lambda track, person, look: looks.setdefault(track, []).append((look.quality, person)))
    for one in found:
        if one.outcome is Outcome.IDENTIFIED:
            best = max(quality for quality, _ in looks[one.track])
            owners = {person for quality, person in looks[one.track] if quality == best}
            assert one.person in {KNOWN[person] for person in owners if person < len(KNOWN)}


@lax
@given(scenes | swapped, st.integers(0, 2**16))
def test_in_which_order_the_faces_of_a_frame_are_found_changes_nothing(frames, seed):
    def outcome(given: list[list[Seen]]) -> Counter[tuple[object, ...]]:
        said = watch(given, lambda track, person, look: None)
        return Counter((one.track, one.outcome, one.person, one.t_s, one.distance, one.candidates) for one in said)

    # Two faces in one and the same place cannot be told apart by anything.
    frames = [list({seen.x: seen for seen in frame}.values()) for frame in frames]
    order = random.Random(seed)
    assert outcome(frames) == outcome([order.sample(frame, len(frame)) for frame in frames])


@lax
@given(st.sampled_from([6.0, 12.0, 25.0, 40.0]), st.integers(0, 60), st.booleans())
def test_whoever_crosses_somebody_known_does_not_leave_with_their_name(speed, gap, hides):
    """One from each side; where they overlap the one behind may be hidden."""
    frames = []
    for step in range(FRAMES):
        known, stranger = Seen(0, 100.0 + speed * step), Seen(2, 400.0 + gap - speed * step)
        behind = hides and abs(known.x - stranger.x) < 40
        frames.append([known] if behind else [known, stranger])
    owners: dict[int, set[int]] = {}
    found = watch(frames, lambda track, person, look: owners.setdefault(track, set()).add(person))
    named = [one for one in found if one.outcome is Outcome.IDENTIFIED]
    assert [one.person for one in named] == ["an"]
    assert owners[named[0].track] == {0}


@lax
@given(st.integers(1, 8), st.integers(0, 8), st.sampled_from([0.0, 20.0]))
def test_a_track_that_changes_hands_starts_anew(first, away, beside):
    """A stranger steps into the place of somebody known, with or without a gap: nothing is inherited."""
    frames = [[Seen(3, 100.0)]] * first + [[]] * away + [[Seen(1, 100.0 + beside)]] * (FRAMES - first - away)
    owners: dict[int, set[int]] = {}
    found = watch(frames, lambda track, person, look: owners.setdefault(track, set()).add(person), apart=1.0)
    named = [one for one in found if one.outcome is Outcome.IDENTIFIED]
    assert [one.person for one in named] == ["ba"]
    assert all(one.track != named[0].track for one in found if one.outcome is Outcome.UNKNOWN)
