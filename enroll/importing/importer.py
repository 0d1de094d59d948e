"""Pupil by pupil: judge the photos, compare them with everybody, send the best of them in one request or none."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from edge.errors import Rejected
from edge.vision.outliers import outliers
from edge.vision.pipeline import Pipeline
from enroll.answers import LookAlike, Pupil
from enroll.duplicates import look_alikes
from enroll.importing.journal import Journal, Sent
from enroll.importing.outcome import Line, Outcome
from enroll.importing.sources import Photo
from enroll.judging import Judged, Verdict, judge
from enroll.service import NoConsent, View

MOST_VIEWS = 5
NO_CONSENT = "no consent: the photo was not looked at; the pupil is marked by card, QR or hand"


class Service(Protocol):
    """MUST take all views of one call or none of them, and compare at most MOST_VIEWS with everybody it holds."""

    def look_alikes(self, student_id: str, views: Sequence[View], within: float) -> Sequence[LookAlike]:
        """The nearest first."""

    def enrol(self, student_id: str, views: Sequence[View]) -> None:
        """Raises NoConsent for this one pupil; anything else ends the import, which then goes on where it was."""


@dataclass(frozen=True, slots=True)
class Distances:
    """Euclidean, of the embedder in use. `identify`: so near is the same person, or one who looks like them."""

    identify: float
    pair: float


@dataclass(frozen=True, slots=True)
class Weighed:
    """`views` are the best of the good ones; none where one of them looks like somebody else."""

    lines: tuple[Line, ...]
    views: tuple[View, ...]


@dataclass(slots=True)
class Importer:
    pipeline: Pipeline
    service: Service
    pupils: Mapping[str, Pupil]
    """By code."""
    distances: Distances
    two_people: Collection[frozenset[str]] = ()
    """Pairs of codes of whom a person has said that they are two."""
    journal: Journal | None = None
    """None: a dry run, nothing is sent."""
    progress: Callable[[], None] = field(default=lambda: None)
    """Called after every photo."""
    _taken: dict[str, NDArray[np.float16]] = field(default_factory=dict, init=False)
    """Whom this import has taken, (n, dimension), by code: in a dry run the service knows none of them."""
    _codes: dict[str, str] = field(init=False)
    """By the pupil's id."""

    def __post_init__(self) -> None:
        self._codes = {pupil.id: code for code, pupil in self.pupils.items()}

    def take(self, code: str, photos: Sequence[Photo]) -> list[Line]:
        """All photos of one pupil: judged, compared, sent."""
        pupil = self.pupils[code]
        if not pupil.consent:
            for _ in photos:
                self.progress()
            return [Line(file=photo.name, outcome=Outcome.NO_CONSENT, code=code, why=NO_CONSENT) for photo in photos]
        contents = [_read(photo) for photo in photos]
        digest = _digest(photos, contents)
        done = self.journal.sent.get(code) if self.journal else None
        if done and done.sha256 == digest:
            for _ in photos:
                self.progress()
            return list(done.lines)
        weighed = self.weigh(code, photos, contents)
        if not weighed.views:
            return list(weighed.lines)
        if self.journal:
            try:
                self.service.enrol(pupil.id, weighed.views)
            except NoConsent as error:
                return [_refused(line, str(error)) for line in weighed.lines]
            self.journal.add(Sent(code=code, sha256=digest, lines=weighed.lines))
        self.remember(code, weighed)
        return list(weighed.lines)

    def weigh(self, code: str, photos: Sequence[Photo], contents: Sequence[bytes | Judged]) -> Weighed:
        """What would become of one pupil's photos; nothing is sent."""
        judged = []
        for content in contents:
            judged.append(content if isinstance(content, Judged) else judge(self.pipeline, content))
            self.progress()
        good = [index for index, one in enumerate(judged) if one.verdict is Verdict.OK]
        templates = {index: _as_kept(judged[index]) for index in good}
        unlike = self._unlike(code, good, templates)
        usable = [index for index in good if index not in unlike]
        best = sorted(usable, key=lambda index: (-(judged[index].quality or 0), photos[index].name))[:MOST_VIEWS]
        view_of = {index: self._view(judged[index]) for index in usable}
        alike = self._alike(code, view_of)

        def line(index: int) -> Line:
            one = judged[index]
            outcome, why = Outcome(one.verdict.value), one.why
            if index in unlike:
                outcome, why = Outcome.UNLIKE, "unlike the other photos of this pupil: is it somebody else?"
            elif index in alike:
                outcome, why = Outcome.DUPLICATE, self._question(code, alike[index])
            elif index in usable and alike:
                outcome, why = Outcome.HELD, "another photo of this pupil looks like somebody else: nothing was kept"
            elif index in usable and index not in best:
                outcome, why = Outcome.SPARE, f"{MOST_VIEWS} better photos of this pupil are kept"
            return Line(
                file=photos[index].name, outcome=outcome, code=code, quality=one.quality, reasons=tuple(one.reasons),
                why=why,
            )  # fmt: skip

        kept = [] if alike else best
        return Weighed(tuple(line(index) for index in range(len(photos))), tuple(view_of[index] for index in kept))

    def remember(self, code: str, weighed: Weighed) -> None:
        """Whoever comes next is compared with them."""
        self._taken[code] = np.stack([view.template.astype("<f2") for view in weighed.views])

    def _unlike(self, code: str, good: Sequence[int], templates: Mapping[int, NDArray[np.float16]]) -> set[int]:
        if not good:
            return set()
        stacked = np.stack([templates[index] for index in good]).astype(np.float32)
        return {good[one.index] for one in outliers([code] * len(good), stacked, self.distances.pair)}

    def _view(self, judged: Judged) -> View:
        return View(self.pipeline.model, judged.quality or 0, _as_kept(judged).astype("f4"))

    def _alike(self, code: str, views: Mapping[int, View]) -> dict[int, str]:
        """Whom each view looks like, by code, where it does: somebody in the service, or of this import. The service is
        asked of several views at once, and of each only where it knows somebody."""
        alike: dict[int, str] = {}
        indices = list(views)
        for start in range(0, len(indices), MOST_VIEWS):
            some = indices[start : start + MOST_VIEWS]
            known = self._known(code, [views[index] for index in some])
            two = {other for other in known if known[other] or frozenset((code, other)) in self.two_people}
            for index in some:
                own = self._known(code, [views[index]]) if known.keys() - two and len(some) > 1 else known
                nearest = next((other for other in own if not own[other] and other not in two), None)
                if other := nearest or self._among_the_taken(code, views[index], two):
                    alike[index] = other
        return alike

    def _known(self, code: str, views: Sequence[View]) -> dict[str, bool]:
        """Who in the service looks like that, by code, the nearest first; whether they are a sibling."""
        found = self.service.look_alikes(self.pupils[code].id, views, self.distances.identify)
        return {self._codes.get(one.id, one.id): one.sibling for one in found}

    def _among_the_taken(self, code: str, view: View, two: Collection[str]) -> str | None:
        others = {
            other: known
            for other, known in self._taken.items()
            if other != code and other not in two and frozenset((code, other)) not in self.two_people
        }
        if not others:
            return None
        persons = [other for other, known in others.items() for _ in known]
        templates = np.concatenate(list(others.values()))
        found = look_alikes(view.template[None], persons, templates, self.distances.identify)
        return found[0].person if found else None

    def _question(self, code: str, alike: str) -> str:
        other = self.pupils.get(alike)
        where = f" in {other.class_name}" if other else ""
        return (
            f"looks like {alike}{where}: the same child twice? Nothing was kept. Siblings: --two-people {code}={alike}"
        )


def _refused(line: Line, why: str) -> Line:
    kept = line.outcome in (Outcome.OK, Outcome.SPARE)
    return line.model_copy(update={"outcome": Outcome.NO_CONSENT, "why": why}) if kept else line


def _read(photo: Photo) -> bytes | Judged:
    try:
        return photo.read()
    except Rejected as error:
        return Judged(Verdict.CORRUPT, str(error))


def _as_kept(judged: Judged) -> NDArray[np.float16]:
    """As the service keeps it: compared alike here and there."""
    assert judged.template is not None, "of a good photo"
    return judged.template.astype("<f2")


def _digest(photos: Sequence[Photo], contents: Sequence[bytes | Judged]) -> str:
    whole = sha256()
    for photo, content in zip(photos, contents, strict=True):
        own = content if isinstance(content, bytes) else content.why.encode()
        whole.update(f"{photo.name}\0{sha256(own).hexdigest()}\n".encode())
    return whole.hexdigest()
