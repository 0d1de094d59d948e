"""Which detection is whose, from frame to frame: intersection over union against a constant-velocity prediction.

A wrong name is worse than a second look, so whenever two tracks could claim the same face both end and new ones
begin: a track never changes hands.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from edge.vision.types import Box, Face

SAME_OVERLAP = 0.3
"""A detection that overlaps a prediction less is somebody else."""
CONFUSING_OVERLAP = 0.1
"""A second track that overlaps the detection by this much could claim it as well."""
LOST_AFTER_S = 0.5
"""How long a face may be hidden and still be the same track."""
VELOCITY_WEIGHT = 0.5
"""Share of the newest displacement in the velocity."""


@dataclass(slots=True)
class _Track:
    number: int
    box: Box
    seen_s: float
    vx: float = 0.0
    vy: float = 0.0

    def predict(self, t_s: float) -> Box:
        passed = t_s - self.seen_s
        return self.box.moved(self.vx * passed, self.vy * passed)

    def follow(self, box: Box, t_s: float) -> None:
        passed = t_s - self.seen_s
        if passed > 0:
            dx = box.x + box.width / 2 - self.box.x - self.box.width / 2
            dy = box.y + box.height / 2 - self.box.y - self.box.height / 2
            self.vx += VELOCITY_WEIGHT * (dx / passed - self.vx)
            self.vy += VELOCITY_WEIGHT * (dy / passed - self.vy)
        self.box, self.seen_s = box, t_s


@dataclass(frozen=True, slots=True)
class Tracked:
    """One face with the number of its track."""

    track: int
    face: Face


class Tracker:
    """Numbers faces. Numbers count up from 1 and are never used twice."""

    def __init__(self) -> None:
        self._tracks: list[_Track] = []
        self._count = 0
        self._t_s = 0.0

    def update(self, faces: Sequence[Face], t_s: float) -> tuple[list[Tracked], list[int]]:
        """The faces of the frame at `t_s` with their tracks, and the tracks that have ended.

        Time that goes backwards (a clip that starts again) ends every track. In which order the faces are given
        changes nothing: they are numbered from left to right.
        """
        order = sorted(range(len(faces)), key=lambda index: _place(faces[index].box))
        ended = self._end(self._tracks) if t_s < self._t_s else []
        self._t_s = t_s
        ended += self._end([track for track in self._tracks if t_s - track.seen_s > LOST_AFTER_S])
        overlaps = [
            (track.predict(t_s).overlap(face.box), track, index)
            for track in self._tracks
            for index, face in ((index, faces[index]) for index in order)
        ]
        ended += self._end(_confused(overlaps))
        follows: dict[int, _Track] = {}
        taken: set[int] = set()
        for overlap, track, index in sorted(overlaps, key=lambda item: -item[0]):
            if overlap < SAME_OVERLAP:
                break
            if track in self._tracks and index not in follows and track.number not in taken:
                follows[index] = track
                taken.add(track.number)
        owners = {index: follows.get(index) or self._begin(faces[index].box, t_s) for index in order}
        for index, owner in owners.items():
            owner.follow(faces[index].box, t_s)
        return [Tracked(owners[index].number, face) for index, face in enumerate(faces)], ended

    def start_anew(self, number: int) -> int:
        """The track `number` turned out to have changed hands: what follows is a track of its own, numbered anew.

        Also of one that has ended meanwhile: nothing follows then.
        """
        self._count += 1
        for track in self._tracks:
            if track.number == number:
                track.number = self._count
        return self._count

    def end_all(self) -> list[int]:
        """The source has ended: so has every track."""
        return self._end(self._tracks)

    def _begin(self, box: Box, t_s: float) -> _Track:
        self._count += 1
        track = _Track(self._count, box, t_s)
        self._tracks.append(track)
        return track

    def _end(self, gone: Sequence[_Track]) -> list[int]:
        numbers = [track.number for track in gone]
        self._tracks = [track for track in self._tracks if track.number not in numbers]
        return numbers


def _place(box: Box) -> tuple[float, float, float, float]:
    return box.x, box.y, box.width, box.height


def _confused(overlaps: Sequence[tuple[float, _Track, int]]) -> list[_Track]:
    """Tracks that could claim a face which another track could claim too."""
    claims: dict[int, list[tuple[float, _Track]]] = {}
    for overlap, track, index in overlaps:
        if overlap >= CONFUSING_OVERLAP:
            claims.setdefault(index, []).append((overlap, track))
    confused: dict[int, _Track] = {}
    for rivals in claims.values():
        if len(rivals) > 1 and max(overlap for overlap, _ in rivals) >= SAME_OVERLAP:
            confused |= {track.number: track for _, track in rivals}
    return list(confused.values())
