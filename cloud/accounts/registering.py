"""A new user gets a log-in name and a password."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from cloud.accounts import queries
from cloud.accounts.access import Grant
from cloud.accounts.passwords import Passwords
from cloud.accounts.rules import MAX_PASSWORD_CHARS, MIN_PASSWORD_CHARS, normal_login
from cloud.accounts.tables import User
from cloud.kit.errors import Conflict, Invalid
from cloud.kit.i18n import DEFAULT, marked

MAX_LOGIN_CHARS = 120


def register(
    session: Session, passwords: Passwords, login: str, *, name: str, password: str | None, grants: Iterable[Grant] = ()
) -> User:
    """`password` is None for whoever has another way in. Raises Invalid or Conflict."""
    normal = normal_login(login)
    if not normal or len(normal) > MAX_LOGIN_CHARS or not normal.isprintable():
        raise Invalid(marked("A log-in name has 1 to 120 characters."))
    if password is not None:
        check_password(password)
    if queries.is_taken(session, normal):
        raise Conflict(marked("There is somebody with this log-in name already: please choose another one."))
    return queries.add_user(
        session,
        login=normal,
        display_name=name,
        password_hash=None if password is None else passwords.hash(password),
        locale=DEFAULT,
        grants=grants,
    )


def check_password(password: str) -> None:
    """Raises Invalid. Length is all that is asked for (NIST SP 800-63B, 3.1.1)."""
    if not MIN_PASSWORD_CHARS <= len(password) <= MAX_PASSWORD_CHARS:
        raise Invalid(marked("A password has 10 to 500 characters: take a few words."))
