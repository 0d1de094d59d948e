"""What people of the made-up school have written to each other by NOW."""

from datetime import datetime, timedelta
from uuid import UUID

import cv2
import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.accounts.tables import User
from cloud.kit.clock import school_day
from cloud.kit.db import Database
from cloud.notifications.groups import queries as groups
from cloud.notifications.groups.rules import Mode
from cloud.notifications.groups.rules import State as Said
from cloud.notifications.notices.queries import add_receipts, guardians_in, mark_acknowledged, mark_read
from cloud.notifications.notices.rules import Audience
from cloud.notifications.notices.tables import Notice
from cloud.notifications.posts import pictures
from cloud.notifications.posts.tables import Post
from cloud.notifications.tables import Message
from cloud.notifications.threads import queries as threads
from cloud.notifications.threads.rules import Side
from cloud.people.tables import Student
from cloud.settings import CloudSettings


def write_all(
    database: Database, settings: CloudSettings, child_id: UUID, now: datetime
) -> tuple[UUID, UUID, UUID, UUID]:
    """The ids of a thread, a notice, a post that is out and one that waits."""
    with database.writing() as session:
        users = {one.login: one.id for one in session.scalars(select(User))}
        child = session.get_one(Student, child_id)
        thread_id = _thread(session, child, users, now)
        _group(session, child.class_id, users, now)
        notice_id = _notice(session, child, users, now)
        out, waits = (_post(session, settings, child, users, now, out=out) for out in (True, False))
    return thread_id, notice_id, out, waits


def _thread(session: Session, child: Student, users: dict[str, UUID], now: datetime) -> UUID:
    teacher, parent = users["teacher"], users["parent1"]
    thread = threads.thread_between(session, child.school_id, child.id, teacher, now=now)
    said = (
        (parent, Side.FAMILY, "Thưa cô, tối qua cháu sốt nhẹ, hôm nay cháu vẫn đi học. Nhờ cô để ý giúp ạ.", 40),
        (teacher, Side.TEACHER, "Vâng, em đã nhờ cô y tế đo nhiệt độ cho cháu. Hiện cháu 36,8 °C và vẫn vui.", 12),
        (parent, Side.FAMILY, "Cảm ơn cô nhiều!", 5),
    )
    for author, side, body, ago in said:
        threads.add(session, thread.id, author, side, body, now=now - timedelta(minutes=ago))
    threads.mark_read(session, thread.id, teacher, Side.TEACHER, now=now - timedelta(minutes=13))
    return thread.id


def _group(session: Session, class_id: UUID, users: dict[str, UUID], now: datetime) -> None:
    groups.set_mode(session, class_id, Mode.APPROVE, now=now)
    said = (
        ("teacher", "Thứ Sáu lớp đi thư viện. Các cháu mang theo một quyển truyện.", Said.SHOWN),
        ("parent1", "Cô ơi, mấy giờ thì đón cháu ạ?", Said.SHOWN),
        ("parent1", "Bạn ngồi cạnh con tôi hư lắm!", Said.HIDDEN),
        ("parent1", "Ai có ảnh hội thao cho tôi xin với ạ.", Said.WAITING),
    )
    for ago, (author, body, state) in zip((30, 22, 15, 4), said, strict=True):
        at = now - timedelta(minutes=ago)
        by_staff = author == "teacher"
        message = groups.add(session, class_id, users[author], body, state, by_staff=by_staff, now=at)
        if state is Said.HIDDEN:
            groups.decide(session, message.id, state, users["teacher"], "Xin không nói về con người khác", now=at)


def _notice(session: Session, child: Student, users: dict[str, UUID], now: datetime) -> UUID:
    notice = Notice(
        school_id=child.school_id, audience=f"class:{child.class_id}", audience_name="1A", author_id=users["teacher"],
        subject="Nghỉ học vì bão", body="Chiều nay các cháu nghỉ học.\nXin đón các cháu trước 10 giờ.", subject_en="",
        body_en="", emergency=True, sent_at=now - timedelta(minutes=20), corrects_id=None,
    )  # fmt: skip
    session.add(notice)
    session.flush()
    to = guardians_in(session, child.school_id, Audience("", class_id=child.class_id), school_day(now))
    add_receipts(session, notice.id, to)
    for number, (guardian_id, of) in enumerate(to):
        at = notice.sent_at + timedelta(seconds=number)
        for channel in ("web_push", "sms") if number % 3 else ("sms",):
            delivered = channel == "web_push" and number % 2
            session.add(
                Message(
                    school_id=child.school_id, guardian_id=guardian_id, student_id=of, channel=channel, kind="notice",
                    subject="x", body="x", dedupe_key=f"{notice.id}{number}{channel}", happened_at=at, attempts=1,
                    state="failed" if number % 7 == 0 else "delivered" if delivered else "sent", next_attempt_at=at,
                    queued_at=at, sent_at=None if number % 7 == 0 else at, about_id=notice.id,
                    delivered_at=at + timedelta(seconds=9) if delivered else None,
                )
            )  # fmt: skip
    mark_read(session, notice.id, users["parent1"], now=now - timedelta(minutes=9))
    mark_acknowledged(session, notice.id, users["parent1"], now=now - timedelta(minutes=8))
    return notice.id


def _post(
    session: Session, settings: CloudSettings, child: Student, users: dict[str, UUID], now: datetime, *, out: bool
) -> UUID:
    post = Post(
        school_id=child.school_id, audience="school", audience_name="", author_id=users["teacher"],
        title="Hội thao mùa đông" if out else "Lịch thi học kỳ I",
        body="Sáng thứ Bảy, các lớp đã thi chạy tiếp sức trên sân trường.\nXin cảm ơn các gia đình đã đến cổ vũ.",
        written_at=now - timedelta(hours=2), publish_at=now - timedelta(hours=1), reason="",
        state="approved" if out else "waiting", decided_by=users["principal"] if out else None,
        decided_at=now - timedelta(hours=1) if out else None,
    )  # fmt: skip
    session.add(post)
    session.flush()
    if out:
        picture = cv2.imencode(".jpg", _field())[1].tobytes()
        described = pictures.checked([(picture, "Sân trường với các làn chạy, nhìn từ trên cao")])
        pictures.keep(session, settings.secret_key, post.id, described)
    return post.id


def _field() -> np.ndarray:
    """A running track from above, drawn."""
    field = np.full((360, 640, 3), (120, 170, 90), np.uint8)
    for lane in range(6):
        cv2.ellipse(field, (320, 180), (290 - 18 * lane, 150 - 18 * lane), 0, 0, 360, (60, 90, 200), 14)
        cv2.ellipse(field, (320, 180), (299 - 18 * lane, 159 - 18 * lane), 0, 0, 360, (240, 240, 240), 2)
    return field
