"""Pictures of every page, on a phone and on a desk, by day and by night, of the made-up school one morning.

usage: scripts/screenshots FOLDER [PART ...]
       scripts/screenshots --list [PART ...]
       scripts/screenshots --app                 those of the app that the manifest shows before it is installed

Only pictures whose name contains one of the PARTs, where * stands for anything: meals*phone-light-vi. The pages are
those of tests/cloud/pages/routes.py; a name is the address without its ids, then the reader, size, colours, language.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any

from argon2.profiles import CHEAPEST
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from cloud import migrations
from cloud.kit.db import Database, open_database
from cloud.kit.web.app_files import PICTURES
from cloud.kit.web.assets import FOLDER
from cloud.main import create_app
from cloud.notifications.vapid import new_private_key
from cloud.settings import CloudSettings
from scripts.loopback.chromium import QUIET, chromium_path
from tests.browser.one_morning import NOW, Scene, set_the_scene
from tests.browser.picture_list import Shot, shots
from tests.browser.picture_things import ask_a_second_step, ask_for_leave, correct_a_timesheet, furnish, hand_in
from tests.cloud.pages.people import Hand
from tests.cloud.serving import serving
from tests.services.oidc import CLIENT_ID, CLIENT_SECRET, OidcProvider
from tests.services.ports import free_port

SECRET = "a secret of the pictures' own, long enough"
SIZES: dict[str, tuple[int, int, float]] = {"phone": (390, 844, 2), "tablet": (768, 1024, 1), "desk": (1280, 800, 1)}
"""Width and height in CSS pixels, and pixels of the picture for each."""
SEND = """([address, fields]) => {
  const form = Object.assign(document.createElement("form"), { method: "post", action: address });
  for (const [name, value] of fields) form.append(Object.assign(document.createElement("input"), { name, value }));
  document.body.append(form);
  form.submit();
}"""
OF_THE_APP = {"app-today.png": "children-family", "app-month.png": "students-student-calendar-family"}
APP_SIZE = (390, 780, 1.5)
"""A phone's; in files of twice that Android shows nothing more."""
PATIENCE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Studio:
    """The service as it is looked at, and who is logged in: as far as the password leads."""

    browser: Browser
    url: str
    cookies: dict[str, list[Any]]

    def visit(self, login: str | None, **options: Any) -> BrowserContext:
        context = self.browser.new_context(base_url=self.url, **options)
        context.set_default_timeout(PATIENCE_MS)
        context.add_cookies(self.cookies[login] if login else [])
        return context

    def log_in(self, login: str, password: str) -> None:
        with self.visit(None) as context:
            form = {"login": login, "password": password}
            assert context.request.post("/login", form=form, max_redirects=0).status == 303, login
            kept = [one for one in context.cookies() if one["name"] in {"session", "second-step"}]
            # However long the pictures take: the service's clock stands still.
            self.cookies[login] = [{**one, "expires": -1} for one in kept]

    @contextmanager
    def show(self, shot: Shot, size: tuple[int, int, float], scheme: str, language: str) -> Iterator[Page]:
        width, height, scale = size
        with self.visit(
            shot.login,
            viewport={"width": width, "height": height},
            device_scale_factor=scale,
            color_scheme="dark" if scheme == "dark" else "light",
            reduced_motion="reduce",
        ) as context:
            context.add_cookies([{"name": "language", "value": language, "url": self.url}])
            page = context.new_page()
            page.goto(shot.path)
            if shot.sends:
                with page.expect_navigation():
                    page.evaluate(SEND, [shot.sends, list(shot.form.items())])
            if page.locator("script[src*='live.js']").count():
                page.wait_for_selector("html[data-live=on]")
            if page.locator("#push").count():
                page.wait_for_selector("#push:not([hidden])")
            yield page


def as_tall_as_it_is(page: Page, width: int, height: int) -> bytes:
    # What is fixed to the bottom stands at the page's bottom.
    tall = max(height, int(page.evaluate("document.documentElement.scrollHeight")))
    page.set_viewport_size({"width": width, "height": tall})
    return page.screenshot()


@contextmanager
def _service(scratch: Path) -> Iterator[tuple[str, Database, Scene, dict[str, str]]]:
    database, port, clock = open_database(f"sqlite:///{scratch}/pictures.sqlite3"), free_port(), Hand(NOW)
    migrations.upgrade(database)
    oidc = OidcProvider()
    oidc.clock = clock
    oidc.start()
    # By this name passkeys are possible, too.
    url = f"http://localhost:{port}"
    settings = CloudSettings.model_validate({
        "vapid_private_key": new_private_key(), "secret_key": SECRET, "public_url": url, "oidc_issuer": oidc.issuer,
        "oidc_client_id": CLIENT_ID, "oidc_client_secret": CLIENT_SECRET, "oidc_name": "VNeID",
    })  # fmt: skip
    scene = set_the_scene(database, clock)
    things = furnish(database, settings, scene, clock)
    with serving(create_app(settings, database, clock=clock, password_parameters=CHEAPEST), port):
        yield url, database, scene, things
    oidc.stop()
    database.close()


@contextmanager
def studio() -> Iterator[tuple[Studio, list[Shot]]]:
    """Everybody logged in, and all that there is to take pictures of."""
    with (
        tempfile.TemporaryDirectory() as scratch,
        sync_playwright() as playwright,
        _service(Path(scratch)) as (url, database, scene, things),
        playwright.chromium.launch(executable_path=chromium_path(), args=QUIET) as browser,
    ):
        made = Studio(browser, url, {})
        for login, password in scene.passwords.items():
            made.log_in(login, password)
        ask_a_second_step(database, SECRET, "clerk")
        readers = {login: made.visit(login).request for login in (None, *made.cookies)}
        things.update(hand_in(readers["admin"], scene.slug))
        ask_for_leave(readers["parent1"], readers["admin"], scene.slug, str(scene.child_id))
        correct_a_timesheet(readers["admin"], readers["principal"], scene.slug, things["staff_id"])

        def is_page(login: str | None, path: str) -> bool:
            answer = readers[login].get(path, headers={"accept": "text/html"}, max_redirects=0)
            return answer.status == 200 and "text/html" in answer.headers["content-type"]

        yield made, shots(things, is_page)


def main(folder: Path | None, parts: list[str]) -> None:
    with studio() as (made, listed):
        for shot, size, scheme, language in product(listed, SIZES, ("light", "dark"), ("vi", "en")):
            name = f"{shot.name}-{size}-{scheme}-{language}"
            if parts and not any(fnmatchcase(name, f"*{part}*") for part in parts):
                continue
            if folder:
                with made.show(shot, SIZES[size], scheme, language) as page:
                    (folder / f"{name}.png").write_bytes(as_tall_as_it_is(page, *SIZES[size][:2]))
            sys.stderr.write(f"{name}.png\n")


def show_the_app() -> None:
    """Writes the manifest's pictures anew, into the files that the service hands out."""
    with studio() as (made, listed):
        for name, picture in PICTURES.items():
            shot = next(one for one in listed if one.name == OF_THE_APP[name])
            with made.show(shot, APP_SIZE, "light", "vi") as page:
                whole = Image.open(BytesIO(page.screenshot()))
            assert whole.size == (picture.width_px, picture.height_px)
            # A page has few colours, and so a quarter of the bytes.
            whole.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(FOLDER / name, optimize=True)
            sys.stderr.write(f"{FOLDER / name}: {(FOLDER / name).stat().st_size} bytes\n")


if __name__ == "__main__":
    if len(sys.argv) < 2 or (sys.argv[1].startswith("-") and sys.argv[1] not in {"--list", "--app"}):
        sys.exit(str(__doc__))
    if sys.argv[1] == "--app":
        show_the_app()
        sys.exit()
    into = None if sys.argv[1] == "--list" else Path(sys.argv[1])
    if into:
        into.mkdir(parents=True, exist_ok=True)
    main(into, sys.argv[2:])
