"""Signed paper forms: looked at before they come in, sealed before they are stored."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.biometrics.keyring import Keyring
from cloud.biometrics.queries import consent as queries
from cloud.biometrics.sealing import open_sealed, seal
from cloud.biometrics.tables import ConsentScan
from cloud.kit.errors import Invalid, NotFound, TooLarge
from cloud.kit.i18n import marked
from cloud.kit.ids import new_id

MAX_BYTES = 5 * 1024 * 1024
KINDS = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
"""By how the file begins: what it is called, or says that it is, proves nothing."""


@dataclass(frozen=True, slots=True)
class Scan:
    content: bytes
    media_type: str


def kind_of(content: bytes) -> str:
    """Raises Invalid for what is neither PDF nor picture, TooLarge for what no form of one page needs."""
    if len(content) > MAX_BYTES:
        raise TooLarge(marked("The scan is larger than 5 MB: scan it in grey, or at 150 dpi."))
    found = next((kind for begins, kind in KINDS.items() if content.startswith(begins)), None)
    if found is None:
        raise Invalid(marked("The scan is neither PDF nor JPEG nor PNG: save it as one of these."))
    return found


def keep(session: Session, keyring: Keyring, student_id: UUID, content: bytes, *, now: datetime) -> UUID:
    """Returns the scan's id. Raises as `kind_of` does."""
    kind_of(content)
    school_id, scan_id = queries.subject(session, student_id).school_id, new_id()
    sealed = seal(keyring.school_key(school_id), content, bound_to=_bound_to(scan_id, student_id))
    queries.add_scan(
        session,
        ConsentScan(id=scan_id, student_id=student_id, sha256=sha256(content).hexdigest(), sealed=sealed, added_at=now),
    )
    return scan_id


def show(session: Session, keyring: Keyring, student_id: UUID, scan_id: UUID) -> Scan:
    """Raises NotFound, also for one that was kept for its time; `student_id` came through people.access."""
    found = queries.scan(session, student_id, scan_id)
    if found is None or not found.sealed:
        raise NotFound("No such scan, or one that was kept for its time and is gone.")
    key = keyring.school_key(queries.subject(session, student_id).school_id)
    content = open_sealed(key, found.sealed, bound_to=_bound_to(scan_id, student_id))
    return Scan(content, kind_of(content))


def _bound_to(scan_id: UUID, student_id: UUID) -> str:
    return f"scan {scan_id}|{student_id}"
