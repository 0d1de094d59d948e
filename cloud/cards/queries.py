"""All SQL of cards and chips."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from cloud.cards.tables import CardKey, PupilCard, PupilChip


def live_keys(session: Session, school_id: UUID) -> Sequence[CardKey]:
    """Whose cards count, the newest last."""
    return session.scalars(
        select(CardKey).where(CardKey.school_id == school_id, CardKey.retired_at.is_(None)).order_by(CardKey.number)
    ).all()


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


def add_card(session: Session, card: PupilCard) -> None:
    session.add(card)
    session.flush()


def card(session: Session, serial: int) -> PupilCard | None:
    return session.get(PupilCard, serial)


def cards_of(session: Session, student_id: UUID) -> Sequence[PupilCard]:
    """The newest first."""
    return session.scalars(
        select(PupilCard).where(PupilCard.student_id == student_id).order_by(PupilCard.serial.desc())
    ).all()


def revoke(session: Session, serial: int, by: UUID, now: datetime) -> None:
    session.execute(
        update(PupilCard)
        .where(PupilCard.serial == serial, PupilCard.revoked_at.is_(None))
        .values(revoked_at=now, revoked_by=by)
    )


def revoked_serials(session: Session, school_id: UUID, today: date) -> list[int]:
    """Those that would count otherwise; an expired card needs no revocation."""
    return list(
        session.scalars(
            select(PupilCard.serial)
            .where(PupilCard.school_id == school_id, PupilCard.revoked_at.is_not(None), PupilCard.valid_until >= today)
            .order_by(PupilCard.serial)
        )
    )


def chips(session: Session, school_id: UUID) -> list[tuple[str, UUID]]:
    rows = session.execute(
        select(PupilChip.value, PupilChip.student_id).where(PupilChip.school_id == school_id).order_by(PupilChip.value)
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


def take_chip(session: Session, student_id: UUID) -> None:
    session.execute(delete(PupilChip).where(PupilChip.student_id == student_id))
