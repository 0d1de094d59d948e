from pathlib import Path

import pytest


@pytest.fixture
def keyring_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/keys.sqlite3"
