"""Imports on their way: each in a thread of this process, so that the page can show how far it is."""

import logging
import threading
from collections.abc import Callable
from uuid import UUID

from cloud.people.exchange.importing import Progress

log = logging.getLogger(__name__)

SHORT_S = 2.0
"""Whoever confirms waits so long for a small file; a large one shows how far it is."""


class Imports:
    """Progress is kept here alone: another process of the service shows only that the import runs."""

    def __init__(self) -> None:
        self._far: dict[UUID, tuple[int, int]] = {}

    def run(self, draft_id: UUID, work: Callable[[Progress], None], failed: Callable[[], None]) -> None:
        """Returns when `work` is done, or after SHORT_S. `failed` is called in its place if it raises."""

        def carry_out() -> None:
            try:
                work(lambda done, total: self._far.update({draft_id: (done, total)}))
            except Exception:
                log.exception("import %s failed", draft_id)
                failed()
            finally:
                self._far.pop(draft_id, None)

        thread = threading.Thread(target=carry_out, name=f"import {draft_id}")
        thread.start()
        thread.join(SHORT_S)

    def how_far(self, draft_id: UUID) -> tuple[int, int] | None:
        """Rows done, and of how many."""
        return self._far.get(draft_id)
