"""Consent forms on paper, as PDF: the same words that a guardian reads on the page, and two empty boxes."""

import json
from collections.abc import Sequence
from pathlib import Path

import typst

from cloud.biometrics.reading import ChildFile
from cloud.biometrics.wordings import Wording
from cloud.kit.i18n import Language, marked, translator

TEMPLATE = Path(__file__).with_name("forms.typ")


def print_forms(files: Sequence[ChildFile], wording: Wording, version: int, language: Language) -> bytes:
    """A page for each pupil, from 7 years with the child's own question; where everybody has answered, one to write a
    name on."""
    words = translator(language)
    texts = wording.model_dump(include={"title", "purpose", "facts", "question", "yes", "no"})
    child = wording.model_dump(include={"child_title", "child_text", "child_yes", "child_no"})
    document = {
        **texts,
        **child,
        "language": language,
        "pupil": words.gettext(marked("Pupil:")),
        "guardian": words.gettext(marked("Guardian's full name:")),
        "day": words.gettext(marked("Day:")),
        "signature": words.gettext(marked("Signature:")),
        "child_signature": words.gettext(marked("The child's name or drawing:")),
        "version": f"{words.gettext(marked('wording %(number)s')) % {'number': version}} · {wording.digest[:12]}",
        "pupils": [
            {
                "name": file.pupil.full_name,
                "class": words.gettext(marked("Class %(name)s")) % {"name": file.pupil.class_name},
                "child": file.child is not None,
            }
            for file in files
        ]
        or [{"name": "." * 60, "class": "", "child": True}],
    }
    pdf = typst.compile(TEMPLATE, sys_inputs={"forms": json.dumps(document)}, ignore_system_fonts=True)
    assert isinstance(pdf, bytes), "a PDF is one file"
    return pdf
