"""Brings `cloud/locale/vi.po` up to the texts in code and templates, and says what lacks a translation."""

import argparse
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

from cloud.kit.i18n.catalogue import LOCALE, Language

CLOUD = LOCALE.parent
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
KEYWORDS = {**DEFAULT_KEYWORDS, "marked": None}


def texts_in_code(folder: Path = CLOUD) -> Catalog:
    catalogue = Catalog(project="diemdanh", charset="utf-8")
    options = {"**.html": {"trimmed": "true", "silent": "false"}}
    for file, line, message, comments, context in extract_from_dir(
        folder, METHODS, options, keywords=KEYWORDS, comment_tags=["Translators:"]
    ):
        catalogue.add(message, None, [(file, line)], auto_comments=comments, context=context)
    return catalogue


def read_catalogue(language: Language) -> Catalog:
    with (LOCALE / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


def missing(catalogue: Catalog) -> list[str]:
    """Texts without a translation, or with one that was only guessed."""
    return [
        str(message.id) for message in catalogue if message.id and (message.fuzzy or not all(_forms(message.string)))
    ]


def _forms(string: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    return tuple(string) if isinstance(string, list | tuple) else (string or "",)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="scripts/translations",
        description=__doc__,
        epilog="examples:\n  scripts/translations    after a text was added or changed; then fill the empty msgstr",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.parse_args()
    catalogue = read_catalogue(Language.VI)
    catalogue.update(texts_in_code(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    with (LOCALE / f"{Language.VI}.po").open("wb") as file:
        # The header would hold nothing but times, which no two people write alike.
        write_po(file, catalogue, width=120, sort_output=True, no_location=True, ignore_obsolete=True, omit_header=True)
    untranslated = missing(catalogue)
    sys.stderr.writelines(f"not translated: {text}\n" for text in untranslated)
    return 1 if untranslated else 0


if __name__ == "__main__":
    sys.exit(main())
