"""Every route, what it asks of whoever comes, and what kind of thing it names. To add a route, add a row.

The table is what the service is held to (test_every_route.py); nothing in it comes from running the service.
"""

from uuid import UUID

from cloud.accounts.access import Right
from tests.cloud.pages.routes_of_log_in import ROWS as OF_LOG_IN
from tests.cloud.pages.routes_of_messages import ROWS as OF_MESSAGES
from tests.cloud.pages.routes_of_people import LAST as LAST_OF_PEOPLE
from tests.cloud.pages.routes_of_people import ROWS as OF_PEOPLE
from tests.cloud.pages.routes_of_setup import ROWS as OF_SETUP
from tests.cloud.pages.routes_of_the_day import ROWS as OF_THE_DAY
from tests.cloud.pages.row import Asks, Names, Row, posts

A_VIEW = {"model": "m", "quality": 0.5, "vector": "AAA="}
AN_ANSWER = {
    "party": "guardian", "guardian_id": None, "answer": "granted", "how": "in_person", "wording_version": 1,
    "wording_language": "vi",
}  # fmt: skip
A_CALIBRATION = {
    "model": "m", "threshold": 0.9, "ask_threshold": 1.0, "margin": 0.1, "wished_fpir": 0.01, "gallery_people": 2,
    "people": 2, "made_at": "2026-11-16T00:00:00Z",
}  # fmt: skip
A_BROWSER = {"endpoint": "https://push.example.vn/1", "keys": {"p256dh": "BA", "auth": "BA"}}
A_HALF_DAY = {"day": "2026-11-16", "half": "morning"}

NOTHING, LOG_IN, UNIT, WORK_HERE, OWN_CHILD, *_ = Asks
NO_THING, SCHOOL, WORKPLACE, CLASS, PUPIL, A_UNIT = Names

ROWS = [
    Row("/sw.js", NOTHING),
    Row("/manifest.webmanifest", NOTHING),
    Row("/offline", NOTHING),
    *OF_LOG_IN,
    Row("/", LOG_IN, answers=303),
    Row("/account/messages", LOG_IN),
    posts("/account/messages", LOG_IN, NO_THING, 303, form={"channel": "web_push"}),
    posts("/account/messages/work", LOG_IN, NO_THING, 303),
    Row("/account/devices", LOG_IN),
    posts("/account/devices/{device_id}/removed", LOG_IN, NO_THING, 303),
    Row("/children", LOG_IN),
    Row("/children/live", LOG_IN),
    # The school's day.
    Row("/schools/{slug}", Right.SEE_WHOLE, SCHOOL),
    Row("/schools/{slug}/live", Right.SEE_WHOLE, SCHOOL),
    Row("/schools/{slug}/health", Right.SEE_HEALTH, WORKPLACE),
    Row("/schools/{slug}/units-live", Right.MANAGE_UNITS, SCHOOL),
    Row("/schools/{slug}/health/live", Right.SEE_HEALTH, WORKPLACE),
    Row("/schools/{slug}/desk", WORK_HERE, WORKPLACE),
    Row("/classes/{class_id}/register", Right.SEE_ATTENDANCE, CLASS),
    posts("/classes/{class_id}/register", Right.KEEP_ATTENDANCE, CLASS, 303, form=A_HALF_DAY),
    posts(
        "/classes/{class_id}/register/taken-back",
        Right.KEEP_ATTENDANCE,
        CLASS,
        409,
        form={**A_HALF_DAY, "at": "2026-11-16T00:00:00Z"},
    ),
    posts("/problems/{problem_id}/settled", Right.SEE_WHOLE, SCHOOL, 200),
    Row("/students/{student_id}", Right.SEE_ATTENDANCE, PUPIL),
    Row("/students/{student_id}/calendar", Right.SEE_ATTENDANCE, PUPIL),
    Row("/schools/{slug}/attendance", Right.SEE_WHOLE, SCHOOL),
    # Nothing is in the register.
    Row("/schools/{slug}/register.xlsx", Right.SEE_WHOLE, SCHOOL, 303),
    Row("/classes/{class_id}/register.xlsx", Right.SEE_ATTENDANCE, CLASS, 303),
    Row("/classes/{class_id}/register.pdf", Right.SEE_ATTENDANCE, CLASS, 303),
    Row("/classes/{class_id}/register/month", Right.SEE_ATTENDANCE, CLASS),
    # Leave.
    Row("/children/leave", LOG_IN, answers=303),
    Row("/children/{student_id}/leave", OWN_CHILD, PUPIL),
    posts(
        "/children/{student_id}/leave",
        OWN_CHILD,
        PUPIL,
        422,
        form={"first_day": "2026-11-20", "last_day": "2026-11-19"},
    ),
    posts("/children/{student_id}/leave/{request_id}/withdrawal", OWN_CHILD, PUPIL, 303),
    Row("/schools/{slug}/leave", Right.NOTE_LEAVE, WORKPLACE),
    Row("/students/{student_id}/leave", Right.NOTE_LEAVE, PUPIL),
    posts("/students/{student_id}/leave", Right.NOTE_LEAVE, PUPIL, 422),
    posts("/leave/{request_id}/decision", Right.DECIDE_LEAVE, PUPIL, 409, form={"state": "requested"}),
    Row("/leave/{request_id}/files/{number}/file", Right.DECIDE_LEAVE, PUPIL, 404, own=True),
    *OF_THE_DAY,
    # Timesheets: one's own, or everybody's with the right.
    Row("/schools/{slug}/timesheets", WORK_HERE, WORKPLACE),
    Row("/schools/{slug}/timesheets.xlsx", WORK_HERE, WORKPLACE),
    Row("/schools/{slug}/timesheets/{staff_id}", Right.SEE_TIMESHEETS, SCHOOL),
    posts(
        "/schools/{slug}/timesheets/corrections",
        Right.KEEP_TIMESHEETS,
        SCHOOL,
        422,
        form={"staff_id": "{staff_id}", "day": "2026-11-16", "came": "09:00", "left": "08:00"},
    ),
    # Nobody has asked for one: what a decision needs is tested in test_timesheets.py.
    posts(
        "/schools/{slug}/timesheets/corrections/{correction_id}",
        Right.KEEP_TIMESHEETS,
        SCHOOL,
        404,
        form={"state": "approved"},
    ),
    # What is held of a pupil.
    Row("/students/{student_id}/held.json", Right.MANAGE_PEOPLE, PUPIL, own=True),
    Row("/students/{student_id}/held.pdf", Right.MANAGE_PEOPLE, PUPIL, own=True),
    *OF_PEOPLE,
    # Members.
    Row("/schools/{slug}/members", Right.MANAGE_ACCOUNTS, SCHOOL),
    posts("/schools/{slug}/invitations", Right.MANAGE_ACCOUNTS, SCHOOL, 200, form={"role": "guard", "name": "Bác Tư"}),
    Row("/schools/{slug}/invitations", Right.INVITE_FAMILIES, WORKPLACE),
    posts("/schools/{slug}/classes/{class_id}/invitations", Right.INVITE_FAMILIES, CLASS, 200, works=True),
    posts("/schools/{slug}/invitations/{invitation_id}/withdrawn", Right.MANAGE_ACCOUNTS, SCHOOL, 303),
    posts("/schools/{slug}/members/{user_id}/sessions/ended", Right.MANAGE_ACCOUNTS, SCHOOL, 303),
    posts("/schools/{slug}/members/{user_id}/new-password", Right.MANAGE_ACCOUNTS, SCHOOL, 200),
    # Of somebody who has none.
    posts("/schools/{slug}/members/{user_id}/second-step/reset", Right.MANAGE_ACCOUNTS, SCHOOL, 404),
    posts("/schools/{slug}/roles/{grant_id}/taken", Right.MANAGE_ACCOUNTS, SCHOOL, 303),
    Row("/schools/{slug}/audit", Right.SEE_AUDIT, SCHOOL),
    Row("/schools/{slug}/audit.csv", Right.SEE_AUDIT, SCHOOL),
    Row("/schools/{slug}/audit.json", Right.SEE_AUDIT, SCHOOL),
    # Consent.
    Row("/children/{student_id}/consent", OWN_CHILD, PUPIL),
    posts(
        "/children/{student_id}/consent",
        OWN_CHILD,
        PUPIL,
        303,
        form={"party": "guardian", "answer": "later", "wording_version": "1"},
    ),
    posts("/children/{student_id}/requests", OWN_CHILD, PUPIL, 303, form={"kind": "access"}),
    Row("/schools/{slug}/consent", WORK_HERE, WORKPLACE),
    Row("/consent/classes/{class_id}", Right.TAKE_CONSENT, CLASS),
    Row("/consent/classes/{class_id}/forms", Right.TAKE_CONSENT, CLASS),
    Row("/consent/classes/{class_id}/forms.pdf", Right.TAKE_CONSENT, CLASS),
    Row("/consent/students/{student_id}", Right.TAKE_CONSENT, PUPIL),
    Row("/consent/students/{student_id}/form", Right.TAKE_CONSENT, PUPIL),
    Row("/consent/students/{student_id}/form.pdf", Right.TAKE_CONSENT, PUPIL),
    posts("/consent/students/{student_id}/answers", Right.TAKE_CONSENT, PUPIL, 422),
    Row("/consent/students/{student_id}/scans/{scan_id}", Right.TAKE_CONSENT, PUPIL, 404),
    posts("/consent/requests/{request_id}", Right.TAKE_CONSENT, PUPIL, 303, form={"step": "acknowledged"}, hides=True),
    Row("/api/v1/students/{student_id}/consent", Right.TAKE_CONSENT, PUPIL, own=True),
    posts("/api/v1/students/{student_id}/consent", Right.TAKE_CONSENT, PUPIL, 422, json=AN_ANSWER),
    Row("/schools/{slug}/safekeeping", Right.SEE_AUDIT, SCHOOL),
    Row("/schools/{slug}/accesses.csv", Right.SEE_AUDIT, SCHOOL),
    Row("/schools/{slug}/digital-index", Right.ASSESS_SCHOOL, SCHOOL),
    posts("/schools/{slug}/digital-index", Right.ASSESS_SCHOOL, SCHOOL, 303),
    # Enrolment.
    Row("/api/v1/schools/{slug}/enrolment", Right.ENROL, SCHOOL),
    Row("/api/v1/enrolment/roll", LOG_IN),
    Row("/api/v1/students/{student_id}/templates", Right.ENROL, PUPIL, 422, "PUT", json=[]),
    Row("/api/v1/students/{student_id}/templates", Right.ENROL, PUPIL, 204, "DELETE"),
    posts(
        "/api/v1/students/{student_id}/look-alikes", Right.ENROL, PUPIL, 200, json={"views": [A_VIEW], "within": 1.0}
    ),
    Row("/api/v1/students/{student_id}/siblings/{other_id}", Right.ENROL, PUPIL, 204, "PUT"),
    Row("/api/v1/students/{student_id}/siblings/{other_id}", Right.ENROL, PUPIL, 204, "DELETE", once=True),
    Row("/api/v1/students/{student_id}/whereabouts", Right.ENROL, PUPIL),
    Row("/children/{student_id}/photos", OWN_CHILD, PUPIL),
    posts("/children/{student_id}/photos", OWN_CHILD, PUPIL, 422),
    posts("/children/{student_id}/photos/{photo_id}/withdrawal", OWN_CHILD, PUPIL, 303),
    Row("/schools/{slug}/photos", Right.ENROL, SCHOOL),
    Row("/photos/{photo_id}/picture", Right.ENROL, PUPIL, 404),
    posts("/photos/{photo_id}/seen", Right.ENROL, PUPIL, 303),
    posts("/photos/{photo_id}/rejection", Right.ENROL, PUPIL, 303),
    Row("/api/v1/schools/{slug}/photos", Right.ENROL, SCHOOL),
    posts(
        "/api/v1/students/{student_id}/photos/outcome",
        Right.ENROL,
        PUPIL,
        422,
        json={"taken": [str(UUID(int=1))], "rejected": [], "views": []},
    ),
    # Cards.
    Row("/schools/{slug}/cards", Right.ISSUE_CARDS, SCHOOL),
    posts("/schools/{slug}/card-sheets", Right.ISSUE_CARDS, SCHOOL, 200),
    Row("/cards/classes/{class_id}", Right.ISSUE_CARDS, CLASS),
    Row("/schools/{slug}/cards/staff", Right.ISSUE_CARDS, SCHOOL),
    posts("/schools/{slug}/card-sheets/staff", Right.ISSUE_CARDS, SCHOOL, 200),
    posts("/schools/{slug}/staff/{staff_id}/card-replacement", Right.ISSUE_CARDS, SCHOOL, 200),
    posts("/students/{student_id}/card-replacement", Right.ISSUE_CARDS, PUPIL, 200),
    posts("/students/{student_id}/card-revocation", Right.ISSUE_CARDS, PUPIL, 303),
    posts("/schools/{slug}/staff/{staff_id}/card-revocation", Right.ISSUE_CARDS, SCHOOL, 303),
    posts("/students/{student_id}/chip", Right.ISSUE_CARDS, PUPIL, 422, form={"value": "-"}),
    posts("/students/{student_id}/chip-removal", Right.ISSUE_CARDS, PUPIL, 303),
    posts("/schools/{slug}/card-keys", Right.MANAGE_UNITS, SCHOOL, 303),
    posts("/schools/{slug}/card-keys/{number}/retirement", Right.MANAGE_UNITS, SCHOOL, 404),
    Row("/api/v1/students/{student_id}/cards", Right.ISSUE_CARDS, PUPIL),
    posts("/api/v1/students/{student_id}/cards", Right.ISSUE_CARDS, PUPIL, 201, json={}),
    posts("/api/v1/cards/{serial}/revocation", Right.ISSUE_CARDS, PUPIL, 204),
    Row("/api/v1/students/{student_id}/chip", Right.ISSUE_CARDS, PUPIL, 422, "PUT", json={"value": "-"}),
    Row("/api/v1/students/{student_id}/chip", Right.ISSUE_CARDS, PUPIL, 204, "DELETE"),
    posts("/api/v1/schools/{slug}/card-keys", Right.MANAGE_UNITS, SCHOOL, 201),
    Row("/api/v1/schools/{slug}/card-keys/{number}", Right.MANAGE_UNITS, SCHOOL, 404, "DELETE"),
    # Units, as people see them.
    Row("/api/v1/schools/{slug}/rosters", Right.SEE_WHOLE, SCHOOL),
    posts("/api/v1/devices/{device}/claim-code", Right.MANAGE_UNITS, A_UNIT, 200),
    Row("/api/v1/devices/{device}/settings", Right.MANAGE_UNITS, A_UNIT),
    Row("/api/v1/devices/{device}/settings", Right.MANAGE_UNITS, A_UNIT, 204, "PUT", json={}),
    Row("/api/v1/devices/{device}/calibration", Right.MANAGE_UNITS, A_UNIT, 204, "PUT", json=A_CALIBRATION),
    Row("/api/v1/devices/{device}/calibration", Right.MANAGE_UNITS, A_UNIT, 204, "DELETE"),
    Row("/api/v1/devices/{device}/place", Right.MANAGE_UNITS, A_UNIT, 204, "PUT", json={"class_id": None}),
    Row("/schools/{slug}/units", Right.MANAGE_UNITS, SCHOOL),
    posts("/schools/{slug}/units", Right.MANAGE_UNITS, SCHOOL, 303, form={"device": "new-{slug}", "name": "x"}),
    Row("/schools/{slug}/units/{device}", Right.MANAGE_UNITS, A_UNIT),
    posts("/schools/{slug}/units/{device}/claim-code", Right.MANAGE_UNITS, A_UNIT, 200),
    posts("/schools/{slug}/units/{device}/name", Right.MANAGE_UNITS, A_UNIT, 303, form={"name": "x"}),
    posts("/schools/{slug}/units/{device}/place", Right.MANAGE_UNITS, A_UNIT, 303),
    posts("/schools/{slug}/units/{device}/settings", Right.MANAGE_UNITS, A_UNIT, 303),
    # None is set: an outsider's 404 is that of the unit.
    posts("/schools/{slug}/units/{device}/settings/{setting}/withdrawn", Right.MANAGE_UNITS, A_UNIT, 404),
    *OF_SETUP,
    *OF_MESSAGES,
    # Units themselves.
    posts("/api/v1/devices/claim", NOTHING, NO_THING, 422, json={}),
    posts("/api/v1/devices/{device}/certificate", UNIT, A_UNIT, 200, json={}),
    posts("/api/v1/devices/{device}/events", UNIT, A_UNIT, 200),
    posts("/api/v1/devices/{device}/health", UNIT, A_UNIT, 204),
    Row("/api/v1/devices/{device}/roster", UNIT, A_UNIT),
    Row("/api/v1/devices/{device}/roster/keys/{key_id}", UNIT, A_UNIT),
    posts("/api/v1/devices/{device}/roster/ack", UNIT, A_UNIT, 204),
    Row("/api/v1/devices/{device}/briefing", UNIT, A_UNIT),
    Row("/api/v1/devices/{device}/briefing/keys/{key_id}", UNIT, A_UNIT),
    posts("/api/v1/devices/{device}/briefing/ack", UNIT, A_UNIT, 204),
    Row("/api/v1/devices/{device}/release", UNIT, A_UNIT),
    Row("/api/v1/devices/{device}/release/{number}", UNIT, A_UNIT),
    # Web Push.
    Row("/push/key", NOTHING, answers=404),
    posts("/push/subscriptions", LOG_IN, NO_THING, 204, json=A_BROWSER),
    Row("/push/subscriptions", LOG_IN, NO_THING, 204, "DELETE", json={"endpoint": A_BROWSER["endpoint"]}),
    posts("/push/receipts/{message_id}", NOTHING, NO_THING, 404),
    posts("/push/receipts/{message_id}/opened", NOTHING, NO_THING, 404),
    # Of providers: this service has none that would say so.
    posts("/receipts/zalo", NOTHING, NO_THING, 404),
    posts("/receipts/sms", NOTHING, NO_THING, 404),
    # Last: the unit is locked out from then on.
    *LAST_OF_PEOPLE,
    posts("/schools/{slug}/units/{device}/lock-out", Right.MANAGE_UNITS, A_UNIT, 303, form={"sure": "true"}),
    posts("/api/v1/devices/{device}/revocation", Right.MANAGE_UNITS, A_UNIT, 200),
]
