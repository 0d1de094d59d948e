"""Where translated texts come from: English in the code, Vietnamese in `cloud/locale/vi.po`, read once at start."""

import gettext
from enum import StrEnum
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).parents[2] / "locale"


class Language(StrEnum):
    VI = "vi"
    EN = "en"


DEFAULT = Language.VI

LANGUAGES = {Language.VI: "Tiếng Việt", Language.EN: "English"}
"""Each language by its own name, as a switch shows it."""

Translator = gettext.NullTranslations
"""Has gettext and ngettext; a text without a translation comes back in English."""


def language_of(code: str | None) -> Language:
    """The language that `code` names, or the default for anything else: a cookie is only a wish."""
    return next((language for language in Language if language == code), DEFAULT)


@cache
def translator(language: Language) -> Translator:
    source = LOCALE / f"{language}.po"
    if not source.exists():
        return gettext.NullTranslations()
    compiled = BytesIO()
    with source.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def marked(text: str) -> str:
    """Marks `text` for the catalogue where it is written; it is translated where it is shown."""
    return text
