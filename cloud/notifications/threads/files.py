"""A picture or PDF that comes with a message: looked at before it comes in, sealed before it is stored."""

from dataclasses import dataclass
from uuid import UUID

from pydantic import SecretStr
from sqlalchemy.orm import Session

from cloud.kit.errors import Invalid, NotFound, TooLarge, Unavailable
from cloud.kit.i18n import marked
from cloud.kit.pictures import NotAPicture, made_anew
from cloud.kit.seal import Seal, Unsealable
from cloud.notifications.threads import queries
from cloud.notifications.threads.tables import ThreadFile

MAX_BYTES = 5 * 1024 * 1024
PDF = "application/pdf"
PURPOSE = "thread file"


@dataclass(frozen=True, slots=True)
class File:
    content: bytes
    media_type: str


def checked(content: bytes) -> File:
    """A picture comes back made anew. Raises TooLarge or Invalid."""
    if len(content) > MAX_BYTES:
        raise TooLarge(marked("The file is larger than 5 MB: please send a smaller picture."))
    if content.startswith(b"%PDF-"):
        return File(content, PDF)
    try:
        picture = made_anew(content)
    except NotAPicture as error:
        raise Invalid(marked("The file is neither a whole picture (JPEG, PNG) nor a PDF.")) from error
    return File(picture.content, picture.media_type)


def keep(session: Session, secret: SecretStr | None, message_id: UUID, file: File) -> None:
    """Raises Unavailable on a service without a secret."""
    if secret is None:
        raise Unavailable(marked("This school cannot keep files yet: please write without one."))
    sealed = Seal(secret.get_secret_value(), PURPOSE).seal(file.content, str(message_id))
    queries.add_file(session, ThreadFile(message_id=message_id, media_type=file.media_type, sealed=sealed))


def show(session: Session, secret: SecretStr | None, message_id: UUID) -> File:
    """Raises NotFound. Whether the caller takes part in the thread is for `talking.py` to say."""
    row = queries.file(session, message_id)
    if row is None or secret is None:
        raise NotFound("There is no such file, or it is not yours to see.")
    try:
        return File(Seal(secret.get_secret_value(), PURPOSE).open(row.sealed, str(message_id)), row.media_type)
    except Unsealable as error:
        raise NotFound("This file cannot be opened any more.") from error
