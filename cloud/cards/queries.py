"""All SQL of cards and chips."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from uuid import UUID

from sqlalchemy import ColumnElement, Subquery, and_, delete, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from cloud.accounts.access import Actor, Right
from cloud.cards.tables import CardKey, IssuedCard, PupilChip
from cloud.kit.db import among
from cloud.people.access import visible_to
from cloud.people.names import list_order
from cloud.people.tables import StaffMember, Student
from cloud.school.tables import SchoolClass


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whose a card is, or is to be."""

    school_id: UUID
    id: UUID
    is_staff: bool = False

    def own(self) -> ColumnElement[bool]:
        return (IssuedCard.staff_id if self.is_staff else IssuedCard.student_id) == self.id


@dataclass(frozen=True, slots=True)
class Holder:
    bearer: Bearer
    code: str
    full_name: str
    class_name: str
    """Of one of the staff: what they work as, as `people` keeps it."""
    card: IssuedCard | None


def live_keys(session: Session, school_id: UUID) -> Sequence[CardKey]:
    """Whose cards count, the newest last."""
    return session.scalars(
        select(CardKey).where(CardKey.school_id == school_id, CardKey.retired_at.is_(None)).order_by(CardKey.number)
    ).all()


def keys_with_cards(session: Session, school_id: UUID, today: date) -> list[tuple[CardKey, int]]:
    """All that there ever were, the newest first, each with how many cards count by it."""
    counting = (
        select(IssuedCard.key_number, func.count().label("cards"))
        .where(IssuedCard.school_id == school_id, IssuedCard.revoked_at.is_(None), IssuedCard.valid_until >= today)
        .group_by(IssuedCard.key_number)
        .subquery()
    )
    rows = session.execute(
        select(CardKey, counting.c.cards)
        .outerjoin(counting, counting.c.key_number == CardKey.number)
        .where(CardKey.school_id == school_id)
        .order_by(CardKey.number.desc())
    )
    return [(key, 0 if key.retired_at else cards or 0) for key, cards in rows]


def next_number(session: Session, school_id: UUID) -> int:
    last = session.scalar(select(func.max(CardKey.number)).where(CardKey.school_id == school_id))
    return 1 if last is None else last + 1


def add_key(session: Session, key: CardKey) -> None:
    session.add(key)
    session.flush()


def retire_key(session: Session, school_id: UUID, number: int, now: datetime) -> bool:
    """Whether it counted until now."""
    retired = session.scalars(
        update(CardKey)
        .where(CardKey.school_id == school_id, CardKey.number == number, CardKey.retired_at.is_(None))
        .values(retired_at=now)
        .returning(CardKey.number)
    )
    return bool(retired.all())


def add_card(session: Session, card: IssuedCard) -> None:
    session.add(card)
    session.flush()


def card(session: Session, serial: int) -> IssuedCard | None:
    return session.get(IssuedCard, serial)


def cards_of(session: Session, student_id: UUID) -> Sequence[IssuedCard]:
    """The newest first."""
    return session.scalars(
        select(IssuedCard).where(IssuedCard.student_id == student_id).order_by(IssuedCard.serial.desc())
    ).all()


def revoke(session: Session, serial: int, by: UUID, now: datetime) -> None:
    session.execute(
        update(IssuedCard)
        .where(IssuedCard.serial == serial, IssuedCard.revoked_at.is_(None))
        .values(revoked_at=now, revoked_by=by)
    )


def revoked_serials(session: Session, school_id: UUID, today: date) -> list[int]:
    """Those that would count otherwise, and those of whoever has left; an expired card needs no revocation."""
    return list(
        session.scalars(
            select(IssuedCard.serial)
            .outerjoin(Student, Student.id == IssuedCard.student_id)
            .outerjoin(StaffMember, StaffMember.id == IssuedCard.staff_id)
            .where(IssuedCard.school_id == school_id, IssuedCard.valid_until >= today)
            .where(or_(IssuedCard.revoked_at.is_not(None), Student.left_on <= today, StaffMember.left_on <= today))
            .order_by(IssuedCard.serial)
        )
    )


def revoke_all(session: Session, holder: Bearer, by: UUID, now: datetime) -> None:
    """Every card of theirs that counts."""
    session.execute(
        update(IssuedCard).where(holder.own(), IssuedCard.revoked_at.is_(None)).values(revoked_at=now, revoked_by=by)
    )


def holders(session: Session, actor: Actor, today: date, *, school_id: UUID, class_id: UUID | None) -> list[Holder]:
    """The pupils who are with the school and to whom the actor may give cards, by class and name, each with the
    newest card that counts."""
    counting = _counting(IssuedCard.student_id, today)
    found = (
        select(Student.id, Student.code, Student.full_name, SchoolClass.name, IssuedCard)
        .join(SchoolClass, SchoolClass.id == Student.class_id)
        .outerjoin(counting, counting.c.holder_id == Student.id)
        .outerjoin(IssuedCard, IssuedCard.serial == counting.c.serial)
        .where(Student.school_id == school_id, visible_to(actor, Right.ISSUE_CARDS))
        .where(or_(Student.left_on.is_(None), Student.left_on > today))
        .order_by(SchoolClass.grade, SchoolClass.name, Student.id)
    )
    if class_id is not None:
        found = found.where(Student.class_id == class_id)
    all_of_them = (Holder(Bearer(school_id, row[0]), *row[1:]) for row in session.execute(found))
    by_class = groupby(all_of_them, key=lambda one: one.class_name)
    return [one for _, own in by_class for one in sorted(own, key=lambda one: list_order(one.full_name))]


def class_of(session: Session, student_id: UUID) -> UUID:
    """Where their cards are looked after; whose they are to see the caller has asked."""
    return session.scalars(select(Student.class_id).where(Student.id == student_id)).one()


def staff_holders(session: Session, school_id: UUID, today: date) -> list[Holder]:
    """Whoever works at the school, by name, each with the newest card that counts."""
    counting = _counting(IssuedCard.staff_id, today)
    found = (
        select(StaffMember.id, StaffMember.code, StaffMember.full_name, StaffMember.position, IssuedCard)
        .outerjoin(counting, counting.c.holder_id == StaffMember.id)
        .outerjoin(IssuedCard, IssuedCard.serial == counting.c.serial)
        .where(StaffMember.school_id == school_id)
        .where(or_(StaffMember.left_on.is_(None), StaffMember.left_on > today))
    )
    all_of_them = (Holder(Bearer(school_id, row[0], is_staff=True), *row[1:]) for row in session.execute(found))
    return sorted(all_of_them, key=lambda one: list_order(one.full_name))


def _counting(holder: InstrumentedAttribute[UUID | None], today: date) -> Subquery:
    """The newest card that counts, by whose it is."""
    return (
        select(func.max(IssuedCard.serial).label("serial"), holder.label("holder_id"))
        .join(CardKey, and_(CardKey.school_id == IssuedCard.school_id, CardKey.number == IssuedCard.key_number))
        .where(IssuedCard.revoked_at.is_(None), IssuedCard.valid_until >= today, CardKey.retired_at.is_(None))
        .where(holder.is_not(None))
        .group_by(holder)
        .subquery()
    )


def chips(session: Session, school_id: UUID, today: date) -> list[tuple[str, UUID]]:
    """By number, of whoever is with the school."""
    rows = session.execute(
        select(PupilChip.value, PupilChip.student_id)
        .join(Student, Student.id == PupilChip.student_id)
        .where(PupilChip.school_id == school_id, or_(Student.left_on.is_(None), Student.left_on > today))
        .order_by(PupilChip.value)
    )
    return [(value, student_id) for value, student_id in rows]


def give_chip(session: Session, chip: PupilChip) -> None:
    """From now on it means this pupil and nobody else, and the pupil's earlier one means nobody."""
    session.execute(
        delete(PupilChip).where(
            (PupilChip.student_id == chip.student_id)
            | ((PupilChip.school_id == chip.school_id) & (PupilChip.value == chip.value))
        )
    )
    session.add(chip)
    session.flush()


def take_chip(session: Session, student_id: UUID) -> bool:
    """Whether there was one."""
    taken = session.scalars(delete(PupilChip).where(PupilChip.student_id == student_id).returning(PupilChip.value))
    return bool(taken.all())


def chips_of(session: Session, student_ids: Collection[UUID]) -> dict[UUID, str]:
    """By pupil; whose they are to see the caller has asked."""
    own = select(PupilChip.student_id, PupilChip.value).where(among(session, PupilChip.student_id, student_ids))
    return dict(session.execute(own).all())


def chip_holder(session: Session, school_id: UUID, value: str, today: date) -> UUID | None:
    """Whom it means. One who has left takes no chip along."""
    return session.scalar(
        select(PupilChip.student_id)
        .join(Student, Student.id == PupilChip.student_id)
        .where(PupilChip.school_id == school_id, PupilChip.value == value)
        .where(or_(Student.left_on.is_(None), Student.left_on > today))
    )
