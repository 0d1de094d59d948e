"""Who may ask for what: every route, asked by everybody. A route without a row here fails."""

from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from fastapi.routing import APIRoute

from cloud.main import FEATURES
from tests.cloud.pages.people import EVERYBODY, House

OPEN = dict.fromkeys(EVERYBODY, 200)
TO_LOGIN = {"nobody": 303}
HIDDEN = dict.fromkeys(EVERYBODY, 404) | TO_LOGIN
ANYBODY_BADLY = dict.fromkeys(EVERYBODY, 422) | TO_LOGIN
"""Who may say what is tested where it is said well."""


@dataclass(frozen=True)
class Row:
    """`path` may name {lan}, {stranger}, {class_1a} or {nobody} (who is not there); `answers` is a status by name."""

    route: str
    path: str
    answers: dict[str, int]
    method: str = "GET"


ROWS = [
    Row("/sw.js", "/sw.js", OPEN),
    Row("/manifest.webmanifest", "/manifest.webmanifest", OPEN),
    Row("/", "/", dict.fromkeys(EVERYBODY, 303)),
    Row("/login", "/login", dict.fromkeys(EVERYBODY, 303) | {"nobody": 200}),
    Row("/login", "/login", dict.fromkeys(EVERYBODY, 403), "POST"),
    Row("/logout", "/logout", dict.fromkeys(EVERYBODY, 303), "POST"),
    Row("/language", "/language", dict.fromkeys(EVERYBODY, 422), "POST"),
    Row("/schools/{slug}", "/schools/a", HIDDEN | {"alice": 200}),
    Row("/schools/{slug}", "/schools/b", HIDDEN | {"dave": 200}),
    Row("/schools/{slug}", "/schools/none", HIDDEN),
    Row("/schools/{slug}/live", "/schools/none/live", HIDDEN),
    Row("/schools/{slug}/live", "/schools/b/live", HIDDEN | {"dave": 200}),
    Row("/schools/{slug}/health", "/schools/a/health", HIDDEN | {"alice": 200}),
    Row("/schools/{slug}/health/live", "/schools/b/health/live", HIDDEN | {"dave": 200}),
    Row("/schools/{slug}/desk", "/schools/a/desk", HIDDEN | {"alice": 200}),
    Row("/classes/{class_id}/register", "/classes/{class_1a}/register", HIDDEN | {"alice": 200}),
    Row("/classes/{class_id}/register", "/classes/{class_1a}/register", ANYBODY_BADLY, "POST"),
    Row("/classes/{class_id}/register/taken-back", "/classes/{class_1a}/register/taken-back", ANYBODY_BADLY, "POST"),
    Row("/children/{student_id}/leave", "/children/{lan}/leave", HIDDEN | {"bob": 200}),
    Row("/children/{student_id}/leave", "/children/{lan}/leave", ANYBODY_BADLY, "POST"),
    Row(
        "/children/{student_id}/leave/{request_id}/withdrawal",
        "/children/{lan}/leave/{nobody}/withdrawal",
        HIDDEN,
        "POST",
    ),
    Row("/schools/{slug}/leave", "/schools/a/leave", HIDDEN | {"alice": 200}),
    Row("/leave/{request_id}/decision", "/leave/{nobody}/decision", ANYBODY_BADLY, "POST"),
    Row("/leave/{request_id}/attachment", "/leave/{nobody}/attachment", HIDDEN),
    Row("/students/{student_id}/calendar", "/students/{lan}/calendar", HIDDEN | {"alice": 200, "bob": 200}),
    Row("/schools/{slug}/attendance", "/schools/a/attendance", HIDDEN | {"alice": 200}),
    Row("/schools/{slug}/register.xlsx", "/schools/a/register.xlsx", HIDDEN),
    Row("/classes/{class_id}/register.xlsx", "/classes/{class_1a}/register.xlsx", HIDDEN),
    Row("/classes/{class_id}/register/month", "/classes/{class_1a}/register/month", HIDDEN | {"alice": 200}),
    Row("/account", "/account", OPEN | TO_LOGIN),
    Row("/account/sessions/ended", "/account/sessions/ended", dict.fromkeys(EVERYBODY, 303), "POST"),
    Row("/account/password", "/account/password", dict.fromkeys(EVERYBODY, 403) | TO_LOGIN, "POST"),
    Row("/rights", "/rights", OPEN | TO_LOGIN),
    Row("/join", "/join", OPEN),
    Row("/join/{code}", "/join/none", dict.fromkeys(EVERYBODY, 404)),
    Row("/join/{code}", "/join/none", dict.fromkeys(EVERYBODY, 404), "POST"),
    Row("/join/{code}/own", "/join/none/own", dict.fromkeys(EVERYBODY, 404) | TO_LOGIN, "POST"),
    Row("/schools/{slug}/members", "/schools/a/members", HIDDEN | {"alice": 200}),
    Row("/schools/{slug}/invitations", "/schools/a/invitations", ANYBODY_BADLY, "POST"),
    Row(
        "/schools/{slug}/classes/{class_id}/invitations",
        "/schools/a/classes/{nobody}/invitations",
        HIDDEN,
        "POST",
    ),
    Row(
        "/schools/{slug}/invitations/{invitation_id}/withdrawn",
        "/schools/a/invitations/{nobody}/withdrawn",
        HIDDEN,
        "POST",
    ),
    Row("/schools/{slug}/roles/{grant_id}/taken", "/schools/a/roles/{nobody}/taken", HIDDEN, "POST"),
    Row(
        "/schools/{slug}/members/{user_id}/sessions/ended",
        "/schools/a/members/{nobody}/sessions/ended",
        HIDDEN,
        "POST",
    ),
    Row("/schools/{slug}/audit", "/schools/a/audit", HIDDEN | {"alice": 200}),
    Row("/schools/{slug}/audit.csv", "/schools/a/audit.csv", HIDDEN | {"alice": 200}),
    Row("/children", "/children", OPEN | TO_LOGIN),
    Row("/children/live", "/children/live", OPEN | TO_LOGIN),
    Row("/students/{student_id}", "/students/{lan}", HIDDEN | {"alice": 200, "bob": 200}),
    Row("/students/{student_id}", "/students/{stranger}", HIDDEN | {"charlie": 200, "dave": 200}),
    Row("/students/{student_id}", "/students/{nobody}", HIDDEN),
    Row("/api/v1/devices/claim", "/api/v1/devices/claim", dict.fromkeys(EVERYBODY, 422), "POST"),
    Row(
        "/api/v1/devices/{device}/certificate",
        "/api/v1/devices/gate-1/certificate",
        dict.fromkeys(EVERYBODY, 303),
        "POST",
    ),
    Row("/api/v1/devices/{device}/events", "/api/v1/devices/gate-1/events", dict.fromkeys(EVERYBODY, 303), "POST"),
    Row("/children/{student_id}/consent", "/children/{lan}/consent", HIDDEN | {"bob": 200}),
    Row("/children/{student_id}/consent", "/children/{lan}/consent", ANYBODY_BADLY, "POST"),
    Row("/children/{student_id}/requests", "/children/{lan}/requests", ANYBODY_BADLY, "POST"),
    Row("/schools/{slug}/consent", "/schools/a/consent", HIDDEN | {"alice": 200}),
    Row("/consent/classes/{class_id}", "/consent/classes/{class_1a}", HIDDEN | {"alice": 200}),
    Row("/consent/classes/{class_id}/forms", "/consent/classes/{class_1a}/forms", HIDDEN | {"alice": 200}),
    Row("/consent/students/{student_id}", "/consent/students/{lan}", HIDDEN | {"alice": 200, "bob": 403}),
    Row("/consent/students/{student_id}/form", "/consent/students/{lan}/form", HIDDEN | {"alice": 200, "bob": 403}),
    Row(
        "/consent/students/{student_id}/answers",
        "/consent/students/{lan}/answers",
        HIDDEN | {"alice": 422, "bob": 403},
        "POST",
    ),
    Row(
        "/consent/students/{student_id}/scans/{scan_id}",
        "/consent/students/{lan}/scans/{nobody}",
        HIDDEN | {"bob": 403},
    ),
    Row("/consent/requests/{request_id}", "/consent/requests/{nobody}", ANYBODY_BADLY, "POST"),
    Row("/api/v1/students/{student_id}/consent", "/api/v1/students/{lan}/consent", HIDDEN | {"alice": 200, "bob": 200}),
    Row("/api/v1/students/{student_id}/consent", "/api/v1/students/{lan}/consent", ANYBODY_BADLY, "POST"),
    Row("/api/v1/students/{student_id}/templates", "/api/v1/students/{lan}/templates", ANYBODY_BADLY, "PUT"),
    Row(
        "/api/v1/students/{student_id}/templates",
        "/api/v1/students/{lan}/templates",
        HIDDEN | {"alice": 204, "bob": 403},
        "DELETE",
    ),
    Row("/api/v1/students/{student_id}/look-alikes", "/api/v1/students/{lan}/look-alikes", ANYBODY_BADLY, "POST"),
    Row(
        "/api/v1/students/{student_id}/siblings/{other_id}",
        "/api/v1/students/{lan}/siblings/{nobody}",
        HIDDEN | {"bob": 403},
        "PUT",
    ),
    Row(
        "/api/v1/students/{student_id}/whereabouts",
        "/api/v1/students/{lan}/whereabouts",
        HIDDEN | {"alice": 200, "bob": 403},
    ),
    Row("/api/v1/enrolment/roll", "/api/v1/enrolment/roll", OPEN | TO_LOGIN),
    Row("/api/v1/schools/{slug}/rosters", "/api/v1/schools/a/rosters", HIDDEN | {"alice": 200}),
    Row("/children/{student_id}/photos", "/children/{lan}/photos", HIDDEN | {"bob": 200}),
    Row("/children/{student_id}/photos", "/children/{stranger}/photos", HIDDEN | {"charlie": 422}, "POST"),
    Row(
        "/children/{student_id}/photos/{photo_id}/withdrawal",
        "/children/{lan}/photos/{nobody}/withdrawal",
        HIDDEN | {"bob": 303},
        "POST",
    ),
    Row("/schools/{slug}/photos", "/schools/a/photos", HIDDEN | {"alice": 200}),
    Row("/photos/{photo_id}/picture", "/photos/{nobody}/picture", HIDDEN),
    Row("/photos/{photo_id}/seen", "/photos/{nobody}/seen", HIDDEN, "POST"),
    Row("/photos/{photo_id}/rejection", "/photos/{nobody}/rejection", HIDDEN, "POST"),
    Row("/api/v1/schools/{slug}/photos", "/api/v1/schools/b/photos", HIDDEN | {"dave": 200}),
    Row(
        "/api/v1/students/{student_id}/photos/outcome",
        "/api/v1/students/{lan}/photos/outcome",
        ANYBODY_BADLY,
        "POST",
    ),
    Row("/schools/{slug}/safekeeping", "/schools/a/safekeeping", HIDDEN | {"alice": 200}),
    Row("/schools/{slug}/accesses.csv", "/schools/b/accesses.csv", HIDDEN | {"dave": 200}),
    Row("/students/{student_id}/held.json", "/students/{nobody}/held.json", HIDDEN),
    Row("/students/{student_id}/held.pdf", "/students/{nobody}/held.pdf", HIDDEN),
    Row("/schools/{slug}/cards", "/schools/a/cards", HIDDEN | {"alice": 200}),
    Row("/schools/{slug}/card-sheets", "/schools/none/card-sheets", HIDDEN, "POST"),
    Row("/cards/classes/{class_id}", "/cards/classes/{nobody}", HIDDEN),
    Row(
        "/students/{student_id}/card-replacement",
        "/students/{nobody}/card-replacement",
        HIDDEN,
        "POST",
    ),
    Row("/api/v1/schools/{slug}/enrolment", "/api/v1/schools/a/enrolment", HIDDEN | {"alice": 200}),
    Row("/api/v1/schools/{slug}/gallery", "/api/v1/schools/b/gallery", HIDDEN | {"dave": 200}),
    Row("/api/v1/devices/{device}/roster", "/api/v1/devices/gate-1/roster", dict.fromkeys(EVERYBODY, 303)),
    Row(
        "/api/v1/devices/{device}/roster/keys/{key_id}",
        f"/api/v1/devices/gate-1/roster/keys/{UUID(int=0)}",
        dict.fromkeys(EVERYBODY, 303),
    ),
    Row(
        "/api/v1/devices/{device}/roster/ack",
        "/api/v1/devices/gate-1/roster/ack",
        dict.fromkeys(EVERYBODY, 303),
        "POST",
    ),
    Row("/api/v1/devices/{device}/briefing", "/api/v1/devices/gate-1/briefing", dict.fromkeys(EVERYBODY, 303)),
    Row(
        "/api/v1/devices/{device}/briefing/keys/{key_id}",
        f"/api/v1/devices/gate-1/briefing/keys/{UUID(int=0)}",
        dict.fromkeys(EVERYBODY, 303),
    ),
    Row(
        "/api/v1/devices/{device}/briefing/ack",
        "/api/v1/devices/gate-1/briefing/ack",
        dict.fromkeys(EVERYBODY, 303),
        "POST",
    ),
    Row("/api/v1/devices/{device}/release", "/api/v1/devices/gate-1/release", dict.fromkeys(EVERYBODY, 303)),
    Row(
        "/api/v1/devices/{device}/release/{number}",
        "/api/v1/devices/gate-1/release/1",
        dict.fromkeys(EVERYBODY, 303),
    ),
    Row("/api/v1/devices/{device}/settings", "/api/v1/devices/gate-1/settings", HIDDEN | {"alice": 200}),
    Row("/api/v1/devices/{device}/settings", "/api/v1/devices/gate-1/settings", ANYBODY_BADLY, "PUT"),
    Row("/api/v1/devices/{device}/calibration", "/api/v1/devices/gate-1/calibration", ANYBODY_BADLY, "PUT"),
    Row(
        "/api/v1/devices/{device}/calibration",
        "/api/v1/devices/gate-1/calibration",
        HIDDEN | {"alice": 204},
        "DELETE",
    ),
    Row("/api/v1/devices/{device}/place", "/api/v1/devices/gate-1/place", ANYBODY_BADLY, "PUT"),
    Row("/api/v1/links", "/api/v1/links", ANYBODY_BADLY, "PUT"),
    Row("/api/v1/links/{one}/{other}", "/api/v1/links/{lan}/{stranger}", HIDDEN | {"bob": 403}, "DELETE"),
    Row("/api/v1/students/{student_id}/cards", "/api/v1/students/{lan}/cards", HIDDEN | {"alice": 200, "bob": 403}),
    Row("/api/v1/students/{student_id}/cards", "/api/v1/students/{lan}/cards", ANYBODY_BADLY, "POST"),
    Row("/api/v1/students/{student_id}/chip", "/api/v1/students/{lan}/chip", ANYBODY_BADLY, "PUT"),
    Row(
        "/api/v1/students/{student_id}/chip",
        "/api/v1/students/{lan}/chip",
        HIDDEN | {"alice": 204, "bob": 403},
        "DELETE",
    ),
    Row("/api/v1/cards/{serial}/revocation", "/api/v1/cards/1/revocation", HIDDEN, "POST"),
    Row("/api/v1/schools/{slug}/card-keys", "/api/v1/schools/none/card-keys", HIDDEN, "POST"),
    Row("/api/v1/schools/{slug}/card-keys/{number}", "/api/v1/schools/a/card-keys/9", HIDDEN, "DELETE"),
    Row("/api/v1/devices/{device}/health", "/api/v1/devices/gate-1/health", dict.fromkeys(EVERYBODY, 303), "POST"),
    Row("/problems/{problem_id}/settled", "/problems/{nobody}/settled", HIDDEN, "POST"),
    Row("/account/messages", "/account/messages", OPEN | TO_LOGIN),
    Row("/account/messages", "/account/messages", ANYBODY_BADLY, "POST"),
    Row("/push/key", "/push/key", dict.fromkeys(EVERYBODY, 404)),
    Row("/push/subscriptions", "/push/subscriptions", dict.fromkeys(EVERYBODY, 422) | TO_LOGIN, "POST"),
    Row("/push/subscriptions", "/push/subscriptions", dict.fromkeys(EVERYBODY, 422) | TO_LOGIN, "DELETE"),
    Row("/push/receipts/{message_id}", "/push/receipts/{nobody}", dict.fromkeys(EVERYBODY, 404), "POST"),
    Row(
        "/api/v1/devices/{device}/claim-code",
        "/api/v1/devices/gate-1/claim-code",
        HIDDEN | {"alice": 200},
        "POST",
    ),
    Row(
        "/api/v1/devices/{device}/revocation",
        "/api/v1/devices/gate-1/revocation",
        HIDDEN | {"alice": 200},
        "POST",
    ),
    Row("/api/v1/devices/{device}/release", "/api/v1/devices/gate-1/release", dict.fromkeys(EVERYBODY, 303)),
    Row("/api/v1/devices/{device}/release/{number}", "/api/v1/devices/gate-1/release/1", dict.fromkeys(EVERYBODY, 303)),
    Row("/schools/{slug}/units", "/schools/a/units", HIDDEN | {"alice": 200}),
    Row("/schools/{slug}/units", "/schools/a/units", ANYBODY_BADLY, "POST"),
    Row("/schools/{slug}/units/{device}", "/schools/a/units/gate-1", HIDDEN | {"alice": 200}),
    Row("/schools/{slug}/units/{device}", "/schools/a/units/other-gate", HIDDEN),
    Row("/schools/{slug}/units/{device}", "/schools/b/units/other-gate", HIDDEN | {"dave": 200}),
    Row(
        "/schools/{slug}/units/{device}/claim-code",
        "/schools/a/units/gate-1/claim-code",
        HIDDEN | {"alice": 200},
        "POST",
    ),
    Row("/schools/{slug}/units/{device}/name", "/schools/a/units/gate-1/name", ANYBODY_BADLY, "POST"),
    Row("/schools/{slug}/units/{device}/place", "/schools/a/units/gate-2/place", HIDDEN | {"alice": 303}, "POST"),
    Row("/schools/{slug}/units/{device}/lock-out", "/schools/a/units/gate-1/lock-out", ANYBODY_BADLY, "POST"),
    Row("/schools/{slug}/units/{device}/settings", "/schools/a/units/gate-2/settings", HIDDEN | {"alice": 303}, "POST"),
    Row(
        "/schools/{slug}/units/{device}/settings/{setting}/withdrawn",
        "/schools/a/units/gate-1/settings/fever_c/withdrawn",
        HIDDEN,
        "POST",
    ),
    Row("/students/{student_id}", "/students/x", dict.fromkeys(EVERYBODY, 422) | TO_LOGIN),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.method} {row.path}")
def test_a_route_answers_those_whom_it_should_and_nobody_else(shared_house: House, row: Row) -> None:
    school = shared_house.school
    path = row.path.format(lan=school.lan, stranger=school.stranger, class_1a=school.class_id, nobody=uuid4())
    answers = {}
    for name in EVERYBODY:
        form = {"login": name} if row.method == "POST" else None
        with shared_house.visit(name) as client, client.stream(row.method, path, data=form) as answer:
            answers[name] = answer.status_code
    assert answers == row.answers


def test_every_route_has_a_row() -> None:
    routes = {
        (method, route.path)
        for feature in FEATURES
        for route in feature.router.routes
        if isinstance(route, APIRoute)
        for method in route.methods
    }
    assert routes == {(row.method, row.route) for row in ROWS}


def test_what_is_hidden_looks_exactly_like_what_is_not_there(shared_house: House) -> None:
    with shared_house.visit("erin") as client:
        hidden, missing = client.get(f"/students/{shared_house.school.lan}"), client.get(f"/students/{uuid4()}")
    assert (hidden.status_code, hidden.text) == (missing.status_code, missing.text)
    assert hidden.status_code == 404
