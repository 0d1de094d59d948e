"""Photos taken in, looked at and decided on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.biometrics import templates
from cloud.biometrics.consent import where_it_stands
from cloud.biometrics.keyring import Keyring
from cloud.biometrics.photos import queries
from cloud.biometrics.photos.rules import MAX_BYTES, MOST_WAITING, Reason, State, kind_of
from cloud.biometrics.photos.tables import FamilyPhoto
from cloud.biometrics.queries.templates import Reader
from cloud.biometrics.rules import Standing
from cloud.biometrics.sealing import Damaged, open_sealed, seal
from cloud.biometrics.templates import View
from cloud.kit.errors import Conflict, Invalid, NotFound, TooLarge
from cloud.kit.i18n import marked
from cloud.kit.ids import new_id
from cloud.people.access import Pupil
from cloud.people.queries import hold_students


@dataclass(frozen=True, slots=True)
class Picture:
    content: bytes
    media_type: str


def take_in(session: Session, keyring: Keyring, child: Pupil, content: bytes, *, sent_by: UUID, now: datetime) -> None:
    """Raises Conflict without consent or with enough waiting; Invalid and TooLarge for what is no photo of a phone."""
    if len(content) > MAX_BYTES:
        raise TooLarge(marked("The photo is larger than 8 MB: choose a smaller one."))
    if kind_of(content) is None:
        raise Invalid(marked("This is no photo that we can use: JPEG or PNG, please."))
    hold_students(session, [child.id])
    if where_it_stands(session, child.id, now=now) is not Standing.IN_FORCE:
        raise Conflict(
            marked("Please answer the question about face recognition first: without a yes no photo is kept.")
        )
    if queries.waiting_count(session, child.id) >= MOST_WAITING:
        raise Conflict(marked("Three photos are waiting already. Please wait until the school has looked at them."))
    key_id, key = keyring.live_key(child.school_id, child.id, now=now)
    photo_id = new_id()
    queries.add(
        session,
        FamilyPhoto(
            id=photo_id, school_id=child.school_id, student_id=child.id, sent_by=sent_by, sent_at=now, key_id=key_id,
            sealed=seal(key, content, bound_to=_bound_to(photo_id, child.id)), state=State.WAITING,
        ),
    )  # fmt: skip


def look(session: Session, keyring: Keyring, photo: FamilyPhoto, *, reader: Reader, now: datetime) -> Picture:
    """Noted in the access log. Raises NotFound for one that is gone."""
    key = keyring.keys(photo.school_id, {photo.key_id}).get(photo.key_id)
    if photo.sealed is None or key is None:
        raise NotFound("This photo is gone.")
    try:
        content = open_sealed(key, photo.sealed, bound_to=_bound_to(photo.id, photo.student_id))
    except Damaged as error:
        raise NotFound("This photo cannot be opened any more.") from error
    queries.note_look(session, photo, reader, now)
    return Picture(content, kind_of(content) or "application/octet-stream")


def settle(
    session: Session, keyring: Keyring, pupil: Pupil, taken: Sequence[UUID], rejected: Mapping[UUID, Reason],
    views: Sequence[View], *, by: UUID, now: datetime,
) -> None:  # fmt: skip
    """What the school's machine made of a pupil's photos, all of it or nothing.

    Raises Conflict when one of them is not there to be decided on any more, or when consent is gone.
    """
    if bool(taken) != bool(views):
        raise Invalid("Photos are taken when there are views of them, and only then.")
    if views:
        templates.enrol(session, keyring, pupil.id, views, made_by=by, now=now)
    moved = queries.move(session, taken, pupil.id, State.TAKEN, by=by, now=now, come_from=(State.SEEN,))
    for photo_id, reason in rejected.items():
        moved += queries.move(session, [photo_id], pupil.id, State.REJECTED, by=by, now=now, reason=reason)
    if moved != len(taken) + len(rejected):
        raise Conflict("A photo was withdrawn, decided on or not looked at by staff meanwhile: fetch them again.")


def _bound_to(photo_id: UUID, student_id: UUID) -> str:
    return f"family photo {photo_id}|{student_id}"
