"""A new unit gets a name and a token."""

from pydantic import TypeAdapter, ValidationError
from sqlalchemy.orm import Session

from cloud.accounts.rules import new_token, token_hash
from cloud.devices import queries
from cloud.kit.errors import Conflict, Invalid, NotFound
from cloud.kit.i18n import marked, phrase
from cloud.school.queries import school_by_slug
from edge.contract.wire import DeviceId


def register(session: Session, device_id: str, *, school: str, name: str) -> str:
    """Returns the unit's token, of which only a hash is kept. `school` is its slug.

    Raises Invalid, NotFound or Conflict.
    """
    try:
        TypeAdapter(DeviceId).validate_python(device_id)
    except ValidationError as error:
        raise Invalid(
            phrase(
                marked("“%(id)s”: a unit's id is lower-case letters, digits and hyphens, 3 to 64"),
                id=device_id,
            )
        ) from error
    school_id = school_by_slug(session, school)
    if school_id is None:
        raise NotFound(f"there is no school {school}")
    if queries.is_registered(session, device_id):
        raise Conflict(phrase(marked("There is a unit %(id)s already; its token cannot be shown again."), id=device_id))
    token = new_token()
    queries.add_device(session, device_id=device_id, school_id=school_id, name=name, token_hash=token_hash(token))
    return token
