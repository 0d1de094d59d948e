"""One log-in of every role over the small school, and how far each of them reaches. The test's own idea of it: nothing
here asks the code."""

from dataclasses import dataclass
from datetime import time, timedelta
from uuid import UUID, uuid4

from argon2.profiles import CHEAPEST
from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.accounts import queries as accounts
from cloud.accounts.access import Grant, Role, Scope
from cloud.accounts.passwords import Passwords
from cloud.accounts.tables import RoleGrant, User
from cloud.attendance.health.tables import HealthEntry
from cloud.attendance.leave.tables import LeaveRequest, LeaveStep
from cloud.attendance.meals.tables import MealPolicy, MealWish
from cloud.attendance.release.tables import CollectPermit, PupilRelease
from cloud.attendance.tables import SetAside
from cloud.biometrics.consent import Said, record
from cloud.biometrics.photos.tables import FamilyPhoto
from cloud.biometrics.queries import siblings
from cloud.biometrics.rules import Answer, How, Party
from cloud.biometrics.tables import PrivacyRequest
from cloud.cards.tables import IssuedCard
from cloud.people.members.tables import Invitation
from cloud.people.tables import Guardian, Guardianship, StaffMember, Student, StudentLogin
from cloud.school.calendar.facts import HalfDay
from cloud.school.calendar.tables import SchoolYear, Term
from cloud.school.tables import School, SchoolClass
from cloud.school.timetable import queries as timetable
from cloud.school.timetable.tables import Homeroom, Subject, TeachingAssignment
from tests.cloud.pages.crowd_messages import add_group, add_notice, add_post, add_teacher, add_thread, group_message_of
from tests.cloud.pages.people import PASSWORD, House
from tests.cloud.schoolhouse import YEAR, give_calendar
from tests.cloud.small_school import MORNING


@dataclass(frozen=True, slots=True)
class Person:
    """`reaches` names what the role covers, whatever it may do there: schools `a`, `b`; classes; pupils; units."""

    login: str
    role: Role | None
    reaches: frozenset[str]
    works_at: str = ""


OURS = frozenset({"a", "1A", "2B", "lan", "hoa", "gate-1"})
THEIRS = frozenset({"b", "9Z", "stranger", "other-gate"})
ONE_CLASS = frozenset({"1A", "lan"})

PEOPLE = (
    Person("nobody", None, frozenset()),
    Person("alice", Role.ADMINISTRATOR, OURS, "a"),
    Person("principal", Role.PRINCIPAL, OURS, "a"),
    Person("vice_principal", Role.VICE_PRINCIPAL, ONE_CLASS, "a"),
    Person("homeroom_teacher", Role.HOMEROOM_TEACHER, ONE_CLASS, "a"),
    Person("subject_teacher", Role.SUBJECT_TEACHER, ONE_CLASS, "a"),
    Person("accountant", Role.ACCOUNTANT, OURS, "a"),
    Person("clerk", Role.CLERK, OURS, "a"),
    Person("health_staff", Role.HEALTH_STAFF, OURS, "a"),
    Person("librarian", Role.LIBRARIAN, OURS, "a"),
    Person("guard", Role.GUARD, OURS, "a"),
    Person("bob", Role.GUARDIAN, frozenset({"lan"})),
    Person("pupil", Role.PUPIL, frozenset({"lan"})),
    Person("erin", Role.GUARDIAN, frozenset({"minh"})),
    Person("charlie", Role.GUARDIAN, frozenset({"stranger"})),
    Person("dave", Role.ADMINISTRATOR, THEIRS, "b"),
)
"""vice_principal runs grade 1; homeroom_teacher and subject_teacher have 1A; pupil is Lan; erin's child is Lan's
classmate."""

_SCOPES = {
    Role.VICE_PRINCIPAL: (Scope.GRADE, 1),
    Role.HOMEROOM_TEACHER: (Scope.CLASS, None),
    Role.SUBJECT_TEACHER: (Scope.SUBJECT, None),
}

Things = dict[str, dict[str, str]]
"""What stands in a route's brackets, by the name of the thing."""


def let_in(house: House) -> Things:
    """Everybody of PEOPLE can log in, and there is something of every kind to ask for."""
    password_hash = Passwords(CHEAPEST).hash(PASSWORD)
    school, bob = house.school, house.school.bob.user_id
    with house.database.writing() as session:
        other_id = session.scalars(select(School.id).where(School.slug == "b")).one()
        class_9z = session.scalars(select(SchoolClass.id).where(SchoolClass.school_id == other_id)).one()
        class_2b = SchoolClass(school_id=school.id, name="2B", grade=2)
        session.add(class_2b)
        session.flush()
        for school_id in (school.id, other_id):
            give_calendar(session, school_id)
        for person in PEOPLE:
            if person.login == person.role:
                _sign_up(session, person, school.id, school.class_id, password_hash, school.lan)
        hoa = _pupil(session, school.id, class_2b.id)
        teacher = session.scalars(select(User.id).where(User.login == Role.HOMEROOM_TEACHER)).one()
        classes = {
            "1A": {"slug": "a", **add_group(session, school.class_id)},
            "2B": {"slug": "a", **add_group(session, class_2b.id)},
            "9Z": {"slug": "b", **add_group(session, class_9z)},
        }
        return {
            "a": _of_school(session, "a", school.id, school.class_id, password_hash, school.alice.user_id),
            "b": _of_school(session, "b", other_id, class_9z, password_hash, school.dave.user_id),
            **classes,
            "lan": _of_pupil(session, school.id, school.lan, school.minh, 1, bob, teacher),
            "hoa": _of_pupil(session, school.id, hoa, _pupil(session, school.id, class_2b.id), 2, bob, teacher),
            "stranger": _of_pupil(
                session,
                other_id,
                school.stranger,
                _pupil(session, other_id, class_9z),
                3,
                bob,
                add_teacher(session, other_id, class_9z, password_hash),
            ),
            "gate-1": {"slug": "a", "device": "gate-1"},
            "other-gate": {"slug": "b", "device": "other-gate"},
            "": {},
        }


def _sign_up(session: Session, person: Person, school_id: UUID, class_id: UUID, password_hash: str, lan: UUID) -> None:
    assert person.role is not None
    granted = person.role is not Role.PUPIL
    scope, grade = _SCOPES.get(person.role, (Scope.SCHOOL, None))
    grants = [Grant(person.role, school_id, scope, grade=grade)] if granted else []
    user = accounts.add_user(
        session, login=person.login, display_name=person.login, password_hash=password_hash, locale="vi", grants=grants
    )
    if not granted:
        session.add(StudentLogin(student_id=lan, user_id=user.id))
        return
    staff = StaffMember(
        school_id=school_id, user_id=user.id, code=person.login, full_name=person.login, search_name="", position="",
    )  # fmt: skip
    session.add(staff)
    session.flush()
    if person.role is Role.HOMEROOM_TEACHER:
        session.add(Homeroom(class_id=class_id, from_day=YEAR.first, staff_id=staff.id))
    if person.role is Role.SUBJECT_TEACHER:
        term_id = session.scalars(select(Term.id).order_by(Term.first_day)).first()
        subject = Subject(school_id=school_id, code="TOAN", name="Toán")
        session.add(subject)
        session.flush()
        session.add(TeachingAssignment(term_id=term_id, class_id=class_id, subject_id=subject.id, staff_id=staff.id))


def _of_school(
    session: Session, slug: str, school_id: UUID, class_id: UUID, password_hash: str, by: UUID
) -> dict[str, str]:
    """A member and a guardian who never log in, though they might; an invitation; something that a unit sent and nobody
    could use."""
    member = accounts.add_user(
        session,
        login=f"member-{slug}",
        display_name="",
        password_hash=password_hash,
        locale="vi",
        grants=[Grant(Role.GUARD, school_id)],
    )
    parent = accounts.add_user(
        session, login=f"parent-{slug}", display_name="", password_hash=password_hash, locale="vi"
    )
    invitation = Invitation(
        school_id=school_id, code_hash=slug, display_name="x", role=Role.GUARD, scope_kind=Scope.SCHOOL, made_by=by,
        made_at=MORNING, expires_at=MORNING + timedelta(days=7),
    )  # fmt: skip
    problem = SetAside(
        fingerprint=slug, device_id="gate-1", school_id=school_id, kind="event", reason="", payload=b"",
        first_received_at=MORNING, last_received_at=MORNING,
    )  # fmt: skip
    staff = StaffMember(school_id=school_id, code="member", full_name="member", search_name="", position="")
    guardian = Guardian(school_id=school_id, full_name="x", user_id=parent.id)
    kept = MealPolicy(school_id=school_id, cut_off=time(8))
    session.add_all([invitation, problem, staff, guardian, kept])
    session.flush()
    return {
        "slug": slug,
        "class_id": str(class_id),
        "user_id": str(member.id),
        "grant_id": str(session.scalars(select(RoleGrant.id).where(RoleGrant.user_id == member.id)).one()),
        "invitation_id": str(invitation.id),
        "problem_id": str(problem.id),
        "staff_id": str(staff.id),
        "guardian_id": str(guardian.id),
        "notice_id": add_notice(session, school_id, by),
        "timetable_id": str(_timetable(session, school_id, class_id, staff.id)),
        "post_id": add_post(session, school_id, member.id),
    }


def _timetable(session: Session, school_id: UUID, class_id: UUID, staff_id: UUID) -> UUID:
    """With one lesson."""
    terms = select(Term.id).join(SchoolYear, SchoolYear.id == Term.year_id).where(SchoolYear.school_id == school_id)
    term_id = session.scalars(terms.order_by(Term.first_day)).first()
    assert term_id
    subject_id = timetable.add_subject(session, school_id, "NHAC", "Âm nhạc")
    one = timetable.assign(session, term_id=term_id, class_id=class_id, subject_id=subject_id, staff_id=staff_id)
    made = timetable.add_timetable(session, term_id, YEAR.first)
    timetable.add_lessons(session, made, [(one, 0, HalfDay.MORNING, 1, None)])
    return made


def _of_pupil(
    session: Session, school_id: UUID, student_id: UUID, fellow_id: UUID, serial: int, asked_by: UUID, teacher: UUID
) -> dict[str, str]:
    """Something of everything that is kept of a pupil; `other_id` is a classmate. The family writes with `teacher`.
    Whoever has no log-in yet gets one."""
    if session.get(StudentLogin, student_id) is None:
        user = accounts.add_user(session, login=f"pupil-{serial}", display_name="", password_hash=None, locale="vi")
        session.add(StudentLogin(student_id=student_id, user_id=user.id))
    guardian_id = _consent(session, school_id, student_id)
    photo = FamilyPhoto(
        school_id=school_id, student_id=student_id, sent_by=uuid4(), sent_at=MORNING, state="waiting", key_id=uuid4(),
        sealed=b"-",
    )  # fmt: skip
    request = PrivacyRequest(
        school_id=school_id, student_id=student_id, kind="access", received_at=MORNING, received_by=uuid4()
    )
    card = IssuedCard(
        serial=serial, school_id=school_id, student_id=student_id, key_number=1, valid_until=YEAR.last,
        issued_at=MORNING, issued_by=uuid4(),
    )  # fmt: skip
    session.add_all([photo, request, card])
    siblings.link(session, student_id, fellow_id, by=uuid4(), now=MORNING)
    session.flush()
    # Routes call both of them request_id, so they have one.
    leave = LeaveRequest(
        id=request.id, school_id=school_id, student_id=student_id, first_day=MORNING.date(), first_half="morning",
        last_day=MORNING.date(), last_half="afternoon", reason="", asked_by=asked_by, asked_at=MORNING,
        state="requested",
    )  # fmt: skip
    wish = MealWish(
        school_id=school_id, student_id=student_id, first_day=MORNING.date(), weekdays=127, diet="",
        state="withdrawn", asked_by=asked_by, asked_at=MORNING,
    )  # fmt: skip
    release = PupilRelease(
        school_id=school_id, student_id=student_id, day=MORNING.date(), at=MORNING, way="alone", to_name="",
        by=asked_by, undone_at=MORNING, undone_by=asked_by,
    )  # fmt: skip
    permit = CollectPermit(
        school_id=school_id, student_id=student_id, day=MORNING.date(), name="x", code_hash="", given_by=asked_by,
        given_at=MORNING, withdrawn_at=MORNING,
    )  # fmt: skip
    entry = HealthEntry(
        school_id=school_id, student_id=student_id, day=MORNING.date(), at=MORNING, kind="rested", note="",
        tells_family=False, by=asked_by, struck_at=MORNING, struck_by=asked_by,
    )  # fmt: skip
    session.add_all([leave, wish, release, permit, entry])
    session.flush()
    session.add(LeaveStep(request_id=leave.id, state="requested", by=asked_by, at=MORNING))
    return {
        "slug": session.scalars(select(School.slug).where(School.id == school_id)).one(),
        "wish_id": str(wish.id),
        "release_id": str(release.id),
        "permit_id": str(permit.id),
        "entry_id": str(entry.id),
        "student_id": str(student_id),
        "guardian_id": str(guardian_id),
        "other_id": str(fellow_id),
        "photo_id": str(photo.id),
        "request_id": str(request.id),
        "serial": str(serial),
        "notice_id": add_notice(session, school_id, asked_by, student_id),
        "teacher_id": str(teacher),
        **add_thread(session, school_id, student_id, teacher),
        "group_message_id": group_message_of(session, student_id),
    }


def _consent(session: Session, school_id: UUID, student_id: UUID) -> UUID:
    """From the child and from one more guardian, who has no log-in: nothing of a pupil is kept without."""
    guardian = Guardian(school_id=school_id, full_name="x")
    session.add(guardian)
    session.flush()
    session.add(Guardianship(guardian_id=guardian.id, student_id=student_id))
    for party, guardian_id in ((Party.GUARDIAN, guardian.id), (Party.CHILD, None)):
        said = Said(
            student_id=student_id, party=party, guardian_id=guardian_id, answer=Answer.GRANTED, how=How.IN_PERSON,
            wording_version=1, wording_language="vi", decided_at=MORNING, scan_id=None,
        )  # fmt: skip
        record(session, said, recorded_by=uuid4(), now=MORNING)
    return guardian.id


def _pupil(session: Session, school_id: UUID, class_id: UUID) -> UUID:
    pupil = Student(school_id=school_id, class_id=class_id, code=str(uuid4()), full_name="Hoa", search_name="hoa")
    session.add(pupil)
    session.flush()
    return pupil.id
