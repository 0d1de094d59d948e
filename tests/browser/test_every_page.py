"""Every page of the service can be read: axe finds nothing serious, text stands out by day and by night, nothing has to
be scrolled sideways, the keyboard reaches every control and shows where it is, what it loads is light. The pages are
those of routes.py: a new one is here by its row."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from cloud.notifications.vapid import new_private_key
from tests.browser.axe import serious
from tests.browser.conftest import Visit
from tests.cloud.migrated import Open
from tests.cloud.pages.crowd import PEOPLE, Things, let_in
from tests.cloud.pages.people import House, open_house
from tests.cloud.pages.routes import ROWS
from tests.cloud.pages.row import THINGS, Asks, Row
from tests.cloud.pages.test_every_route import expected
from tests.cloud.small_school import MORNING, sighting

pytestmark = [pytest.mark.browser, pytest.mark.long]

MEASURE_CONTRAST = (Path(__file__).parent / "contrast.js").read_text()
TRY_KEYBOARD = (Path(__file__).parent / "keyboard.js").read_text()
MEASURE_WEIGHT = """["navigation", "resource"].flatMap((type) => performance.getEntriesByType(type))
    .filter((one) => !one.name.includes("/live")).reduce((sum, one) => sum + one.decodedBodySize, 0)"""
WIDTHS = (320, 768, 1280, 390)
"""The last is the phone's, in which the next page is opened."""
PHONE = {"width": 390, "height": 844}
MOST_BYTES = 100_000
"""All that a page waits for, as the browser unpacks it; on the way it is smaller still."""
READERS = [person for person in PEOPLE if person.role is not None]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, open_migrated: Open) -> Iterator[House]:
    database = open_migrated(f"sqlite:///{tmp_path_factory.mktemp('crowd')}/cloud.sqlite3")
    with open_house(database, vapid_private_key=new_private_key()) as house:
        house.report(sighting(1, house.school.lan, at=MORNING))
        yield house
    database.close()


def reader_of(row: Row) -> tuple[str, str] | None:
    """Who may see it, with what they see; the administrator rather than others, a parent for what is a family's."""
    family = row.asks in (Asks.LOG_IN, Asks.OWN_CHILD, Asks.FAMILY, Asks.TAKES_PART) or row.own
    people = sorted(READERS, key=lambda one: one.login != ("bob" if family else "alice"))
    ways = ((one.login, thing) for one in people for thing in THINGS[row.names] if expected(row, one, thing) == 200)
    return next(ways, None)


def pages_by_reader(house: House, things: Things) -> dict[str, list[str]]:
    """The addresses of whatever is a page for people: HTML, and no part of another."""
    found: dict[str, list[str]] = defaultdict(list)
    asked = (row for row in ROWS if row.method == "GET" and row.answers == 200)
    rows = [row for row in asked if not row.route.endswith(("/live", "-live"))]
    for row in rows:
        who = ("nobody", "") if row.asks is Asks.NOTHING else reader_of(row)
        if who is None or row.asks is Asks.UNIT:
            continue
        named = things.get(who[1], {})
        try:
            found[who[0]].append(row.route.format_map(named))
        except KeyError:
            continue
    for login, paths in found.items():
        with house.visit(login) as client:
            found[login] = [path for path in paths if "text/html" in client.get(path).headers.get("content-type", "")]
    return found


def complaints(page: Page, path: str) -> list[str]:
    found = [f"{path}: {one}" for one in serious(page, contrast=False)]
    loaded = page.evaluate(MEASURE_WEIGHT)
    found += [f"{path}: loads {loaded} bytes"] if loaded > MOST_BYTES else []
    found += [f"{path}: {one}" for one in page.evaluate(TRY_KEYBOARD)]
    headings = page.locator("h1").count()
    found += [f"{path}: {headings} first headings"] if headings != 1 else []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        # WCAG 2.2, 1.4.3 (AA): 4.5 to 1, or 3 to 1 for large text.
        found += [f"{path}, {scheme}: {one}" for one in page.evaluate(MEASURE_CONTRAST)]
    page.emulate_media(color_scheme="light")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": PHONE["height"]})
        wide = page.evaluate("document.documentElement.scrollWidth")
        found += [f"{path}: {wide} px wide on {width}"] if wide > width else []
    return found


@pytest.mark.timeout(600)
def test_every_page_can_be_read_by_everybody(house: House, visit: Visit) -> None:
    things = let_in(house)
    pages = pages_by_reader(house, things)
    pages["bob"].append("/none")
    # With the ways around them that are a pupil's.
    pages["pupil"] += (f"/students/{things['lan']['student_id']}{page}" for page in ("", "/meals"))
    found: list[str] = []
    looked_at = 0
    for login, paths in pages.items():
        options = {"viewport": PHONE, "reduced_motion": "reduce"}
        page = visit(None if login == "nobody" else login, paths[0], **options)
        for path in paths:
            page.goto(path)
            looked_at += 1
            found += complaints(page, path)
    assert "\n".join(found) == ""
    assert looked_at > 40
