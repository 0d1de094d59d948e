"""Who eats at the demo school, and what."""

from collections.abc import Sequence
from datetime import date, time, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.attendance.meals import menu_queries, queries
from cloud.attendance.meals.queries import Policy
from cloud.attendance.meals.rules import EVERY_DAY, weekday_bits
from cloud.attendance.meals.tables import MealRegistration
from cloud.demo.queries import add_rows

CUT_OFF = time(8)
KITCHEN = "bep@example.com"
NOT_EATING = 6
"""One in so many goes home at midday."""
DIETS = {9: "ăn chay", 23: "không ăn tôm", 41: "không uống sữa"}
"""By the pupil's number, over and over each 50."""
WEEK = (
    ("Cơm trắng", "Thịt kho trứng", "Canh bí đỏ", "Chuối"),
    ("Cơm trắng", "Cá thu sốt cà", "Canh mồng tơi", "Sữa chua"),
    ("Bún bò", "Rau sống", "Thanh long"),
    ("Cơm trắng", "Gà kho gừng", "Canh cải thịt bằm", "Dưa hấu"),
    ("Cơm chiên Dương Châu", "Canh rong biển", "Bánh flan"),
)
PAST_WEEKS = 3
"""Of the menu, and of what is known of its meals (past.py)."""
WEEKS = 7


def serve_meals(session: Session, school_id: UUID, student_ids: Sequence[UUID], since: date, today: date) -> None:
    """`student_ids` in the same order each time. Doing it again changes nothing."""
    if queries.policy_of(session, school_id):
        return
    queries.set_policy(session, school_id, Policy(CUT_OFF, KITCHEN))
    add_rows(
        session,
        MealRegistration,
        [
            {
                "student_id": student_id,
                "first_day": since,
                "weekdays": weekday_bits((0, 2, 4)) if number % 40 == 13 else EVERY_DAY,
                "diet": DIETS.get(number % 50, ""),
            }
            for number, student_id in enumerate(student_ids)
            if number % NOT_EATING != NOT_EATING - 1
        ],
    )
    monday = today - timedelta(days=today.weekday(), weeks=PAST_WEEKS)
    for week in range(WEEKS):
        for number, dishes in enumerate(WEEK):
            menu_queries.set_menu(session, school_id, monday + timedelta(weeks=week, days=number), dishes)
