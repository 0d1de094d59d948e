"""Who acts, and what they may: the one place where rights are decided."""

from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    ADMINISTRATOR = "administrator"


class Right(StrEnum):
    SEE_WHOLE = "see whole"
    """Every pupil, every unit and what was kept aside, within the scope of the grant."""
    MANAGE_UNITS = "manage units"
    """Let machines become units, and lock them out."""


class Scope(StrEnum):
    SCHOOL = "school"


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.ADMINISTRATOR: frozenset({Right.SEE_WHOLE, Right.MANAGE_UNITS}),
}
"""What a role may do within the scope of its grant. What is not in this table is not allowed."""


@dataclass(frozen=True, slots=True)
class Grant:
    role: Role
    school_id: UUID
    scope_kind: Scope = Scope.SCHOOL
    scope_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in user with every grant they hold. A guardian's children follow from guardianship, not from grants."""

    user_id: UUID
    display_name: str
    locale: str
    grants: tuple[Grant, ...] = ()

    @property
    def schools_seen_whole(self) -> tuple[UUID, ...]:
        """The schools in which the actor sees every pupil and every unit."""
        return self._schools_where(Right.SEE_WHOLE)

    def manages_units_of(self, school_id: UUID) -> bool:
        return school_id in self._schools_where(Right.MANAGE_UNITS)

    def within(self, school_id: UUID) -> "Actor":
        """The same actor looking at one school only: no right of theirs elsewhere counts."""
        return replace(self, grants=tuple(grant for grant in self.grants if grant.school_id == school_id))

    def _schools_where(self, right: Right) -> tuple[UUID, ...]:
        holding = [
            grant.school_id
            for grant in self.grants
            if right in RIGHTS.get(grant.role, frozenset()) and grant.scope_kind is Scope.SCHOOL
        ]
        return tuple(dict.fromkeys(holding))
