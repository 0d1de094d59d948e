"""A button that was pressed is held back until the answer comes; a page that is gone back to is free again."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Visit
from tests.cloud.notifications.staffroom import staffed
from tests.cloud.pages.people import House
from tests.services.waiting import eventually

pytestmark = pytest.mark.browser

TAP = "(form) => form.querySelector('button').click()"
TAP_TWICE = """(form) => { const button = form.querySelector('button');
    button.click(); setTimeout(() => button.click(), 200); }"""


def counted(page: Page, ending: str) -> list[str]:
    """Posts to addresses that end so, as they leave."""
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.url) if one.method == "POST" and one.url.endswith(ending) else None)
    return sent


def test_a_second_tap_waits_for_the_answer_and_going_back_lets_go(house: House, visit: Visit) -> None:
    staffed(house)
    page = visit("bob", f"/children/{house.school.lan}/talks")
    held: list[Route] = []
    page.route("**/talks", lambda route: held.append(route) if route.request.method == "POST" else route.continue_())
    form = page.locator("form[enctype]")
    page.locator("#body").fill("Chào cô")
    form.evaluate(TAP_TWICE)
    page.wait_for_timeout(600)
    assert len(held) == 1
    held[0].continue_()
    expect(page.get_by_text("Chào cô")).to_be_visible()
    page.go_back()
    expect(page.locator("form[aria-busy]")).to_have_count(0)
    page.locator("#body").fill("Còn một điều nữa")
    form.evaluate(TAP)
    eventually(lambda: (page.wait_for_timeout(20), len(held) == 2)[1])
    held[1].continue_()
    expect(page.get_by_text("Còn một điều nữa")).to_be_visible()


def test_a_form_that_answers_with_a_file_may_be_sent_again(house: House, visit: Visit) -> None:
    page = visit("alice", "/account")
    sent = counted(page, "/card-sheets")
    page.route("**/card-sheets", lambda route: route.fulfill(status=204))
    page.evaluate(
        """() => { const form = document.createElement("form");
        form.method = "post"; form.action = "/card-sheets"; form.dataset.file = "";
        form.append(document.createElement("button")); document.body.append(form); }"""
    )
    form = page.locator("form[data-file]")
    for _ in range(2):
        form.evaluate(TAP)
        page.wait_for_timeout(100)
    assert len(sent) == 2
