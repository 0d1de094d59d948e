"""What a notice is. Pure."""

from dataclasses import dataclass
from uuid import UUID

from cloud.kit.errors import Invalid
from cloud.kit.i18n import marked

MOST_SUBJECT, MOST_BODY = 120, 4000


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
