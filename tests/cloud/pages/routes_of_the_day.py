"""Rows of routes.py for meals, the register's check and overviews, pick-up and the health desk."""

from cloud.accounts.access import Right
from tests.cloud.pages.row import Asks, Names, Row, posts

HOW_MEALS = {"cut_off": "08:00", "families_may_ask": "true", "families_may_end": "true"}
RULES = {"grace_minutes": 5, "absent_after_minutes": 15, "warn_at": "35, 40, 45", "stays_over_midday": "true"}
NOTHING, OWN_CHILD, FAMILY = Asks.NOTHING, Asks.OWN_CHILD, Asks.FAMILY
NO_THING, SCHOOL, WORKPLACE, CLASS, PUPIL, _ = Names

ROWS = [
    # Meals. Nothing is locked: what a locked count answers is tested in test_meals.py.
    Row("/schools/{slug}/meals", Right.SEE_MEALS, WORKPLACE),
    Row("/schools/{slug}/meals/live", Right.SEE_MEALS, WORKPLACE),
    Row("/schools/{slug}/meals/sheet", Right.SEE_MEALS, SCHOOL),
    Row("/schools/{slug}/meals/sheet.pdf", Right.SEE_MEALS, SCHOOL, 404),
    Row("/schools/{slug}/meals/sheet.xlsx", Right.SEE_MEALS, SCHOOL, 404),
    posts("/schools/{slug}/meals/received", Right.SEE_MEALS, SCHOOL, 303, form={"day": "2026-11-16"}),
    posts("/schools/{slug}/meals/sent-again", Right.KEEP_MEALS, SCHOOL, 303, form={"day": "2026-11-16"}),
    posts("/schools/{slug}/meals/supplements", Right.KEEP_MEALS, SCHOOL, 409, form={"day": "2026-11-16"}),
    posts("/schools/{slug}/meals/settings", Right.KEEP_MEALS, SCHOOL, 303, form=HOW_MEALS),
    Row("/schools/{slug}/meals/pupils", Right.SEE_MEALS, WORKPLACE),
    posts("/schools/{slug}/meals/pupils", Right.KEEP_MEALS, WORKPLACE, 422, form={"first_day": "2026-11-20"}),
    posts(
        "/schools/{slug}/meals/pupils/{student_id}/end",
        Right.KEEP_MEALS,
        PUPIL,
        422,
        form={"last_day": "2026-11-10"},
        hides=True,
    ),
    posts("/schools/{slug}/meals/wishes/{wish_id}", Right.KEEP_MEALS, PUPIL, 409, form={"answer": "false"}, hides=True),
    Row("/schools/{slug}/meals/month", Right.SEE_MEALS, WORKPLACE),
    Row("/schools/{slug}/meals/month.xlsx", Right.SEE_MEALS, WORKPLACE),
    Row("/schools/{slug}/meals/month.pdf", Right.SEE_MEALS, WORKPLACE),
    Row("/schools/{slug}/meals/menu", Right.SEE_MEALS, WORKPLACE),
    posts("/schools/{slug}/meals/menu", Right.KEEP_MEALS, SCHOOL, 303),
    Row("/students/{student_id}/meals", FAMILY, PUPIL),
    posts("/students/{student_id}/meals/feedback", FAMILY, PUPIL, 422, form={"day": "2026-11-16", "stars": 9}),
    posts("/children/{student_id}/meals/wishes", OWN_CHILD, PUPIL, 422, form={"first_day": "2026-11-20"}),
    posts("/children/{student_id}/meals/wishes/{wish_id}/withdrawal", OWN_CHILD, PUPIL, 409),
    posts("/children/{student_id}/meals/end", OWN_CHILD, PUPIL, 422, form={"last_day": "2026-11-10"}),
    Row("/kitchen/{slug}/{day}/{token}", NOTHING, answers=404),
    posts("/kitchen/{slug}/{day}/{token}", NOTHING, NO_THING, 404),
    # What the register is kept by, and looked at.
    Row("/schools/{slug}/register-check", Right.SEE_WHOLE, SCHOOL),
    posts("/schools/{slug}/register-check/{finding_id}", Right.KEEP_ATTENDANCE, SCHOOL, 404),
    posts("/schools/{slug}/attendance-rules", Right.KEEP_ATTENDANCE, SCHOOL, 303, form=RULES),
    posts("/schools/{slug}/roll-report", Right.KEEP_ATTENDANCE, SCHOOL, 303, form={"at": "07:30"}),
    Row("/schools/{slug}/absences", Right.SEE_ATTENDANCE, WORKPLACE),
    Row("/classes/{class_id}/overview", Right.SEE_ATTENDANCE, CLASS),
    Row("/students/{student_id}/days/{day}", Right.SEE_ATTENDANCE, PUPIL),
    # Pick-up. What a code opens is tested in test_pick_up.py.
    Row("/schools/{slug}/pick-up", Right.RELEASE_PUPILS, WORKPLACE),
    Row("/schools/{slug}/pick-up/{student_id}", Right.RELEASE_PUPILS, PUPIL, hides=True),
    posts(
        "/schools/{slug}/pick-up/{student_id}/guardian",
        Right.RELEASE_PUPILS,
        PUPIL,
        403,
        form={"guardian_id": "{wish_id}"},
        hides=True,
    ),
    posts("/schools/{slug}/pick-up/{student_id}/alone", Right.RELEASE_PUPILS, PUPIL, 403, hides=True),
    posts("/schools/{slug}/pick-up/{student_id}/code", Right.RELEASE_PUPILS, PUPIL, 422, hides=True),
    posts("/releases/{release_id}/taken-back", Right.RELEASE_PUPILS, PUPIL, 409),
    Row("/children/{student_id}/pick-up", OWN_CHILD, PUPIL),
    posts("/children/{student_id}/pick-up/alone", OWN_CHILD, PUPIL, 303, form={"may": "false"}),
    posts("/children/{student_id}/pick-up/permits", OWN_CHILD, PUPIL, 422, form={"day": "2026-11-16", "name": ""}),
    posts("/children/{student_id}/pick-up/permits/{permit_id}/withdrawal", OWN_CHILD, PUPIL, 409),
    # The health desk.
    Row("/schools/{slug}/health/book", Right.SEE_HEALTH, WORKPLACE),
    posts("/schools/{slug}/health/limit", Right.KEEP_HEALTH, SCHOOL, 422, form={"from_c": "99"}),
    Row("/health/students/{student_id}", Right.SEE_HEALTH, PUPIL),
    posts("/health/students/{student_id}", Right.KEEP_HEALTH, PUPIL, 422, form={"kind": "other"}),
    posts("/health/entries/{entry_id}/struck", Right.KEEP_HEALTH, PUPIL, 409),
]
