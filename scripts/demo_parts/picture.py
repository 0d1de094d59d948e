"""A picture of the dashboard, as the administrator sees it: `scripts/demo --picture FILE`."""

from pathlib import Path

from playwright.sync_api import sync_playwright

from scripts.loopback.chromium import QUIET, chromium_path


def take(url: str, login: str, password: str, file: Path) -> None:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path(), headless=True, args=QUIET)
        page = chromium.new_page(viewport={"width": 1280, "height": 800}, locale="vi-VN")
        page.goto(f"{url}/login")
        page.fill("input[name=login]", login)
        page.fill("input[name=password]", password)
        page.press("input[name=password]", "Enter")
        page.wait_for_url(lambda where: "/login" not in where)
        page.wait_for_selector("main")
        file.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(file))
        chromium.close()
