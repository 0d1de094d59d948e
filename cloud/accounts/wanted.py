"""A role within a scope, as somebody types it: `principal=bai-thom`, `vice_principal=bai-thom/grade=3`."""

from dataclasses import dataclass

from cloud.accounts.access import GRANTED, SCOPES, Role, Scope
from cloud.kit.errors import Invalid


@dataclass(frozen=True, slots=True)
class Wanted:
    role: Role
    school: str
    """Its slug."""
    scope: Scope
    class_name: str | None = None
    grade: int | None = None


def read_wanted(text: str) -> Wanted:
    """Raises Invalid for a role that there is not or that nobody grants, and for a scope that the role cannot have."""
    name, _, place = text.partition("=")
    role = next((one for one in GRANTED if one == name), None)
    if role is None or not place:
        raise Invalid(f"{text}: write ROLE=SCHOOL; the roles are {', '.join(GRANTED)}")
    school, _, narrower = place.partition("/")
    if not narrower:
        return Wanted(role, school, SCOPES[role][0])
    kind, _, value = narrower.partition("=")
    scope = next((one for one in SCOPES[role] if one == kind and one in (Scope.GRADE, Scope.CLASS)), None)
    if scope is None or not value:
        raise Invalid(f"{text}: {role} is held over {' or '.join(SCOPES[role])}, not over {narrower!r}")
    if scope is Scope.CLASS:
        return Wanted(role, school, scope, class_name=value)
    if not value.isascii() or not value.isdigit():
        raise Invalid(f"{text}: a grade is a number")
    return Wanted(role, school, scope, grade=int(value))
