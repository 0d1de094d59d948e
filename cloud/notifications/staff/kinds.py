"""What members of staff may switch off, each offered to whoever may be told of it at all."""

from dataclasses import dataclass

from cloud.accounts.access import RIGHTS, Actor, Right, Role
from cloud.kit.i18n import marked
from cloud.notifications.staff.readers import RUNNING
from cloud.notifications.staff.texts import (
    CLASS_FIGURES,
    LEAVE_ASKED,
    LEAVE_NOTED,
    POST_WAITS,
    SCHOOL_RATES,
    TIMESHEET_ASKED,
    UNIT_TROUBLE,
)
from cloud.notifications.texts import GROUP_TO_LOOK_AT, THREAD_TO_TEACHER


@dataclass(frozen=True, slots=True)
class Kind:
    name: str
    words: str
    """Marked for translation."""
    right: Right
    roles: tuple[Role, ...] = ()
    """Of those who hold it; none: all of them."""

    def concerns(self, actor: Actor) -> bool:
        """Somewhere at one of their schools."""
        return any(
            grant.holds and self.right in RIGHTS[grant.role] and (not self.roles or grant.role in self.roles)
            for grant in actor.grants
        )


KINDS = (
    Kind(LEAVE_ASKED, marked("a family asks for leave"), Right.DECIDE_LEAVE),
    Kind(LEAVE_NOTED, marked("somebody else writes down leave for a pupil of my class"), Right.DECIDE_LEAVE),
    Kind(
        CLASS_FIGURES,
        marked("once a day: how many of my class are present"),
        Right.KEEP_ATTENDANCE,
        (Role.HOMEROOM_TEACHER,),
    ),
    Kind(SCHOOL_RATES, marked("once a day: the rates of the classes"), Right.SEE_ATTENDANCE, RUNNING),
    Kind(THREAD_TO_TEACHER, marked("a family writes to me"), Right.WRITE_MESSAGES),
    Kind(GROUP_TO_LOOK_AT, marked("something in a class group waits or was reported"), Right.MODERATE_GROUPS),
    Kind(UNIT_TROUBLE, marked("a unit has been in trouble for a while"), Right.MANAGE_UNITS),
    Kind(TIMESHEET_ASKED, marked("a correction of a timesheet waits"), Right.KEEP_TIMESHEETS),
    Kind(POST_WAITS, marked("news waits to be approved"), Right.APPROVE_POSTS),
)


def kinds_for(actor: Actor) -> tuple[Kind, ...]:
    return tuple(kind for kind in KINDS if kind.concerns(actor))
