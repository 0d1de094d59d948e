"""Real photos and clips, kept outside the repository."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def media() -> Path:
    folder = os.environ.get("DIEMDANH_MEDIA_PATH")
    if not folder or not Path(folder).is_dir():
        pytest.skip("DIEMDANH_MEDIA_PATH names no folder: the real photos and clips are not here")
    return Path(folder)
