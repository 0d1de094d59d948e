"""What one signed-in member of staff does at the kiosk. The page shows it; nothing here knows of HTTP."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from edge.errors import Rejected, Unavailable
from edge.vision.pipeline import Pipeline
from edge.vision.quality import Weakness
from edge.vision.types import Image, Template
from enroll.answers import LookAlike, Roll, RollPupil
from enroll.kiosk.guide import Capture, Hint
from enroll.kiosk.sending import Sent, send_all
from enroll.kiosk.waiting import State, Taken, Waiting
from enroll.service import SchoolService, SignedOut

IN_FORCE = "in_force"


@dataclass(frozen=True, slots=True)
class Bench:
    """What all desks of this machine share."""

    pipeline: Pipeline
    threshold: float
    """Nearer than that, Euclidean, two faces may be one person's: calibrated, or the manifest's."""
    same_person: float
    """Farther than that two views are not one person's."""
    waiting: Waiting
    views: int
    undo_s: float
    monotonic: Callable[[], float]
    clock: Callable[[], datetime]
    """The present moment, aware."""
    looking: threading.Lock = field(default_factory=threading.Lock)
    """The pipeline is one thread's at a time."""
    sending: threading.RLock = field(default_factory=threading.RLock)
    """What waits is changed by one thread at a time."""


class Desk:
    def __init__(self, bench: Bench, service: SchoolService, roll: Roll) -> None:
        self.bench = bench
        self.service = service
        self.roll = roll
        self.online = True
        self.signed_in = True
        """At the service; what was taken waits until somebody is again."""
        self.capture: Capture | None = None
        self.became: dict[str, str] = {}
        """What became of those who were saved from here, by id: sent, held, no_consent, refused."""
        self._saved: dict[str, float] = {}
        self._last: Template | None = None

    def refresh(self) -> None:
        """The roll anew, if the service can be reached; offline the last one stays."""
        try:
            self.roll = self.service.roll()
        except (Unavailable, SignedOut) as error:
            self._heard(error)
        else:
            self.online = self.signed_in = True

    def begin(self, student_id: str, *, follows: bool = False) -> Capture:
        """`follows`: the one who was just saved is still before the camera, and is not taken for this pupil.

        Raises Rejected for a pupil who is not on the roll, or has no consent: then no picture is looked at.
        """
        pupil = self._pupil(student_id)
        if pupil.standing != IN_FORCE:
            raise Rejected("no consent stands for this pupil")
        leaving, self._last = self._last if follows else None, None
        self.capture = Capture.of(student_id, self.bench.views, self.bench.same_person, leaving)
        return self.capture

    def look(self, image: Image) -> Hint | Weakness:
        capture = self._capture()
        with self.bench.looking:
            return capture.look(self.bench.pipeline, image)

    def compare(self) -> list[LookAlike] | None:
        """Whom the views look like, of the whole school; siblings that were linked are no question. None: offline, it
        is asked when they are sent; no child waits for a line that was dead a moment ago."""
        capture = self._capture()
        if not self.online:
            return None
        try:
            found = self.service.look_alikes(capture.student_id, capture.views, self.bench.threshold)
        except (Unavailable, SignedOut) as error:
            self._heard(error)
            return None
        self.online = True
        return [one for one in found if not one.sibling]

    def save(self, *, decided: bool, siblings: list[str]) -> str:
        """Sealed on disk first, then sent. Returns sent, waiting, held, no_consent or refused."""
        capture = self._capture()
        if capture.pose is not None:
            raise Rejected("not all views are taken yet")
        student_id = capture.student_id
        taken = Taken.of(student_id, capture.views, taken_at=self.bench.clock())
        with self.bench.sending:
            self.bench.waiting.put(taken.model_copy(update={"decided": decided, "siblings": siblings}))
            self.capture, self._last = None, capture.views[0].template
            self._saved[student_id] = self.bench.monotonic()
            self.became.pop(student_id, None)
            if self.online:
                self.send()
        return self.became.get(student_id, State.WAITING)

    def decide(self, student_id: str, *, keep: bool, siblings: list[str]) -> None:
        """Of one who was held: another child, and sent; or dropped."""
        with self.bench.sending:
            held = next((one for one in self.bench.waiting.all()[0] if one.student_id == student_id), None)
            if held is None:
                return
            if not keep:
                self.bench.waiting.drop(student_id)
                return
            update = {"decided": True, "siblings": siblings, "state": State.WAITING, "look_alikes": []}
            self.bench.waiting.put(held.model_copy(update=update))
            self.send()

    def send(self) -> Sent | None:
        """What waits, as far as it goes; None when the service is away or the session has ended."""
        with self.bench.sending:
            try:
                result = send_all(self.service, self.bench.waiting, self.bench.threshold)
            except (Unavailable, SignedOut) as error:
                self._heard(error)
                return None
        self.online = self.signed_in = True
        for outcome in ("sent", "held", "no_consent", "refused"):
            for student_id in getattr(result, outcome):
                self.became[student_id] = outcome
        return result

    def may_undo(self, student_id: str) -> bool:
        saved = self._saved.get(student_id)
        return saved is not None and self.bench.monotonic() - saved <= self.bench.undo_s

    def undo(self, student_id: str) -> None:
        """What was just saved is gone, here and in the service. Raises Rejected when it was too long ago, and
        Unavailable when it is in the service already and that cannot be reached."""
        if not self.may_undo(student_id):
            raise Rejected("too long ago to be undone here")
        with self.bench.sending:
            if not self.bench.waiting.drop(student_id):
                self.service.undo(student_id)
        del self._saved[student_id]
        self.became.pop(student_id, None)

    def _capture(self) -> Capture:
        if self.capture is None:
            raise Rejected("nobody is before the camera: choose a pupil")
        return self.capture

    def _pupil(self, student_id: str) -> RollPupil:
        for one in self.roll.classes:
            for pupil in one.pupils:
                if pupil.id == student_id:
                    return pupil
        raise Rejected("no such pupil on the roll")

    def _heard(self, error: Exception) -> None:
        if isinstance(error, SignedOut):
            self.signed_in = False
        else:
            self.online = False
