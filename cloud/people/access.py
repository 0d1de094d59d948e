"""The one door to pupils: what an actor may see or do of them is decided here and nowhere else."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select
from sqlalchemy.orm import Session, aliased

from cloud.accounts.access import RIGHTS, Actor, Right, Role
from cloud.kit.errors import Forbidden, NotFound
from cloud.kit.i18n import marked
from cloud.people.names import list_order
from cloud.people.tables import Guardian, Guardianship, StaffMember, Student, StudentLogin
from cloud.school.calendar.tables import SchoolYear, Term
from cloud.school.tables import SchoolClass
from cloud.school.timetable.tables import Homeroom, TeachingAssignment

RECORD = frozenset({Right.MANAGE_PEOPLE, Right.SEE_WHOLE})
"""Either of these sees what the sector database knows of a pupil."""
CONTACT = RECORD | {Right.RELEASE_PUPILS, Right.KEEP_HEALTH}
"""Any of these sees the guardians: to reach them, and to know who may collect."""


@dataclass(frozen=True, slots=True)
class Pupil:
    id: UUID
    school_id: UUID
    full_name: str
    class_name: str


@dataclass(frozen=True, slots=True)
class OwnClass:
    id: UUID
    school_id: UUID
    name: str
    grade: int


def visible_to(actor: Actor, right: Right = Right.SEE_PUPILS) -> ColumnElement[bool]:
    """The condition on Student: pupils of whom the actor holds the right, by whatever role; as staff of one school
    alone, where the actor looks at one."""
    ways: list[ColumnElement[bool]] = [
        Student.school_id.in_(actor.schools_where(right)),
        Student.class_id.in_(_class_ids(actor, right)),
    ]
    if actor.school_id is not None:
        return and_(Student.school_id == actor.school_id, or_(*ways))
    if right in RIGHTS[Role.GUARDIAN]:
        ways.append(
            exists()
            .where(Guardianship.student_id == Student.id, Guardianship.may_see)
            .where(Guardian.id == Guardianship.guardian_id, Guardian.user_id == actor.user_id)
        )
    if right in RIGHTS[Role.PUPIL]:
        ways.append(exists().where(StudentLogin.student_id == Student.id, StudentLogin.user_id == actor.user_id))
    return or_(*ways)


def student_for(session: Session, actor: Actor, student_id: UUID, right: Right = Right.SEE_PUPILS) -> Pupil:
    """Raises NotFound alike for a pupil who is not there and for one who is not the actor's to see; Forbidden for one
    whom the actor sees without holding `right`."""
    one = _pupils().where(Student.id == student_id)
    row = session.execute(one.where(visible_to(actor, right))).one_or_none()
    if row is not None:
        return Pupil(*row)
    if right is not Right.SEE_PUPILS and session.execute(one.where(visible_to(actor))).first() is not None:
        raise Forbidden(marked("You may see this pupil, but not do this."))
    raise NotFound("No such pupil, or not one that you may see.")


def rights_over(session: Session, actor: Actor, student_id: UUID) -> frozenset[Right]:
    """All that the actor may do of this pupil, by whatever role."""
    of_them = select(Student.id).where(Student.id == student_id)
    asked = select(*(of_them.where(visible_to(actor, right)).exists().label(right.value) for right in Right))
    row = session.execute(asked).one()
    return frozenset(right for right, held in zip(Right, row, strict=True) if held)


def is_staff_of(session: Session, actor: Actor, pupil: Pupil, right: Right) -> bool:
    """Whether a role given at the school lets the actor do this of the pupil. Else, where they may, it is as family:
    also a teacher of the same school whose child is in another's class."""
    return bool(pupils_among(session, actor.within(pupil.school_id), [pupil.id], right))


def students_for(session: Session, actor: Actor, student_ids: list[UUID], right: Right) -> list[Pupil]:
    """All of them, in the order asked for. Raises as `student_for` does for the first who is not the actor's."""
    found = session.execute(_pupils().where(Student.id.in_(student_ids), visible_to(actor, right)))
    by_id = {row[0]: Pupil(*row) for row in found}
    return [by_id.get(one) or student_for(session, actor, one, right) for one in student_ids]


def pupils_among(session: Session, actor: Actor, student_ids: Collection[UUID], right: Right) -> list[Pupil]:
    """Those of them of whom the actor holds the right, as a class list has them: by given name."""
    found = session.execute(_pupils().where(Student.id.in_(student_ids), visible_to(actor, right)))
    return sorted((Pupil(*row) for row in found), key=lambda one: list_order(one.full_name))


def pupils_in(session: Session, actor: Actor, class_id: UUID, right: Right) -> list[Pupil]:
    """Those of a class who have not left and of whom the actor holds the right, as a class list has them."""
    here = or_(Student.left_on.is_(None), Student.left_on > actor.today)
    found = session.execute(_pupils().where(Student.class_id == class_id, here, visible_to(actor, right)))
    return sorted((Pupil(*row) for row in found), key=lambda one: list_order(one.full_name))


def children_of(session: Session, actor: Actor) -> list[Pupil]:
    """The actor's own children, also where the actor is staff and sees many more."""
    rows = session.execute(
        _pupils()
        .join(Guardianship, Guardianship.student_id == Student.id)
        .join(Guardian, Guardian.id == Guardianship.guardian_id)
        .where(Guardian.user_id == actor.user_id, Guardianship.may_see)
        .order_by(Student.birth_date, Student.full_name)
    )
    return [Pupil(*row) for row in rows]


def own_pupil(session: Session, actor: Actor) -> Pupil | None:
    """Whose own log-in this is; None for everybody but a pupil."""
    row = session.execute(
        _pupils().join(StudentLogin, StudentLogin.student_id == Student.id).where(StudentLogin.user_id == actor.user_id)
    ).one_or_none()
    return Pupil(*row) if row else None


def child_of(session: Session, actor: Actor, student_id: UUID) -> Pupil:
    """One of the actor's own children. Raises NotFound for everybody else, also for staff who see the pupil."""
    child = next((one for one in children_of(session, actor) if one.id == student_id), None)
    if child is None:
        raise NotFound("No such pupil, or not a child of yours.")
    return child


def classes_for(session: Session, actor: Actor, right: Right = Right.SEE_PUPILS) -> list[OwnClass]:
    """The classes in the whole of which the actor holds the right, by grade and name."""
    rows = session.execute(
        select(SchoolClass.id, SchoolClass.school_id, SchoolClass.name, SchoolClass.grade)
        .where(class_visible_to(actor, right))
        .order_by(SchoolClass.grade, SchoolClass.name, SchoolClass.id)
    )
    return [OwnClass(*row) for row in rows]


def class_for(session: Session, actor: Actor, class_id: UUID, right: Right = Right.SEE_PUPILS) -> OwnClass:
    """Raises NotFound alike for a class that is not there and for one that is not the actor's; Forbidden for one that
    the actor sees without holding `right`."""
    one = select(SchoolClass.id, SchoolClass.school_id, SchoolClass.name, SchoolClass.grade).where(
        SchoolClass.id == class_id
    )
    row = session.execute(one.where(class_visible_to(actor, right))).one_or_none()
    if row is not None:
        return OwnClass(*row)
    if right is not Right.SEE_PUPILS and session.execute(one.where(class_visible_to(actor))).first() is not None:
        raise Forbidden(marked("You may see this class, but not do this."))
    raise NotFound("No such class, or not one that you may see.")


def class_visible_to(actor: Actor, right: Right = Right.SEE_PUPILS) -> ColumnElement[bool]:
    """The condition on SchoolClass: those in the whole of which the actor holds the right."""
    return or_(SchoolClass.school_id.in_(actor.schools_where(right)), SchoolClass.id.in_(_class_ids(actor, right)))


def _class_ids(actor: Actor, right: Right) -> Select[UUID]:
    """Of the classes that the actor holds the right in by less than a whole school."""
    ways: list[ColumnElement[bool]] = [false()]
    for school_id, class_id in actor.classes_where(right):
        ways.append(and_(SchoolClass.school_id == school_id, SchoolClass.id == class_id))
    for school_id, grade in actor.grades_where(right):
        ways.append(and_(SchoolClass.school_id == school_id, SchoolClass.grade == grade))
    if schools := actor.homerooms_where(right):
        ways.append(and_(SchoolClass.school_id.in_(schools), SchoolClass.id.in_(_homerooms(actor))))
    if schools := actor.lessons_where(right):
        ways.append(and_(SchoolClass.school_id.in_(schools), SchoolClass.id.in_(_taught(actor))))
    return select(SchoolClass.id).where(or_(*ways))


def _homerooms(actor: Actor) -> Select[UUID]:
    """Of each class the latest homeroom teacher counts, from that day on."""
    later = aliased(Homeroom)
    return (
        select(Homeroom.class_id)
        .join(StaffMember, StaffMember.id == Homeroom.staff_id)
        .where(
            StaffMember.user_id == actor.user_id,
            Homeroom.from_day <= actor.today,
            ~exists().where(
                later.class_id == Homeroom.class_id,
                later.from_day > Homeroom.from_day,
                later.from_day <= actor.today,
            ),
        )
    )


def _taught(actor: Actor) -> Select[UUID]:
    """For the whole year: marks and messages outlive a term."""
    return (
        select(TeachingAssignment.class_id)
        .join(StaffMember, StaffMember.id == TeachingAssignment.staff_id)
        .join(Term, Term.id == TeachingAssignment.term_id)
        .join(SchoolYear, SchoolYear.id == Term.year_id)
        .where(
            StaffMember.user_id == actor.user_id,
            SchoolYear.first_day <= actor.today,
            SchoolYear.last_day >= actor.today,
        )
    )


def _pupils() -> Select[UUID, UUID, str, str]:
    return select(Student.id, Student.school_id, Student.full_name, SchoolClass.name).join(
        SchoolClass, SchoolClass.id == Student.class_id
    )
