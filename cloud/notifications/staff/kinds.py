"""What members of staff may switch off, each offered to whoever may be told of it at all."""

from dataclasses import dataclass

from cloud.accounts.access import Actor, Right
from cloud.kit.i18n import marked
from cloud.notifications.staff.texts import LEAVE_ASKED, POST_WAITS
from cloud.notifications.texts import GROUP_TO_LOOK_AT, THREAD_TO_TEACHER


@dataclass(frozen=True, slots=True)
class Kind:
    name: str
    words: str
    """Marked for translation."""
    right: Right

    def concerns(self, actor: Actor) -> bool:
        """Somewhere at one of their schools."""
        return any(actor.holds(self.right, school_id) for school_id in actor.schools)


KINDS = (
    Kind(LEAVE_ASKED, marked("a family asks for leave"), Right.DECIDE_LEAVE),
    Kind(THREAD_TO_TEACHER, marked("a family writes to me"), Right.WRITE_MESSAGES),
    Kind(GROUP_TO_LOOK_AT, marked("something in a class group waits or was reported"), Right.MODERATE_GROUPS),
    Kind(POST_WAITS, marked("news waits to be approved"), Right.APPROVE_POSTS),
)


def kinds_for(actor: Actor) -> tuple[Kind, ...]:
    return tuple(kind for kind in KINDS if kind.concerns(actor))
