"""What crowd.py's people have written to each other."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.accounts import queries as accounts
from cloud.accounts.access import Grant, Role, Scope
from cloud.accounts.tables import User
from cloud.notifications.groups.tables import ClassGroup, GroupMessage
from cloud.notifications.notices.tables import Notice, NoticeReceipt
from cloud.notifications.posts.tables import Post
from cloud.notifications.threads.tables import Thread, ThreadMessage
from cloud.people.tables import Guardianship, StaffMember, Student
from cloud.school.timetable.tables import Homeroom
from tests.cloud.schoolhouse import YEAR
from tests.cloud.small_school import MORNING


def add_thread(session: Session, school_id: UUID, student_id: UUID, teacher: UUID) -> dict[str, str]:
    """With a message that somebody else has written and all have read."""
    member = session.scalars(select(User.id).where(User.login.startswith("member-"))).first()
    thread = Thread(school_id=school_id, student_id=student_id, teacher_id=teacher, begun_at=MORNING, last_at=MORNING)
    session.add(thread)
    session.flush()
    message = ThreadMessage(thread_id=thread.id, author_id=member, side="teacher", body="x", at=MORNING)
    session.add(message)
    session.flush()
    return {"thread_id": str(thread.id), "message_id": str(message.id)}


def add_teacher(session: Session, school_id: UUID, class_id: UUID, password_hash: str) -> UUID:
    """The other school's, who never logs in."""
    grants = [Grant(Role.HOMEROOM_TEACHER, school_id, Scope.CLASS)]
    user = accounts.add_user(
        session, login="teacher-9z", display_name="", password_hash=password_hash, locale="vi", grants=grants
    )
    staff = StaffMember(school_id=school_id, user_id=user.id, code="9z", full_name="9Z", search_name="", position="")
    session.add(staff)
    session.flush()
    session.add(Homeroom(class_id=class_id, from_day=YEAR.first, staff_id=staff.id))
    return user.id


def add_notice(session: Session, school_id: UUID, by: UUID, student_id: UUID | None = None) -> str:
    """To the whole school; its copies are those of one pupil's guardians alone."""
    notice = Notice(
        school_id=school_id, audience="school", audience_name="", author_id=by, subject="x", body="x", subject_en="",
        body_en="", emergency=False, sent_at=MORNING,
    )  # fmt: skip
    session.add(notice)
    session.flush()
    guardians = session.scalars(select(Guardianship.guardian_id).where(Guardianship.student_id == student_id))
    session.add_all(
        NoticeReceipt(notice_id=notice.id, guardian_id=guardian, child_id=student_id) for guardian in guardians
    )
    return str(notice.id)


def add_group(session: Session, class_id: UUID) -> dict[str, str]:
    """Switched on, with a message by somebody whom nobody logs in as."""
    author = accounts.add_user(session, login=f"of-{class_id}", display_name="x", password_hash="-", locale="vi")
    session.add(ClassGroup(class_id=class_id, mode="open", changed_at=MORNING))
    message = GroupMessage(
        class_id=class_id, author_id=author.id, by_staff=False, body="x", at=MORNING, state="shown", reason=""
    )
    session.add(message)
    session.flush()
    return {"class_id": str(class_id), "group_message_id": str(message.id)}


def group_message_of(session: Session, student_id: UUID) -> str:
    """The one in the group of the pupil's class."""
    own = select(GroupMessage.id).join(Student, Student.class_id == GroupMessage.class_id)
    return str(session.scalars(own.where(Student.id == student_id)).one())


def add_post(session: Session, school_id: UUID, by: UUID) -> str:
    """For the whole school; nobody has decided on it."""
    post = Post(
        school_id=school_id, audience="school", audience_name="", author_id=by, title="x", body="x",
        written_at=MORNING, publish_at=MORNING, state="waiting", reason="",
    )  # fmt: skip
    session.add(post)
    session.flush()
    return str(post.id)
