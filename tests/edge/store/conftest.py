from pathlib import Path

import apsw
import pytest

from edge.clock import SystemClock
from edge.store.db import connect
from edge.store.outbox import Outbox


@pytest.fixture
def database(tmp_path: Path) -> apsw.Connection:
    return connect(tmp_path)


@pytest.fixture
def outbox(database: apsw.Connection) -> Outbox:
    return Outbox(database, SystemClock())
