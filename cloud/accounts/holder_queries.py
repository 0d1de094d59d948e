"""All SQL of who is to be told of something at a school: the users who hold a right there."""

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.accounts.access import RIGHTS, Actor, Grant, Right, Role, Scope
from cloud.accounts.tables import RoleGrant, User
from cloud.kit.clock import school_day


def holders_of(session: Session, right: Right, school_id: UUID, now: datetime) -> list[Actor]:
    """Whoever holds it anywhere in the school, each looking at that school alone; over what it is held they say
    themselves. Nobody who was disabled."""
    roles = [role for role in Role if right in RIGHTS[role]]
    rows = session.execute(
        select(User, RoleGrant)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .where(RoleGrant.school_id == school_id, RoleGrant.role.in_(roles), User.disabled_at.is_(None))
        .order_by(User.id, RoleGrant.id)
    )
    users: dict[UUID, User] = {}
    grants: defaultdict[UUID, list[Grant]] = defaultdict(list)
    for user, row in rows:
        users[user.id] = user
        grants[user.id].append(Grant(Role(row.role), row.school_id, Scope(row.scope_kind), row.scope_id, row.grade))
    found = (
        Actor(user.id, user.display_name, user.locale, school_day(now), tuple(grants[user.id]), school_id)
        for user in users.values()
    )
    return [one for one in found if one.holds(right, school_id)]
