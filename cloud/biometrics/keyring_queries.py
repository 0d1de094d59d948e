"""The keyring as a copy of it: what goes out, and how a copy comes back without bringing a destroyed key with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from cloud.biometrics.keyring import KeyringBase, PupilKey, SchoolKey
from cloud.kit.db import Database
from cloud.kit.errors import Conflict

TABLES = KeyringBase.metadata.sorted_tables
PUPIL_KEYS = KeyringBase.metadata.tables[PupilKey.__tablename__]
SCHOOL_KEYS = KeyringBase.metadata.tables[SchoolKey.__tablename__]


@dataclass(frozen=True, slots=True)
class KeyCopy:
    """A pupil's key; `sealed` is None for a destroyed one."""

    id: UUID
    school_id: UUID
    student_id: UUID
    sealed: bytes | None
    made_at: datetime
    destroyed_at: datetime | None


@contextmanager
def looking(keyring: Database) -> Iterator[Session | None]:
    """A view of the keyring; None where there is none, and then none is made."""
    file = keyring.engine.url.database
    if (keyring.is_sqlite and file and not Path(file).exists()) or not inspect(keyring.engine).has_table(
        PupilKey.__tablename__
    ):
        yield None
    else:
        with keyring.reading() as session:
            yield session


def destroyed(session: Session) -> Iterator[KeyCopy]:
    for key in session.scalars(select(PupilKey).where(PupilKey.sealed.is_(None)).order_by(PupilKey.id)):
        yield KeyCopy(key.id, key.school_id, key.student_id, None, key.made_at, key.destroyed_at)


@contextmanager
def taking_over(keyring: Database) -> Iterator[Session]:
    """A keyring to write into, made if there is none."""
    file = keyring.engine.url.database
    if keyring.is_sqlite and file:
        Path(file).parent.mkdir(parents=True, exist_ok=True)
    KeyringBase.metadata.create_all(keyring.engine)
    with keyring.writing() as session:
        yield session


def take_school_key(session: Session, school_id: UUID, sealed: bytes) -> None:
    """Raises Conflict where the school has another one: what that one seals would be lost."""
    known = session.get(SchoolKey, school_id)
    if known is None:
        session.add(SchoolKey(school_id=school_id, sealed=sealed))
    elif known.sealed != sealed:
        raise Conflict(f"the keyring has another key for school {school_id}: restore into an empty keyring_url")


def take_pupil_key(session: Session, copy: KeyCopy) -> None:
    """A key that either side knows as destroyed is destroyed."""
    known = session.get(PupilKey, copy.id)
    if known is None:
        session.add(
            PupilKey(
                id=copy.id,
                school_id=copy.school_id,
                student_id=copy.student_id,
                sealed=copy.sealed,
                made_at=copy.made_at,
                destroyed_at=copy.destroyed_at,
            )
        )
    elif copy.sealed is None and known.sealed is not None:
        known.sealed, known.destroyed_at = None, copy.destroyed_at
