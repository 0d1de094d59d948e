"""Who acts, and what they may: the one place where rights are decided."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    ADMINISTRATOR = "administrator"


class Scope(StrEnum):
    SCHOOL = "school"


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

    def schools_as(self, *roles: Role) -> tuple[UUID, ...]:
        """The schools in which the actor holds one of `roles` for the whole school."""
        return tuple(
            {grant.school_id for grant in self.grants if grant.role in roles and grant.scope_kind is Scope.SCHOOL}
        )

    @property
    def schools_seen_whole(self) -> tuple[UUID, ...]:
        """The schools in which the actor sees every pupil and every unit."""
        return self.schools_as(Role.ADMINISTRATOR)
