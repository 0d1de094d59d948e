"""What a guardian is to a pupil, as far as the sector database's facts tell it."""

from collections.abc import Mapping

from cloud.kit.i18n import marked
from cloud.people.exchange.formats import Field
from cloud.people.names import search_form

KIN = {Field.FATHER_NAME: marked("father"), Field.MOTHER_NAME: marked("mother")}


def kin_of(full_name: str, details: Mapping[Field, str]) -> str:
    """To be translated; empty where neither parent is written down by that name."""
    name = search_form(full_name)
    return next((word for field, word in KIN.items() if search_form(details.get(field, "")) == name), "")
