"""What each role reads on every page that is open to it: nothing of a kind that none of its rights shows. A route may
ask for too small a right, or show more than its right says: the words in the answer tell."""

import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, closing

import httpx
import pytest
from sqlalchemy import update

from cloud.accounts.access import RIGHTS, Right, Role
from cloud.attendance import schedule
from cloud.attendance.release.rules import Way
from cloud.attendance.release.tables import PupilRelease
from tests.cloud.migrated import Open
from tests.cloud.pages.canaries import BORN, kept_in, mark, told
from tests.cloud.pages.crowd import PEOPLE, Person, Things, let_in
from tests.cloud.pages.in_process import SERVICE, Asking
from tests.cloud.pages.people import furnish
from tests.cloud.pages.routes import ROWS
from tests.cloud.pages.row import THINGS, Asks
from tests.cloud.pages.test_every_route import Named, expected
from tests.cloud.schoolhouse import at
from tests.cloud.small_school import sighting

RECORD = frozenset({Right.MANAGE_PEOPLE, Right.SEE_WHOLE})
CONTACT = RECORD | {Right.RELEASE_PUPILS, Right.KEEP_HEALTH}
SHOWN_BY: dict[str, frozenset[Right]] = {
    "student": frozenset({Right.SEE_PUPILS}),
    "student_step": RECORD,
    "student_record": RECORD,
    "guardian": CONTACT | {Right.TAKE_CONSENT, Right.WRITE_MESSAGES},
    "pupil_release": CONTACT | {Right.SEE_ATTENDANCE},
    "collect_permit": CONTACT,
    "attendance_mark": frozenset({Right.SEE_ATTENDANCE}),
    "leave_request": frozenset({Right.DECIDE_LEAVE}),
    "leave_step": frozenset({Right.DECIDE_LEAVE}),
    "health_entry": frozenset({Right.SEE_HEALTH}),
    "meal_wish": frozenset({Right.SEE_MEALS}),
    "privacy_request": frozenset({Right.TAKE_CONSENT}),
    "message": frozenset({Right.WRITE_MESSAGES}),
    "notice": frozenset({Right.WRITE_MESSAGES}),
    "group_message": frozenset({Right.WRITE_MESSAGES}),
    "post": frozenset({Right.WRITE_MESSAGES, Right.APPROVE_POSTS}),
    "set_aside": frozenset({Right.SEE_WHOLE}),
    "staff_member": frozenset(Right),
    "invitation": frozenset({Right.MANAGE_ACCOUNTS}),
    "a phone": CONTACT,
    "an e-mail address": frozenset({Right.SEE_PARTICULARS}),
    "a birth date": frozenset({Right.SEE_PARTICULARS}),
    "a personal id": RECORD,
    "when one came": frozenset({Right.SEE_ATTENDANCE}),
    "how late": frozenset({Right.SEE_ATTENDANCE}),
    "a consent": frozenset({Right.TAKE_CONSENT, Right.ENROL}),
}
"""By what is kept, mostly a table: any of these rights shows something of it."""
MARKS = {
    **{kind: kept_in(kind) for kind in SHOWN_BY},
    "a phone": r"(?<!79)3\d\d616161",
    "an e-mail address": "@example.vn",
    "a birth date": f"{BORN}|{BORN:%d/%m/%Y}",
    "a personal id": r"0793\d\d616161",
    # Not the moment at which a file of Excel was made: it holds that, too.
    "when one came": r"(?<![t:\d])07:53|2026-11-16t0[07]:53",
    "how late": "23phút",
    "a consent": '"wording_sha256"',
}
UNREAD = frozenset({"invitation", "meal_wish", "collect_permit", "set_aside", "notice", "post"})
"""Read here by nobody: it is settled, or for whoever runs the school."""
ALL_THAT_IS_HELD = "/students/{student_id}/held.json"
"""One paper of everything, which the office hands to the family."""
RUNNING = (Role.ADMINISTRATOR, Role.PRINCIPAL, Role.VICE_PRINCIPAL)
ROLES = [one for one in PEOPLE if one.role is Role.PUPIL or (one.works_at == "a" and one.role not in RUNNING)]
"""Whoever runs the school has nearly every right; what guardians read is looked at in test_open_api.py, by whose it
is."""
PAGES = [
    row
    for row in ROWS
    if row.method == "GET" and row.asks not in (Asks.NOTHING, Asks.UNIT, Asks.LOG_IN)
    # A stream and a paper say what the page says.
    if not row.route.endswith(("live", ".pdf"))
]


@pytest.mark.parametrize("person", ROLES, ids=lambda person: person.login)
def test_a_role_reads_only_what_its_rights_show(crowd: "Crowd", person: Person) -> None:
    assert person.role
    may = {kind for kind, rights in SHOWN_BY.items() if rights & RIGHTS[person.role]}
    found = crowd.read_by(person)
    assert {kind: routes for kind, routes in found.items() if kind not in may} == {}


def test_each_kind_is_read_by_somebody(crowd: "Crowd") -> None:
    """Else nothing above says anything."""
    found = {kind for person in ROLES for kind in crowd.read_by(person)}
    assert set(SHOWN_BY) - found <= UNREAD


class Crowd:
    def __init__(self, asking: Asking, things: Things) -> None:
        self._asking = asking
        self._things = things
        self._read: dict[str, dict[str, list[str]]] = {}

    def read_by(self, person: Person) -> dict[str, list[str]]:
        """The kinds of what is shown, each with the routes that show it."""
        if person.login not in self._read:
            self._read[person.login] = self._reads(person)
        return self._read[person.login]

    def _reads(self, person: Person) -> dict[str, list[str]]:
        headers = {"cookie": self._asking.log_in(person.login), "accept": "text/html"}
        open_to = [row for row in PAGES if expected(row, person, THINGS[row.names][0]) == 200]
        routes = {row.route: THINGS[row.names][0] for row in open_to if row.route != ALL_THAT_IS_HELD}
        paths = [route.format_map(Named(self._things[thing])) for route, thing in routes.items()]
        answers = self._asking.ask(*(httpx.Request("GET", f"{SERVICE}{path}", headers=headers) for path in paths))
        found: dict[str, list[str]] = defaultdict(list)
        for route, answer in zip(routes, answers, strict=True):
            said = told(answer)
            for kind in (kind for kind, words in MARKS.items() if re.search(words, said)):
                found[kind].append(route)
        return found


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory, open_migrated: Open) -> Iterator[Crowd]:
    """Lan came 23 minutes late and was fetched before the end."""
    file = tmp_path_factory.mktemp("crowd") / "cloud.sqlite3"
    with ExitStack() as stack:
        database = stack.enter_context(closing(open_migrated(f"sqlite:///{file}")))
        house, app = furnish(database)
        things = let_in(house)
        house.clock.now = at("09:20")
        house.report(sighting(1, house.school.lan, at=at("07:53")))
        with database.writing() as session:
            session.execute(update(PupilRelease).values(at=at("09:10"), way=Way.PERMIT, undone_at=None, undone_by=None))
        schedule.keep_up(database, house.school.id, house.clock)
        mark(house, things)
        yield Crowd(stack.enter_context(closing(Asking(app))), things)
