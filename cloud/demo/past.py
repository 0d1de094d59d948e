"""What has happened at the demo school before today: rolls that were called, meals that were eaten and how they were
liked, who was handed over to whom, and a post that is out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.attendance.meals.menu_queries import menus
from cloud.attendance.meals.queries import registered
from cloud.attendance.meals.rules import eats_on
from cloud.attendance.meals.tables import MealCount, MealFeedback, MealPortion, MealSheet
from cloud.attendance.release.rules import Way
from cloud.attendance.release.tables import PupilRelease
from cloud.demo import queries
from cloud.demo.meals import CUT_OFF, KITCHEN, PAST_WEEKS
from cloud.demo.registers import call_rolls
from cloud.kit.clock import SCHOOL_TIME
from cloud.kit.ids import new_id
from cloud.notifications.posts.rules import State
from cloud.notifications.posts.tables import Post
from cloud.people.tables import Student
from cloud.school.calendar.facts import Plan, Span
from cloud.school.calendar.queries import calendar_of, class_ref
from cloud.school.calendar.rules import plan_for

AWAY = 0.04
"""The share of pupils who are not at school on a day."""
VOICES = 12
"""So many say each day how the meal was."""
SAID = (
    (5, "Cháu ăn hết và xin thêm."), (5, ""), (4, "Canh vừa miệng."), (4, ""), (3, "Cơm hơi khô."),
    (5, "Món này cháu thích nhất."), (4, ""), (2, "Hơi mặn."), (3, ""),
)  # fmt: skip
FETCHED_DAILY = 30
"""The pupils of the first class: each is fetched on most days."""
TITLE = "Hội khoẻ Phù Đổng cấp trường"
BODY = """Thứ bảy vừa qua các cháu đã thi chạy, kéo co và nhảy dây.

Nhà trường cảm ơn các gia đình đã đến cổ vũ. Lịch luyện tập của đội tuyển sẽ được báo qua giáo viên chủ nhiệm."""


@dataclass(frozen=True, slots=True)
class Hands:
    """Who did what, by their log-ins."""

    teacher: UUID
    principal: UUID


def write_past(
    session: Session, school_id: UUID, pupils: Sequence[Student], hands: Hands, since: date, today: date, random: Random
) -> None:
    """Of the last weeks' school days, as far as the year goes back. `pupils` in the order of their codes."""
    span = Span(max(since, today - timedelta(weeks=PAST_WEEKS)), today - timedelta(days=1))
    calendar = calendar_of(session, school_id, span)
    of_class = class_ref(session, pupils[0].class_id)
    days = (today - timedelta(days=number) for number in range((today - span.first).days, 0, -1))
    plans = [plan for plan in (plan_for(calendar, day, of_class) for day in days) if plan.half_days]
    away = {plan.day: {one.id for one in pupils if random.random() < AWAY} for plan in plans}
    for plan in plans:
        call_rolls(session, school_id, pupils, away[plan.day], plan, hands.teacher, random)
        _meal(session, school_id, pupils, away[plan.day], hands, plan, random)
    _hand_overs(session, school_id, pupils[:FETCHED_DAILY], away, hands, plans, random)
    if plans:
        _post(session, school_id, hands, plans[-1].day)


def _meal(
    session: Session, school_id: UUID, pupils: Sequence[Student], away: set[UUID], hands: Hands, plan: Plan,
    random: Random,
) -> None:  # fmt: skip
    """Counted at the cut-off and received by the kitchen; some say how it was."""
    day, locked_at = plan.day, _at(plan.day, CUT_OFF)
    who = registered(session, school_id, day)
    ate = [
        one for one in pupils
        if one.id in who and eats_on(who[one.id].weekdays, day.weekday()) and one.id not in away
    ]  # fmt: skip
    queries.add_rows(
        session,
        MealPortion,
        [
            {"student_id": one.id, "day": day, "class_id": one.class_id, "diet": who[one.id].diet, "in_doubt": False}
            for one in ate
        ],
    )
    counted = Counter(one.class_id for one in ate)
    session.add_all(
        MealCount(class_id=class_id, day=day, portions=portions, in_doubt=0, locked_at=locked_at)
        for class_id, portions in counted.items()
    )
    received_at = locked_at + timedelta(minutes=7)
    session.add(
        MealSheet(
            school_id=school_id, day=day, locked_at=locked_at, email=KITCHEN, sent_at=locked_at,
            received_at=received_at,
        )
    )  # fmt: skip
    dishes = menus(session, school_id, day, day).get(day, ())
    # The first one's parent has a log-in: there is something to see in their own page.
    voices = [*ate[:1], *random.sample(ate[1:], min(VOICES, len(ate) - 1))] if dishes and ate else []
    for one in voices:
        stars, comment = random.choice(SAID)
        session.add(
            MealFeedback(
                student_id=one.id, day=day, school_id=school_id, stars=stars, dish=random.choice(("", *dishes)),
                comment=comment, by=hands.teacher, at=_at(day, time(17)) + timedelta(minutes=random.randrange(180)),
            )
        )  # fmt: skip
    session.flush()


def _hand_overs(
    session: Session, school_id: UUID, pupils: Sequence[Student], away: Mapping[date, set[UUID]], hands: Hands,
    plans: Sequence[Plan], random: Random,
) -> None:  # fmt: skip
    """To a guardian, after the last lesson."""
    collectors = queries.collectors(session, [one.id for one in pupils])
    rows: list[dict[str, object]] = []
    for plan in plans:
        for pupil in pupils:
            if pupil.id not in collectors or pupil.id in away[plan.day]:
                continue
            guardian_id, name = collectors[pupil.id]
            at = plan.half_days[-1].ends_at + timedelta(seconds=random.randrange(60, 1500))
            rows.append(
                {
                    "id": new_id(), "school_id": school_id, "student_id": pupil.id, "day": plan.day, "at": at,
                    "way": Way.GUARDIAN, "to_name": name, "guardian_id": guardian_id, "by": hands.teacher,
                }
            )  # fmt: skip
    queries.add_rows(session, PupilRelease, rows)


def _post(session: Session, school_id: UUID, hands: Hands, day: date) -> None:
    """By the teacher, approved by the principal."""
    at = _at(day, time(11, 30))
    session.add(
        Post(
            school_id=school_id, audience="school", audience_name="", author_id=hands.teacher, title=TITLE, body=BODY,
            written_at=at, publish_at=at + timedelta(hours=1), state=State.APPROVED, decided_by=hands.principal,
            decided_at=at + timedelta(hours=1),
        )
    )  # fmt: skip
    session.flush()


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, SCHOOL_TIME)
