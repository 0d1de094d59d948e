"""What a notice is. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from cloud.kit.errors import Conflict, Invalid
from cloud.kit.i18n import marked

MOST_SUBJECT, MOST_BODY = 120, 4000
REMIND_EVERY = timedelta(minutes=30)
"""A second tap is a slip, not a wish."""


@dataclass(frozen=True, slots=True)
class Audience:
    """A class, a grade, or neither: the whole school."""

    name: str
    """Of a class or a grade; empty for the school."""
    class_id: UUID | None = None
    grade: int | None = None

    @property
    def key(self) -> str:
        if self.class_id is not None:
            return f"class:{self.class_id}"
        return "school" if self.grade is None else f"grade:{self.grade}"


def audience_of(key: str, name: str) -> Audience:
    """The one that `key` names."""
    kind, _, which = key.partition(":")
    if kind == "class":
        return Audience(name, class_id=UUID(which))
    return Audience(name, grade=int(which)) if kind == "grade" else Audience("")


@dataclass(frozen=True, slots=True)
class Draft:
    subject: str
    body: str
    subject_en: str = ""
    body_en: str = ""
    emergency: bool = False


def checked(draft: Draft) -> Draft:
    """Without blanks around. Raises Invalid."""
    subject, body, subject_en, body_en = (
        part.strip() for part in (draft.subject, draft.body, draft.subject_en, draft.body_en)
    )
    if not subject or not body:
        raise Invalid(marked("A notice needs a title and a text."))
    if bool(subject_en) != bool(body_en):
        raise Invalid(marked("In English, write both the title and the text, or neither."))
    if max(len(subject), len(subject_en)) > MOST_SUBJECT or max(len(body), len(body_en)) > MOST_BODY:
        raise Invalid(marked("Too long: a title has at most 120 letters, a text 4000."))
    return Draft(subject, body, subject_en, body_en, draft.emergency)


def check_reminder(waiting: int, last_at: datetime | None, now: datetime) -> None:
    """Raises Conflict."""
    if waiting == 0:
        raise Conflict(marked("Everybody has acknowledged."))
    if last_at is not None and now - last_at < REMIND_EVERY:
        raise Conflict(marked("They have been reminded just now: please wait half an hour."))
