"""A text with facts in it: one entry of the catalogue for all of them, put together in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from cloud.kit.errors import Problem
from cloud.kit.i18n.catalogue import DEFAULT, Translator, translator


@dataclass(frozen=True, slots=True)
class Phrase:
    """May be what an error is raised with: `str` of it is English, for a log or a command line."""

    text: str
    """Marked for translation; %(name)s stands where a fact belongs."""
    facts: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text % self.facts


Said: TypeAlias = Phrase | str
"""What a page says in the reader's language by its filter `said`."""


def phrase(text: str, **facts: object) -> Phrase:
    return Phrase(text, facts)


def said_by(error: Exception | None) -> Said:
    """What the error was raised with, still to be translated; nothing where there is none."""
    if error is None:
        return ""
    [first, *_] = error.args or (str(error),)
    return first if isinstance(first, Phrase) else str(first)


def problem_of(field: str, error: Exception) -> Problem:
    """What was refused, said beside a field."""
    said = said_by(error)
    told = said if isinstance(said, Phrase) else phrase(said)
    return Problem(field, told.text, tuple((fact, str(value)) for fact, value in told.facts.items()))


def say(what: Said, words: Translator) -> str:
    """In the reader's language."""
    return words.gettext(what.text) % what.facts if isinstance(what, Phrase) else words.gettext(what)


def is_translated(what: Said) -> bool:
    """Whether the catalogue holds it: what an error says to a program or to a log, it does not."""
    text = what.text if isinstance(what, Phrase) else what
    return translator(DEFAULT).gettext(text) != text
