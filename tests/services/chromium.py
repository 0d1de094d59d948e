"""A real Chromium, headless, driven by Playwright."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from scripts.loopback.chromium import QUIET, chromium_path

__all__ = ["QUIET", "browser", "chromium_path"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # Not for the whole session: Playwright keeps an event loop running, beside which no test may start its own.
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path(), headless=True, args=QUIET)
        yield chromium
        chromium.close()
