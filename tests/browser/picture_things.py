"""What the pictures' school has, so that every page has something to show, and who looks at it."""

import re
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from argon2.profiles import CHEAPEST
from playwright.sync_api import APIRequestContext
from sqlalchemy import select

from cloud.accounts import history_queries
from cloud.accounts import queries as accounts
from cloud.accounts.access import Grant, Right, Role
from cloud.accounts.history import Change
from cloud.accounts.passkeys.tables import Passkey
from cloud.accounts.passwords import Passwords
from cloud.accounts.second_step import keeping
from cloud.accounts.second_step import queries as second_step
from cloud.accounts.tables import User
from cloud.attendance.desk import Word, overrule
from cloud.attendance.meals import counting, supplementing
from cloud.attendance.meals.sheet import token_of
from cloud.attendance.register.facts import Presence
from cloud.kit.clock import school_day
from cloud.kit.db import Database
from cloud.kit.seal import Seal
from cloud.people.access import pupils_in
from cloud.people.tables import Guardian, Guardianship, StaffMember
from cloud.school.calendar.facts import HalfDay
from cloud.school.queries import add_school, school_by_slug
from cloud.school.timetable.tables import Timetable
from cloud.settings import CloudSettings
from tests.browser.one_morning import NOW, UNITS, Scene
from tests.browser.written import write_all
from tests.cloud.pages.people import Hand
from tests.cloud.people.exchange.test_importing import write_826

RECENT = (NOW - timedelta(days=3)).date()
"""The school day before the pictures'."""
NAMED = frozenset({
    "slug", "class_id", "student_id", "guardian_id", "staff_id", "device", "timetable_id", "notice_id", "thread_id",
    "post_id", "draft_id", "code", "day", "token",
})  # fmt: skip
"""What stands in routes' brackets."""
ALONE = {
    "clerk": (Role.CLERK, "Phạm Thu Hà"),
    "accountant": (Role.ACCOUNTANT, "Đỗ Minh Tuấn"),
    "newcomer": (None, "Lê Văn Tám"),
}
"""Further log-ins at the school; the newcomer's children are not known yet."""


def furnish(database: Database, settings: CloudSettings, scene: Scene, clock: Hand) -> dict[str, str]:
    """By the name in a route's brackets, as far as it can be done without a browser; `scene` learns the log-ins."""
    assert settings.secret_key
    _let_in(database, scene)
    _lock_meals(database, scene.slug, scene.class_id, clock)
    give_ways_to_log_in(database, settings.secret_key.get_secret_value())
    thread_id, notice_id, post_id, waiting_id = write_all(database, settings, scene.child_id, NOW)
    with database.reading() as session:
        school_id = school_by_slug(session, scene.slug)
        assert school_id
        of_child = select(Guardianship.guardian_id).where(Guardianship.student_id == scene.child_id)
        timetable_id = session.scalars(select(Timetable.id)).first()
        staff_id = session.scalars(
            select(StaffMember.id).join(User, User.id == StaffMember.user_id).where(User.login == "teacher")
        ).one()
        guardian_id = session.scalars(select(Guardian.id).where(Guardian.id.in_(of_child))).first()
    return {
        "slug": scene.slug, "class_id": str(scene.class_id), "student_id": str(scene.child_id),
        "guardian_id": str(guardian_id), "staff_id": str(staff_id), "device": next(iter(UNITS)),
        "timetable_id": str(timetable_id), "notice_id": str(notice_id), "thread_id": str(thread_id),
        "post_id": str(post_id), "waiting_id": str(waiting_id), "day": RECENT.isoformat(),
        "token": str(token_of(settings.secret_key, school_id, RECENT)),
        "password_of_clerk": scene.passwords["clerk"],
    }  # fmt: skip


def hand_in(as_admin: APIRequestContext, slug: str) -> dict[str, str]:
    """An import that waits for yes, and an invitation: only the pages make them."""
    with tempfile.TemporaryDirectory() as folder:
        content = write_826(Path(folder) / "hoc-sinh.xlsx").read_bytes()
    excel = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    file = {"name": "hoc-sinh.xlsx", "mimeType": excel, "buffer": content}
    draft = as_admin.post(f"/schools/{slug}/imports", multipart={"file": file}, max_redirects=0)
    assert draft.status == 303, draft.text()
    letter = as_admin.post(f"/schools/{slug}/invitations", form={"role": "librarian", "name": "Cô Hạnh"})
    code = re.search(r"/join/([0-9A-Z]{12})|([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})", letter.text())
    assert code, letter.text()
    return {"draft_id": draft.headers["location"].rsplit("/", 1)[1], "code": code[0].rsplit("/", 1)[-1]}


def ask_for_leave(as_parent: APIRequestContext, as_admin: APIRequestContext, slug: str, child_id: str) -> None:
    """A family asks twice; the first is granted, the second waits."""
    for first, last, reason in (
        ("2026-11-23", "2026-11-24", "Cháu đi khám mắt ở tỉnh, bác sĩ hẹn hai ngày."),
        ("2026-12-03", "2026-12-03", "Nhà có giỗ, xin cho cháu nghỉ một ngày."),
    ):
        wish = {"first_day": first, "first_half": "morning", "last_day": last, "last_half": "afternoon"}
        asked = as_parent.post(f"/children/{child_id}/leave", multipart={**wish, "reason": reason}, max_redirects=0)
        assert asked.status == 303, asked.text()
        if first == "2026-11-23":
            waiting = re.search(r"/leave/([0-9a-f-]{36})/decision", as_admin.get(f"/schools/{slug}/leave").text())
            assert waiting
            answer = {"state": "approved", "note": "Chúc cháu mau khỏe."}
            granted = as_admin.post(f"/leave/{waiting[1]}/decision", form=answer, max_redirects=0)
            assert granted.status == 303, granted.text()


def correct_a_timesheet(as_admin: APIRequestContext, as_principal: APIRequestContext, slug: str, staff_id: str) -> None:
    """Somebody's, on their behalf: the first is approved, the second not, the third waits."""
    path = f"/schools/{slug}/timesheets/corrections"
    for day, reason, state, note in (
        ("2026-11-12", "Đi tập huấn ở Phòng Giáo dục và Đào tạo cả ngày.", "approved", ""),
        ("2026-11-11", "Quên quét mặt lúc về.", "rejected", "Hôm đó có thời khóa biểu đến 10:30 thôi ạ."),
        ("2026-11-10", "Họp chuyên môn sau giờ học.", "", ""),
    ):
        asked = {"staff_id": staff_id, "day": day, "came": "06:50", "left": "16:40", "reason": reason}
        assert as_admin.post(path, form=asked, max_redirects=0).status == 303
        if state:
            found = re.search(rf"{path}/[0-9a-f-]{{36}}", as_principal.get(f"/schools/{slug}/timesheets").text())
            assert found
            decided = as_principal.post(found[0], form={"state": state, "note": note}, max_redirects=0)
            assert decided.status == 303, decided.text()


def _let_in(database: Database, scene: Scene) -> None:
    passwords = Passwords(CHEAPEST)
    with database.writing() as session:
        school_id = school_by_slug(session, scene.slug)
        assert school_id
        fresh = add_school(session, "fresh", "Trường Tiểu học Hòn Thơm", "primary")
        grants = {login: [Grant(role, school_id)] if role else [] for login, (role, _) in ALONE.items()}
        grants["fresh"] = [Grant(Role.ADMINISTRATOR, fresh)]
        for login, given in grants.items():
            scene.passwords[login] = f"Mật khẩu của {login}"
            name = ALONE[login][1] if login in ALONE else "Võ Thị Sáu"
            accounts.add_user(
                session, login=login, display_name=name, password_hash=passwords.hash(scene.passwords[login]),
                locale="vi", grants=given,
            )  # fmt: skip


def _lock_meals(database: Database, slug: str, class_id: UUID, clock: Hand) -> None:
    """The kitchen has the sheet of RECENT, and more portions for a class whose roll was called late."""
    clock.now = NOW - timedelta(days=3, hours=-1)
    assert school_day(clock.now) == RECENT
    with database.writing() as session:
        school_id = school_by_slug(session, slug)
        assert school_id
        assert counting.lock_when_due(session, school_id, clock.now)
        teacher = session.scalars(select(User).where(User.login == "teacher")).one()
        actor, later = accounts.actor_of(session, teacher, clock.now), clock.now + timedelta(minutes=20)
        roll = [Word(one.id, Presence.PRESENT) for one in pupils_in(session, actor, class_id, Right.KEEP_ATTENDANCE)]
        overrule(session, actor, RECENT, HalfDay.MORNING, roll, reason="Điểm danh", now=later)
        supplementing.supplement(session, school_id, RECENT, by=teacher.id, now=later)
    clock.now = NOW


def give_ways_to_log_in(database: Database, secret: str) -> None:
    """The administrator has passkeys, the principal is setting a second step up, the accountant has one."""
    seal = Seal(secret, keeping.PURPOSE)
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
        keeping.begin(session, seal, users["principal"].id, NOW)
    ask_a_second_step(database, secret, "accountant")


def ask_a_second_step(database: Database, secret: str, login: str) -> None:
    """From the next log-in on: who is in stays in."""
    seal = Seal(secret, keeping.PURPOSE)
    with database.writing() as session:
        user_id: UUID = session.scalars(select(User.id).where(User.login == login)).one()
        keeping.begin(session, seal, user_id, NOW)
        second_step.confirm(session, user_id, NOW)
        keeping.new_recovery_codes(session, seal, user_id)


Pages = Callable[[str | None, str], bool]
"""Whether a log-in (None: nobody) is answered with a page at an address."""
