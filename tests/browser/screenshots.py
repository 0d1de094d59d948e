"""Pictures of every page, on a phone and on a desk, by day and by night, of the made-up school one morning.

usage: scripts/screenshots FOLDER [PART ...]     only pictures whose name contains one of the PARTs
"""

import sys
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

from argon2.profiles import CHEAPEST
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import select

from cloud import migrations
from cloud.accounts import history_queries
from cloud.accounts.history import Change
from cloud.accounts.passkeys.tables import Passkey
from cloud.accounts.second_step import keeping
from cloud.accounts.second_step import queries as second_step
from cloud.accounts.tables import User
from cloud.kit.db import Database, open_database
from cloud.kit.seal import Seal
from cloud.main import create_app
from cloud.notifications.vapid import new_private_key
from cloud.settings import CloudSettings
from tests.browser.one_morning import NOW, Scene, set_the_scene
from tests.browser.written import write_all
from tests.cloud.pages.people import Hand
from tests.cloud.serving import serving
from tests.services.chromium import QUIET, chromium_path

SECRET = "a secret of the pictures' own, long enough"
SECRET = "a secret of the pictures' own, long enough"
SIZES = {"phone": (390, 844, 2), "tablet": (768, 1024, 1), "desk": (1280, 800, 1)}
"""Width and height in CSS pixels, and pixels of the picture for each."""


@dataclass(frozen=True, slots=True)
class Shot:
    name: str
    login: str | None
    path: str


def cookies_of(browser: Browser, url: str, scene: Scene, login: str) -> list[Any]:
    """Of a reader who has logged in, as far as the password leads; once for all their pictures."""
    with browser.new_context(base_url=url) as context:
        form = {"login": login, "password": scene.passwords[login]}
        assert context.request.post("/login", form=form, max_redirects=0).status == 303
        return [one for one in context.cookies() if one["name"] in {"session", "second-step"}]


def take(browser: Browser, url: str, cookies: list[Any], shot: Shot, size: str, scheme: str, language: str) -> bytes:
    width, height, scale = SIZES[size]
    context = browser.new_context(
        base_url=url,
        viewport={"width": width, "height": height},
        device_scale_factor=scale,
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    context.add_cookies([*cookies, {"name": "language", "value": language, "url": url}])
    page = context.new_page()
    page.goto(shot.path)
    if shot.path in {"/", "/children"}:
        page.wait_for_selector("html[data-live=on]")
    # As tall as the page: what is fixed to the bottom stands at its bottom.
    page.set_viewport_size({"width": width, "height": page.evaluate("document.documentElement.scrollHeight")})
    picture = page.screenshot()
    context.close()
    return picture


def give_ways_to_log_in(database: Database) -> None:
    """The administrator has passkeys, the principal is setting a second step up, a teacher has one."""
    seal = Seal(SECRET, keeping.PURPOSE)
    with database.writing() as session:
        users = {user.login: user for user in session.scalars(select(User))}
        for name, used_at in (("iPhone", NOW - timedelta(days=3)), ("Máy tính ở phòng họp hội đồng", None)):
            session.add(
                Passkey(
                    user_id=users["admin"].id, credential_id=name.encode(), public_key=b"-", sign_count=0, name=name,
                    made_at=NOW - timedelta(days=40), last_used_at=used_at,
                )
            )  # fmt: skip
        history_queries.add(session, users["admin"].id, Change.PASSKEY_ADDED, by_name=None, now=NOW)
        history_queries.add(session, users["admin"].id, Change.SECOND_STEP_RESET, by_name="Cô Hạnh", now=NOW)
        for login in ("principal", "teacher"):
            keeping.begin(session, seal, users[login].id, NOW)
        second_step.confirm(session, users["teacher"].id, NOW)


def main(folder: Path, parts: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        database = open_database(f"sqlite:///{scratch}/pictures.sqlite3")
        migrations.upgrade(database)
        clock = Hand(NOW)
        scene = set_the_scene(database, clock)
        settings = CloudSettings.model_validate(
            {"vapid_private_key": new_private_key(), "secret_key": SECRET, "public_url": "http://localhost:8000"}
        )
        give_ways_to_log_in(database)
        thread_id, notice_id, post_id, waiting_id = write_all(database, settings, scene.child_id, NOW)
        app = create_app(settings, database, clock=clock, password_parameters=CHEAPEST)
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=QUIET)
        all_shots = (
            Shot("login", None, "/login"),
            Shot("school", "admin", "/"),
            Shot("desk", "admin", f"/schools/{scene.slug}/desk"),
            Shot("register", "admin", f"/classes/{scene.class_id}/register"),
            Shot("attendance", "admin", f"/schools/{scene.slug}/attendance"),
            Shot("sheet", "admin", f"/classes/{scene.class_id}/register/month"),
            Shot("class", "admin", f"/classes/{scene.class_id}/overview"),
            Shot("day", "admin", f"/students/{scene.child_id}/days/{NOW.date()}"),
            Shot("day-family", "parent1", f"/students/{scene.child_id}/days/{NOW.date()}"),
            Shot("check", "admin", f"/schools/{scene.slug}/register-check"),
            Shot("absences", "admin", f"/schools/{scene.slug}/absences"),
            Shot("meals", "admin", f"/schools/{scene.slug}/meals"),
            Shot("meals-pupils", "admin", f"/schools/{scene.slug}/meals/pupils"),
            Shot("meals-menu", "admin", f"/schools/{scene.slug}/meals/menu"),
            Shot("meals-month", "admin", f"/schools/{scene.slug}/meals/month"),
            Shot("meals-family", "parent1", f"/students/{scene.child_id}/meals"),
            Shot("pick-up", "admin", f"/schools/{scene.slug}/pick-up?class_id={scene.class_id}"),
            Shot("pick-up-pupil", "admin", f"/schools/{scene.slug}/pick-up/{scene.child_id}"),
            Shot("pick-up-family", "parent1", f"/children/{scene.child_id}/pick-up"),
            Shot("health-book", "admin", f"/schools/{scene.slug}/health/book"),
            Shot("health-pupil", "admin", f"/health/students/{scene.child_id}"),
            Shot("health-family", "parent1", f"/health/students/{scene.child_id}"),
            Shot("timesheets", "principal", f"/schools/{scene.slug}/timesheets"),
            Shot("setup", "admin", f"/schools/{scene.slug}/setup"),
            Shot("calendar", "admin", f"/schools/{scene.slug}/calendar?day=2026-11-20"),
            Shot("years", "admin", f"/schools/{scene.slug}/years"),
            Shot("bells", "admin", f"/schools/{scene.slug}/bells"),
            Shot("classes", "admin", f"/schools/{scene.slug}/classes"),
            Shot("teaching", "admin", f"/schools/{scene.slug}/teaching"),
            Shot("roll-over", "admin", f"/schools/{scene.slug}/roll-over"),
            Shot("timetable", "admin", f"/schools/{scene.slug}/timetable"),
            Shot("timetables", "admin", f"/schools/{scene.slug}/timetables"),
            Shot("timetable-family", "parent1", f"/students/{scene.child_id}/timetable"),
            Shot("leave", "parent1", f"/children/{scene.child_id}/leave"),
            Shot("leave-staff", "admin", f"/schools/{scene.slug}/leave"),
            Shot("month", "parent1", f"/students/{scene.child_id}/calendar"),
            Shot("pupils", "admin", f"/schools/{scene.slug}/pupils"),
            Shot("pupil", "admin", f"/schools/{scene.slug}/pupils/{scene.child_id}"),
            Shot("new-pupil", "admin", f"/schools/{scene.slug}/pupils/new"),
            Shot("guardians", "admin", f"/schools/{scene.slug}/guardians"),
            Shot("staff", "admin", f"/schools/{scene.slug}/staff"),
            Shot("exchange", "admin", f"/schools/{scene.slug}/exchange"),
            Shot("members", "admin", f"/schools/{scene.slug}/members"),
            Shot("rights", "admin", "/rights"),
            Shot("audit", "admin", f"/schools/{scene.slug}/audit"),
            Shot("account", "admin", "/account"),
            Shot("passkeys", "admin", "/account/passkeys"),
            Shot("second-step-off", "admin", "/account/second-step"),
            Shot("second-step-new", "principal", "/account/second-step"),
            Shot("login-code", "teacher", "/login/code"),
            Shot("preference", "parent1", "/account/messages"),
            Shot("notices", "admin", f"/schools/{scene.slug}/notices"),
            Shot("inbox", "parent1", "/messages"),
            Shot("devices", "parent1", "/account/devices"),
            Shot("offline", None, "/offline"),
            Shot("account-family", "parent1", "/account"),
            Shot("facts", "admin", f"/notices/{notice_id}"),
            Shot("talks-family", "parent1", f"/children/{scene.child_id}/talks"),
            Shot("thread-family", "parent1", f"/talks/{thread_id}"),
            Shot("thread-teacher", "teacher", f"/talks/{thread_id}"),
            Shot("talks-staff", "admin", f"/schools/{scene.slug}/talks"),
            Shot("group-family", "parent1", f"/children/{scene.child_id}/group"),
            Shot("group-staff", "admin", f"/classes/{scene.class_id}/group"),
            Shot("groups", "admin", f"/schools/{scene.slug}/groups"),
            Shot("news", "parent1", "/news"),
            Shot("news-post", "parent1", f"/news/{post_id}"),
            Shot("posts", "principal", f"/schools/{scene.slug}/posts"),
            Shot("post-decide", "principal", f"/posts/{waiting_id}"),
            Shot("join", None, "/join"),
            Shot("children", "parent1", "/children"),
            Shot("children-awaited", "parent2", "/children"),
            Shot("student", "parent1", f"/students/{scene.child_id}"),
            Shot("consent", "parent1", f"/children/{scene.child_id}/consent"),
            Shot("consent-classes", "admin", f"/schools/{scene.slug}/consent"),
            Shot("consent-pupil", "admin", f"/consent/students/{scene.child_id}"),
            Shot("photos", "parent1", f"/children/{scene.child_id}/photos"),
            Shot("photos-staff", "admin", f"/schools/{scene.slug}/photos"),
            Shot("cards", "admin", f"/schools/{scene.slug}/cards"),
            Shot("cards-class", "admin", f"/cards/classes/{scene.class_id}"),
            Shot("safekeeping", "admin", f"/schools/{scene.slug}/safekeeping"),
            Shot("consent-form", "admin", f"/consent/students/{scene.child_id}/form"),
            Shot("missing", "parent1", "/students"),
        )
        with serving(app) as url:
            logins = {shot.login for shot in all_shots if shot.login}
            cookies = {login: cookies_of(browser, url, scene, login) for login in logins}
            for shot, size, scheme, language in product(all_shots, SIZES, ("light", "dark"), ("vi", "en")):
                name = f"{shot.name}-{size}-{scheme}-{language}"
                if not parts or any(part in name for part in parts):
                    (folder / f"{name}.png").write_bytes(
                        take(browser, url, cookies.get(shot.login or "", []), shot, size, scheme, language)
                    )
                    sys.stderr.write(f"{folder / name}.png\n")
        browser.close()
        database.close()


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        sys.exit(str(__doc__))
    main(Path(sys.argv[1]), sys.argv[2:])
