"""The rows of routes.py about people: pupils, guardians, the staff list, import and export."""

from uuid import UUID

from cloud.accounts.access import Right
from tests.cloud.pages.row import Names, Row, posts

A_STEP = {"class_id": str(UUID(int=1)), "day": "2099-01-01", "reason": "x"}
"""In the future: no step is taken."""
ITSELF = {"gone": "{guardian_id}"}
SCHOOL, WORKPLACE, PUPIL = Names.SCHOOL, Names.WORKPLACE, Names.PUPIL

ROWS = [
    # Pupils and their guardians, for the office.
    Row("/schools/{slug}/pupils", Right.SEE_PUPILS, WORKPLACE),
    Row("/schools/{slug}/pupils/new", Right.MANAGE_PEOPLE, SCHOOL),
    posts("/schools/{slug}/pupils", Right.MANAGE_PEOPLE, SCHOOL, 422, form=A_STEP),
    Row("/schools/{slug}/pupils/{student_id}", Right.SEE_PUPILS, PUPIL, works=True),
    posts("/schools/{slug}/pupils/{student_id}/facts", Right.MANAGE_PEOPLE, PUPIL, 422, works=True),
    posts("/schools/{slug}/pupils/{student_id}/move", Right.MANAGE_PEOPLE, PUPIL, 422, form=A_STEP, works=True),
    posts("/schools/{slug}/pupils/{student_id}/leave", Right.MANAGE_PEOPLE, PUPIL, 422, form=A_STEP, works=True),
    posts("/schools/{slug}/pupils/{student_id}/return", Right.MANAGE_PEOPLE, PUPIL, 422, form=A_STEP, works=True),
    posts(
        "/schools/{slug}/pupils/{student_id}/steps/{step_id}/taken-back", Right.MANAGE_PEOPLE, PUPIL, 409, works=True
    ),
    posts("/schools/{slug}/pupils/{student_id}/guardians", Right.MANAGE_PEOPLE, PUPIL, 422, works=True),
    posts(
        "/schools/{slug}/pupils/{student_id}/guardians/{guardian_id}",
        Right.MANAGE_PEOPLE,
        PUPIL,
        303,
        form={"may_see": "true", "may_collect": "true"},
        works=True,
    ),
    posts("/schools/{slug}/pupils/{student_id}/invitation", Right.MANAGE_ACCOUNTS, PUPIL, 200, works=True),
    posts("/schools/{slug}/pupils/{student_id}/new-password", Right.MANAGE_ACCOUNTS, PUPIL, 200, works=True),
    posts("/schools/{slug}/pupils/{student_id}/log-in/{user_id}/taken", Right.MANAGE_ACCOUNTS, PUPIL, 404, works=True),
    Row("/schools/{slug}/guardians", Right.INVITE_FAMILIES, SCHOOL),
    Row("/schools/{slug}/guardians/{guardian_id}", Right.INVITE_FAMILIES, SCHOOL),
    posts("/schools/{slug}/guardians/{guardian_id}", Right.MANAGE_PEOPLE, SCHOOL, 303, form={"full_name": "x"}),
    posts("/schools/{slug}/guardians/{guardian_id}/merged", Right.MANAGE_PEOPLE, SCHOOL, 422, form=ITSELF),
    posts("/schools/{slug}/guardians/{guardian_id}/invitation", Right.INVITE_FAMILIES, SCHOOL, 200),
    posts("/schools/{slug}/guardians/{guardian_id}/new-password", Right.INVITE_FAMILIES, SCHOOL, 200),
    # The staff list.
    Row("/schools/{slug}/staff", Right.MANAGE_PEOPLE, SCHOOL),
    posts("/schools/{slug}/staff", Right.MANAGE_PEOPLE, SCHOOL, 422),
    Row("/schools/{slug}/staff/{staff_id}", Right.MANAGE_PEOPLE, SCHOOL),
    posts("/schools/{slug}/staff/{staff_id}", Right.MANAGE_PEOPLE, SCHOOL, 422),
    posts("/schools/{slug}/staff/{staff_id}/leave", Right.MANAGE_PEOPLE, SCHOOL, 422, form={"day": "2099-01-01"}),
    posts("/schools/{slug}/staff/{staff_id}/return", Right.MANAGE_PEOPLE, SCHOOL, 409),
    # Import and export. Nobody has handed in a file: what one goes through is tested in test_exchange.py.
    Row("/schools/{slug}/exchange", Right.MANAGE_PEOPLE, SCHOOL),
    posts("/schools/{slug}/imports", Right.MANAGE_PEOPLE, SCHOOL, 422),
    Row("/schools/{slug}/imports/{draft_id}", Right.MANAGE_PEOPLE, SCHOOL, 404),
    posts("/schools/{slug}/imports/{draft_id}", Right.MANAGE_PEOPLE, SCHOOL, 404),
    posts("/schools/{slug}/imports/{draft_id}/dropped", Right.MANAGE_PEOPLE, SCHOOL, 303),
    Row("/schools/{slug}/imports/{draft_id}/rejected.xlsx", Right.MANAGE_PEOPLE, SCHOOL, 404),
    Row("/schools/{slug}/export.xlsx", Right.MANAGE_PEOPLE, SCHOOL),
    Row("/schools/{slug}/staff.xlsx", Right.MANAGE_PEOPLE, SCHOOL),
    Row("/schools/{slug}/oneroster.zip", Right.MANAGE_PEOPLE, SCHOOL),
]
LAST = [
    # The guardian who agreed to the templates is gone from then on.
    posts(
        "/schools/{slug}/pupils/{student_id}/guardians/{guardian_id}/removed",
        Right.MANAGE_PEOPLE,
        PUPIL,
        303,
        works=True,
        once=True,
    ),
]
