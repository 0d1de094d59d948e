"""A real Chromium, headless, driven by Playwright."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from scripts.loopback.chromium import QUIET, chromium_path, headless_path

__all__ = ["browser"]

PATIENCE_MS = 20_000
"""No test measures time by what it expects of a page: a machine with much to do gets it."""
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="module")
def browser(request: pytest.FixtureRequest) -> Iterator[Browser]:
    # Not for the whole session: Playwright keeps an event loop running, beside which no test may start its own.
    path = chromium_path() if request.node.get_closest_marker("whole_browser") else headless_path()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, headless=True, args=QUIET)
        yield chromium
        chromium.close()
