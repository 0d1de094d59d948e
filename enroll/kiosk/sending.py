"""From the disk to the service: checked once more there, by look-alikes and by consent, before it counts."""

import logging
from dataclasses import dataclass, field

from edge.errors import Rejected
from enroll.kiosk.waiting import State, Taken, Waiting
from enroll.service import NoConsent, SchoolService

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Sent:
    """What became of what waited, by the pupil's id."""

    sent: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    no_consent: list[str] = field(default_factory=list)
    """Destroyed here: between the picture and now somebody said no."""
    refused: list[str] = field(default_factory=list)


def send_all(service: SchoolService, waiting: Waiting, threshold: float) -> Sent:
    """Raises SignedOut and Unavailable: what is left waits. What is held is sent when a person has said so."""
    result = Sent()
    for taken in waiting.all()[0]:
        if taken.state is not State.HELD:
            _send(service, waiting, taken, threshold, result)
    if result.sent or result.no_consent:
        log.info("enrolments sent=%d destroyed_without_consent=%d", len(result.sent), len(result.no_consent))
    return result


def _send(service: SchoolService, waiting: Waiting, taken: Taken, threshold: float, result: Sent) -> None:
    views = taken.as_views()
    try:
        if not taken.decided:
            found = [one for one in service.look_alikes(taken.student_id, views, threshold) if not one.sibling]
            if found:
                waiting.put(taken.model_copy(update={"state": State.HELD, "look_alikes": found}))
                result.held.append(taken.student_id)
                return
        service.enrol(taken.student_id, views)
        for sibling in taken.siblings:
            service.link(taken.student_id, sibling)
    except NoConsent:
        waiting.drop(taken.student_id)
        result.no_consent.append(taken.student_id)
    except Rejected:
        waiting.put(taken.model_copy(update={"state": State.REFUSED}))
        result.refused.append(taken.student_id)
    else:
        waiting.drop(taken.student_id)
        result.sent.append(taken.student_id)
