"""What the person before the unit is told, and never before it is true."""

import logging
import threading
from collections.abc import Sequence

from edge.contract import Outcome
from edge.errors import Unavailable
from edge.hardware.ports import Indicator, Signal

log = logging.getLogger(__name__)

SIGNALS = {
    Outcome.IDENTIFIED: Signal.OK,
    Outcome.ASK: Signal.ASK,
    Outcome.UNKNOWN: Signal.REFUSE,
    Outcome.REFUSED: Signal.REFUSE,
}


class Feedback:
    """Every indicator is told; one that is away does not keep the others or the recogniser. Any thread may tell."""

    def __init__(self, indicators: Sequence[Indicator]) -> None:
        self._indicators = indicators
        self._one_at_a_time = threading.Lock()

    def show(self, signal: Signal) -> None:
        with self._one_at_a_time:
            for indicator in self._indicators:
                try:
                    indicator.show(signal)
                except Unavailable as error:
                    log.warning("indicator away: %s", error)
