"""Sealing what enrolment made, opening it for those who may, and erasing it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.biometrics.consent import where_it_stands
from cloud.biometrics.events import ERASED, Erased
from cloud.biometrics.keyring import Keyring
from cloud.biometrics.queries import consent as consent_queries
from cloud.biometrics.queries import templates as queries
from cloud.biometrics.queries.renewal import forget_trends_without_templates
from cloud.biometrics.queries.templates import Reader
from cloud.biometrics.rules import Standing
from cloud.biometrics.sealing import Damaged, open_sealed, seal
from cloud.biometrics.tables import FaceTemplate
from cloud.kit import outbox
from cloud.kit.clock import Clock
from cloud.kit.db import Database
from cloud.kit.errors import Conflict, Invalid

MAX_VIEWS = 5
MAX_BYTES = 4096
"""A template as float16: 128 numbers are 256 bytes, the largest embedder we know of 2,048 numbers."""
ENROLMENT_UNDER_WAY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class View:
    """One view of a face: `vector` is little-endian float16."""

    model: str
    quality: float
    vector: bytes


@dataclass(frozen=True, slots=True)
class Opened:
    id: UUID
    student_id: UUID
    model: str
    quality: float
    vector: bytes


def enrol(
    session: Session, keyring: Keyring, student_id: UUID, views: Sequence[View], *, made_by: UUID, now: datetime
) -> None:
    """These views instead of those there were. Raises Conflict without consent, Invalid for what is no template."""
    if not 1 <= len(views) <= MAX_VIEWS:
        raise Invalid(f"{len(views)} views: give 1 to {MAX_VIEWS}.")
    if any(not view.vector or len(view.vector) % 2 or len(view.vector) > MAX_BYTES for view in views):
        raise Invalid(f"A template is 2 to {MAX_BYTES} bytes of float16.")
    standing = where_it_stands(session, student_id, now=now)
    if standing is not Standing.IN_FORCE:
        raise Conflict(f"No template without consent ({standing}): the pupil is marked by card, QR or hand.")
    pupil = consent_queries.subject(session, student_id)
    key_id, key = keyring.live_key(pupil.school_id, student_id, now=now)
    queries.erase(session, [student_id])
    queries.add_templates(
        session,
        [
            FaceTemplate(
                school_id=pupil.school_id,
                student_id=student_id,
                model=view.model,
                quality=view.quality,
                key_id=key_id,
                sealed=seal(key, view.vector, bound_to=_bound_to(student_id, view.model)),
                made_at=now,
                made_by=made_by,
            )
            for view in views
        ],
    )


def open_templates(
    session: Session, keyring: Keyring, school_id: UUID, student_ids: Collection[UUID], *, reader: Reader, now: datetime
) -> list[Opened]:
    """What can be opened; a template whose key was destroyed is noise, whatever back-up it came from."""
    sealed = queries.read_templates(session, school_id, student_ids, reader=reader, now=now)
    return _opened(keyring, school_id, sealed)


def open_all(session: Session, keyring: Keyring, school_id: UUID, *, reader: Reader, now: datetime) -> list[Opened]:
    """Of the whole school, to compare with: one line in the access log."""
    return _opened(keyring, school_id, queries.read_all(session, school_id, reader=reader, now=now))


def _opened(keyring: Keyring, school_id: UUID, sealed: Sequence[FaceTemplate]) -> list[Opened]:
    keys = keyring.keys(school_id, {template.key_id for template in sealed})
    opened = []
    for template in sealed:
        if template.key_id not in keys:
            continue
        try:
            vector = open_sealed(
                keys[template.key_id], template.sealed, bound_to=_bound_to(template.student_id, template.model)
            )
        except Damaged:
            continue
        opened.append(Opened(template.id, template.student_id, template.model, template.quality, vector))
    return opened


def sweep(database: Database, keyring: Keyring, clock: Clock) -> int:
    """Daily: erase what lost its consent in silence, destroy keys that seal nothing. Returns how many pupils it met."""
    now = clock()
    with database.writing() as session:
        ended = queries.without_consent(session)
        queries.erase(session, [student_id for _, student_id in ended])
        for school_id, student_id in ended:
            outbox.put(session, ERASED, Erased(school_id=school_id, student_id=student_id), now=now)
    with database.reading() as session:
        used = queries.keys_in_use(session)
    keyring.destroy_unused(used, made_before=now - ENROLMENT_UNDER_WAY, now=now)
    return len(ended)


def on_erased(keyring: Keyring | None, clock: Clock) -> outbox.Handler:
    """The outbox's handler of ERASED, and of people's LEFT: destroy the pupil's keys, so that back-ups hold noise.

    Without a keyring there never was a template: a refusal, say, before the service had a secret.
    """

    @outbox.each
    def handle(session: Session, payload: str) -> None:
        if keyring is None:
            return
        event = Erased.model_validate_json(payload)
        in_use = queries.keys_in_use(session, event.student_id)
        keyring.destroy(event.student_id, keep=in_use, now=clock())
        forget_trends_without_templates(session, event.school_id)

    return handle


def _bound_to(student_id: UUID, model: str) -> str:
    return f"{student_id}|{model}"
