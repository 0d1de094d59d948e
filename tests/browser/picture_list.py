"""Which pages the pictures show: every one of routes.py as each kind of reader finds it, so that a new page is here by
its row; and what no address alone leads to."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from string import Formatter

from tests.browser.picture_things import NAMED, RECENT, Pages
from tests.cloud.pages.routes import ROWS
from tests.cloud.pages.row import Asks, Row

READERS: Mapping[str, tuple[str | None, ...]] = {
    "": ("admin", "principal", "teacher"),
    "family": ("parent1",),
    "nobody": (None,),
    "fresh": ("fresh",),
}
"""By what the picture's name ends in: the first of these log-ins that the page is for. `fresh` has just been given a
school in which nothing is set up."""
NO_PAGE = re.compile(
    r"[/-]live$|\.\w+$|^/api/|^/push/|^/login/oidc|^/$|^/children/leave$|/(file|attachment|picture)$|/(pictures|scans)/"
)
"""What streams, files, what machines ask for, and what only leads to another page."""


@dataclass(frozen=True, slots=True)
class Shot:
    name: str
    login: str | None
    path: str
    sends: str = ""
    """The address to which that page's form goes: the answer is what is shown."""
    form: Mapping[str, str] = field(default_factory=dict)


def page_rows() -> list[Row]:
    return [
        row for row in ROWS
        if row.method == "GET" and row.asks is not Asks.UNIT and not NO_PAGE.search(row.route)
    ]  # fmt: skip


def names_in(route: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(route) if name]


def shots(things: Mapping[str, str], is_page: Pages) -> list[Shot]:
    """Raises LookupError for routes that are shown to nobody."""
    found = [*_of_rows(things, is_page), *_states(things)]
    paths = [shot.path.partition("?")[0] for shot in found]
    unseen = [row.route for row in page_rows() if not any(re.fullmatch(_pattern(row.route), path) for path in paths)]
    if unseen:
        raise LookupError(f"none of the pictures' readers sees {', '.join(unseen)}")
    return found


def _pattern(route: str) -> str:
    return re.sub(r"\{\w+\}", "[^/]+", route)


def _of_rows(things: Mapping[str, str], is_page: Pages) -> Iterator[Shot]:
    for row in page_rows():
        path = row.route.format_map(things)
        for kind, logins in READERS.items():
            if row.asks is Asks.NOTHING and kind != "nobody":
                continue
            if kind == "fresh":
                if set(names_in(row.route)) != {"slug"}:
                    continue
                path = row.route.format(slug="fresh")
            shown_to = next((one for one in logins if is_page(one, path)), ...)
            if shown_to is not ...:
                yield Shot(name_of(row.route, kind), shown_to, path)


def name_of(route: str, kind: str) -> str:
    """`/schools/{slug}/pupils/{student_id}` as the family sees it: `schools-pupils-student-family`."""
    parts = re.sub(r"\{(\w+?)(_id)?\}", lambda found: "" if found[1] == "slug" else found[1], route).split("/")
    return "-".join(part for part in (*parts, kind) if part) or "root"


def _states(of: Mapping[str, str]) -> Iterator[Shot]:
    school, class_id, child = f"/schools/{of['slug']}", of["class_id"], of["student_id"]
    yield Shot("children-awaited", "parent2", "/children")
    yield Shot("children-none", "newcomer", "/children")
    yield Shot("join-code-known", "parent1", f"/join/{of['code']}")
    yield Shot("post-waiting", "principal", f"/posts/{of['waiting_id']}")
    yield Shot("missing", "parent1", "/students")
    yield Shot("desk-teacher", "teacher", f"{school}/desk")
    yield Shot("timesheet-teacher", "teacher", f"{school}/timesheets/{of['staff_id']}")
    yield Shot("timesheets-principal", "principal", f"{school}/timesheets")
    yield Shot("register-day-over", "admin", f"/classes/{class_id}/register?day={RECENT}")
    yield Shot("day-today", "admin", f"/students/{child}/days/2026-11-16")
    yield Shot("calendar-day", "admin", f"{school}/calendar?day=2026-11-20")
    yield Shot("meals-locked", "admin", f"{school}/meals?day={RECENT}")
    yield Shot("meals-sheet-locked", "admin", f"{school}/meals/sheet?day={RECENT}")
    yield Shot("cards-chip-refused", "admin", "/", f"/students/{child}/chip", {"value": "?"})
    yield Shot("pick-up-class", "admin", f"{school}/pick-up?class_id={class_id}")
    yield Shot("pupils-found", "admin", f"{school}/pupils?q=nguyen+thi")
    yield Shot("pupils-none", "admin", f"{school}/pupils?q=xyzzy")
    yield Shot("second-step-begun", "principal", "/account/second-step")
    yield Shot("login-code-asked", "accountant", "/login/code")
    yield Shot("login-stranger", None, "/login/oidc?next=/children")
    yield Shot("login-refused", None, "/login", "/login", {"login": "admin", "password": "nein"})
    yield Shot("join-refused", None, f"/join/{of['code']}", f"/join/{of['code']}", {"login": "x", "password": "kurz"})
    yield Shot("invitation", "admin", f"{school}/members", f"{school}/invitations", {"role": "guard", "name": "Bác Tư"})
    yield Shot("letters", "admin", f"{school}/members", f"{school}/classes/{class_id}/invitations")
    yield Shot("unit-code", "admin", f"{school}/units", f"{school}/units/{of['device']}/claim-code")
    strange = {"class_id": class_id, "full_name": "An", "personal_id": "1", "day": "2026-11-16", "reason": "x"}
    refused = {"first_day": "2026-11-20", "last_day": "2026-11-19"}
    yield Shot("leave-refused", "parent1", f"/children/{child}/leave", f"/children/{child}/leave", refused)
    yield Shot("new-pupil-refused", "admin", f"{school}/pupils/new", f"{school}/pupils", strange)
    second_step, codes = "/account/second-step", "/account/second-step/recovery-codes"
    yield Shot("second-step-on", "clerk", second_step)
    yield Shot("recovery-codes", "clerk", second_step, codes, {"proof": of["password_of_clerk"]})


def unnamed(rows: list[Row]) -> list[str]:
    """Routes with something in brackets of which the pictures' school has none."""
    return [row.route for row in rows if not set(names_in(row.route)) <= NAMED]
