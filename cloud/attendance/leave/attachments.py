"""What comes with a request, such as the pages of a doctor's note: looked at before it comes in, sealed before it is
stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import SecretStr
from sqlalchemy.orm import Session

from cloud.attendance.leave import queries
from cloud.attendance.leave.tables import LeaveAttachment
from cloud.biometrics.scans import KINDS, MAX_BYTES
from cloud.kit.errors import Invalid, NotFound, TooLarge, Unavailable
from cloud.kit.i18n import marked, phrase
from cloud.kit.seal import Seal, Unsealable

PURPOSE = "leave attachment"
MOST = 3


@dataclass(frozen=True, slots=True)
class Attachment:
    content: bytes
    media_type: str


def keep(session: Session, secret: SecretStr | None, request_id: UUID, files: Sequence[bytes], now: datetime) -> None:
    """Raises TooLarge, Invalid for what is neither PDF nor picture, or for too many, Unavailable on a service without a
    secret."""
    if len(files) > MOST:
        raise Invalid(phrase(marked("At most %(most)s files go with a request."), most=MOST))
    for number, content in enumerate(files, 1):
        if len(content) > MAX_BYTES:
            raise TooLarge(marked("The file is larger than 5 MB: please send a smaller picture."))
        media_type = next((kind for begins, kind in KINDS.items() if content.startswith(begins)), None)
        if media_type is None:
            raise Invalid(marked("The file is neither a picture (JPEG, PNG) nor a PDF."))
        if secret is None:
            raise Unavailable(marked("This school cannot keep files yet: please send the request without one."))
        sealed = Seal(secret.get_secret_value(), PURPOSE).seal(content, _bound_to(request_id, number))
        row = LeaveAttachment(request_id=request_id, number=number, media_type=media_type, sealed=sealed, added_at=now)
        queries.add_attachment(session, row)


def show(session: Session, secret: SecretStr | None, request_id: UUID, number: int) -> Attachment:
    """Raises NotFound. Whether the caller may see it is for people/access.py to say, by the request's pupil."""
    row = queries.attachment(session, request_id, number)
    if row is None or secret is None:
        raise NotFound("There is no such file, or it is not yours to see.")
    try:
        content = Seal(secret.get_secret_value(), PURPOSE).open(row.sealed, _bound_to(request_id, number))
    except Unsealable as error:
        raise NotFound("This file cannot be opened any more.") from error
    return Attachment(content, row.media_type)


def _bound_to(request_id: UUID, number: int) -> str:
    """The first one is sealed as it was when a request had one alone."""
    return str(request_id) if number == 1 else f"{request_id}/{number}"
