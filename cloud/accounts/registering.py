"""A new user gets a log-in name and a password."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from cloud.accounts import queries
from cloud.accounts.access import Grant
from cloud.accounts.passwords import Passwords
from cloud.accounts.rules import MAX_PASSWORD_CHARS, MIN_PASSWORD_CHARS, normal_login
from cloud.accounts.tables import User
from cloud.kit.errors import Conflict, Invalid
from cloud.kit.i18n import DEFAULT

MAX_LOGIN_CHARS = 120


def register(
    session: Session, passwords: Passwords, login: str, *, name: str, password: str, grants: Iterable[Grant] = ()
) -> User:
    """Raises Invalid or Conflict."""
    normal = normal_login(login)
    if not normal or len(normal) > MAX_LOGIN_CHARS or not normal.isprintable():
        raise Invalid(f"a log-in name has 1 to {MAX_LOGIN_CHARS} characters")
    check_password(password)
    if queries.is_taken(session, normal):
        raise Conflict(f"there is a user {normal} already")
    return queries.add_user(
        session,
        login=normal,
        display_name=name,
        password_hash=passwords.hash(password),
        locale=DEFAULT,
        grants=grants,
    )


def check_password(password: str) -> None:
    """Raises Invalid. Length is all that is asked for (NIST SP 800-63B, 3.1.1)."""
    if not MIN_PASSWORD_CHARS <= len(password) <= MAX_PASSWORD_CHARS:
        raise Invalid(f"a password has {MIN_PASSWORD_CHARS} to {MAX_PASSWORD_CHARS} characters: take a few words")
