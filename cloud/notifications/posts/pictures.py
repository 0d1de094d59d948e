"""Pictures of a post: without what the camera wrote into them, described in words, sealed."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from pydantic import SecretStr
from sqlalchemy.orm import Session

from cloud.kit.errors import Invalid, NotFound, TooLarge, Unavailable
from cloud.kit.i18n import marked
from cloud.kit.pictures import NotAPicture, Picture, made_anew
from cloud.kit.seal import Seal, Unsealable
from cloud.notifications.posts import queries
from cloud.notifications.posts.rules import MAX_PICTURE_BYTES, MOST_ALT, MOST_PICTURES
from cloud.notifications.posts.tables import PostPicture

PURPOSE = "post picture"


@dataclass(frozen=True, slots=True)
class Described:
    picture: Picture
    alt: str


@dataclass(frozen=True, slots=True)
class Opened:
    content: bytes
    media_type: str


def checked(sent: Sequence[tuple[bytes, str]]) -> list[Described]:
    """Of files and their descriptions. Raises Invalid or TooLarge."""
    given = [(content, alt.strip()) for content, alt in sent if content]
    if len(given) > MOST_PICTURES:
        raise Invalid(marked("At most three pictures."))
    return [_described(content, alt) for content, alt in given]


def keep(session: Session, secret: SecretStr | None, post_id: UUID, pictures: Sequence[Described]) -> None:
    """Raises Unavailable on a service without a secret."""
    if pictures and secret is None:
        raise Unavailable(marked("This school cannot keep files yet: please write without one."))
    for number, one in enumerate(pictures, start=1):
        assert secret is not None
        row = PostPicture(
            post_id=post_id,
            number=number,
            alt=one.alt,
            media_type=one.picture.media_type,
            width_px=one.picture.width_px,
            height_px=one.picture.height_px,
            sealed=Seal(secret.get_secret_value(), PURPOSE).seal(one.picture.content, _bound_to(post_id, number)),
        )
        queries.add_picture(session, row)


def show(session: Session, secret: SecretStr | None, post_id: UUID, number: int) -> Opened:
    """Raises NotFound. Whether the caller may see the post is for the caller to ask first."""
    row = queries.picture(session, post_id, number) if 0 < number <= MOST_PICTURES else None
    if row is None or secret is None:
        raise NotFound("No such picture, or not one that you may see.")
    try:
        content = Seal(secret.get_secret_value(), PURPOSE).open(row.sealed, _bound_to(post_id, number))
    except Unsealable as error:
        raise NotFound("This picture cannot be opened any more.") from error
    return Opened(content, row.media_type)


def _described(content: bytes, alt: str) -> Described:
    if len(content) > MAX_PICTURE_BYTES:
        raise TooLarge(marked("A picture is larger than 3 MB: please choose a smaller one."))
    if not alt or len(alt) > MOST_ALT:
        raise Invalid(marked("Say in a few words what is to be seen in each picture: not everybody sees it."))
    try:
        return Described(made_anew(content), alt)
    except NotAPicture as error:
        raise Invalid(marked("A file is no whole picture: please send JPEG or PNG.")) from error


def _bound_to(post_id: UUID, number: int) -> str:
    return f"{post_id}|{number}"
