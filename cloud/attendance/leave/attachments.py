"""A doctor's note that comes with a request: looked at before it comes in, sealed before it is stored."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import SecretStr
from sqlalchemy.orm import Session

from cloud.attendance.leave import queries
from cloud.attendance.leave.tables import LeaveAttachment
from cloud.biometrics.scans import KINDS, MAX_BYTES
from cloud.kit.errors import Invalid, NotFound, TooLarge, Unavailable
from cloud.kit.i18n import marked
from cloud.kit.seal import Seal, Unsealable

PURPOSE = "leave attachment"


@dataclass(frozen=True, slots=True)
class Attachment:
    content: bytes
    media_type: str


def keep(session: Session, secret: SecretStr | None, request_id: UUID, content: bytes, now: datetime) -> None:
    """Raises TooLarge, Invalid for what is neither PDF nor picture, Unavailable on a service without a secret."""
    if len(content) > MAX_BYTES:
        raise TooLarge(marked("The file is larger than 5 MB: please send a smaller picture."))
    media_type = next((kind for begins, kind in KINDS.items() if content.startswith(begins)), None)
    if media_type is None:
        raise Invalid(marked("The file is neither a picture (JPEG, PNG) nor a PDF."))
    if secret is None:
        raise Unavailable(marked("This school cannot keep files yet: please send the request without one."))
    sealed = Seal(secret.get_secret_value(), PURPOSE).seal(content, str(request_id))
    row = LeaveAttachment(request_id=request_id, media_type=media_type, sealed=sealed, added_at=now)
    queries.add_attachment(session, row)


def show(session: Session, secret: SecretStr | None, request_id: UUID) -> Attachment:
    """Raises NotFound. Whether the caller may see it is for people/access.py to say, by the request's pupil."""
    row = queries.attachment(session, request_id)
    if row is None or secret is None:
        raise NotFound("There is no such file, or it is not yours to see.")
    try:
        return Attachment(Seal(secret.get_secret_value(), PURPOSE).open(row.sealed, str(request_id)), row.media_type)
    except Unsealable as error:
        raise NotFound("This file cannot be opened any more.") from error
