from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.cloud.migrated import Open
from tests.cloud.pages.people import PASSWORD, House, open_house


@pytest.fixture
def house(tmp_path: Path, open_migrated: Open) -> Iterator[House]:
    database = open_migrated(f"sqlite:///{tmp_path}/cloud.sqlite3")
    with open_house(database) as house:
        yield house
    database.close()


EXPECTED = (
    "net::ERR_FAILED",
    "net::ERR_INTERNET_DISCONNECTED",
    "Failed to fetch",
    "status of 403 (Forbidden)",
    "status of 404 (Not Found)",
    "status of 409 (Conflict)",
    "status of 422 (Unprocessable Entity)",
    "Push API in incognito mode",
)
"""What Chromium says of a line that was cut, a wrong password, a missing page, a form that was refused, a
profile that takes no Web Push."""

SIZES: dict[str, dict[str, Any]] = {
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
    "desk": {"viewport": {"width": 1280, "height": 800}},
}


def nothing_sideways(page: Page) -> None:
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width


Visit = Callable[..., Page]
"""visit(login, path, **context_options): a page in a browser profile of its own, signed in unless `login` is None."""


@pytest.fixture
def visit(house: House, browser: Browser) -> Iterator[Visit]:
    """A page may say nothing to the console: a refused script or a broken link is a failure."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(login: str | None, path: str, **options: Any) -> Page:
        context = browser.new_context(base_url=house.url, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"{path}: {error}"))
        page.on("console", lambda said: complaints.append(f"{path}: {said.text}") if said.type == "error" else None)
        if login:
            form = {"login": login, "password": PASSWORD}
            assert context.request.post("/login", form=form, max_redirects=0).status == 303
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [one for one in complaints if not any(known in one for known in EXPECTED)] == []
