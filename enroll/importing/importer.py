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
from enroll.answers import Pupil
from enroll.duplicates import LookAlike, look_alikes
from enroll.importing.journal import Journal, Sent
from enroll.importing.outcome import Line, Outcome
from enroll.importing.sources import Photo
from enroll.judging import Judged, Verdict, judge
from enroll.service import NoConsent, View

MOST_VIEWS = 5
NO_CONSENT = "no consent: the photo was not looked at; the pupil is marked by card, QR or hand"


class Service(Protocol):
    """MUST take all views of one call or none of them."""

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
    gallery: dict[str, NDArray[np.float16]]
    """Everybody's templates, (n, dimension), by code; kept up as the import goes."""
    distances: Distances
    two_people: Collection[frozenset[str]] = ()
    """Pairs of codes of whom a person has said that they are two."""
    journal: Journal | None = None
    """None: a dry run, nothing is sent."""
    progress: Callable[[], None] = field(default=lambda: None)
    """Called after every photo."""

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
        alike = {index: found for index in usable if (found := self._somebody_else(code, templates[index]))}

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
        model = self.pipeline.model
        return Weighed(
            tuple(line(index) for index in range(len(photos))),
            tuple(View(model, judged[index].quality or 0, templates[index].astype("f4")) for index in kept),
        )

    def remember(self, code: str, weighed: Weighed) -> None:
        """Whoever comes next is compared with them."""
        self.gallery[code] = np.stack([view.template.astype("<f2") for view in weighed.views])

    def _unlike(self, code: str, good: Sequence[int], templates: Mapping[int, NDArray[np.float16]]) -> set[int]:
        if not good:
            return set()
        stacked = np.stack([templates[index] for index in good]).astype(np.float32)
        return {good[one.index] for one in outliers([code] * len(good), stacked, self.distances.pair)}

    def _somebody_else(self, code: str, template: NDArray[np.float16]) -> LookAlike | None:
        """The nearest of those who are not known to be somebody else."""
        others = {
            other: known
            for other, known in self.gallery.items()
            if other != code and frozenset((code, other)) not in self.two_people
        }
        if not others:
            return None
        persons = [other for other, known in others.items() for _ in known]
        found = look_alikes(template[None], persons, np.concatenate(list(others.values())), self.distances.identify)
        return found[0] if found else None

    def _question(self, code: str, alike: LookAlike) -> str:
        other = self.pupils.get(alike.person)
        where = f" in {other.class_name}" if other else ""
        return (
            f"looks like {alike.person}{where} ({alike.distance:.2f}): the same child twice? Nothing was kept. "
            f"Siblings: --two-people {code}={alike.person}"
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
    """As the service gives it back: compared alike before and after a fault."""
    assert judged.template is not None, "of a good photo"
    return judged.template.astype("<f2")


def _digest(photos: Sequence[Photo], contents: Sequence[bytes | Judged]) -> str:
    whole = sha256()
    for photo, content in zip(photos, contents, strict=True):
        own = content if isinstance(content, bytes) else content.why.encode()
        whole.update(f"{photo.name}\0{sha256(own).hexdigest()}\n".encode())
    return whole.hexdigest()
