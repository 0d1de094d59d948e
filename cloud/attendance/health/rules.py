"""What the health desk may write. Pure."""

from enum import StrEnum

from cloud.kit.errors import Invalid
from cloud.kit.i18n import marked

LOWEST_C, HIGHEST_C = 34.0, 43.0
LOWEST_LIMIT_C, HIGHEST_LIMIT_C = 36.0, 40.0
"""As a unit's own limit."""


class Kind(StrEnum):
    FEVER = "fever"
    UNWELL = "unwell"
    INJURED = "injured"
    RESTED = "rested"
    MEDICINE = "medicine"
    PHONED = "phoned"
    SENT_HOME = "sent_home"
    TO_CLINIC = "to_clinic"
    OTHER = "other"


KINDS: dict[Kind, str] = {
    Kind.FEVER: marked("fever"),
    Kind.UNWELL: marked("felt unwell"),
    Kind.INJURED: marked("was hurt"),
    Kind.RESTED: marked("rested at the health desk"),
    Kind.MEDICINE: marked("was given medicine"),
    Kind.PHONED: marked("phoned the parents"),
    Kind.SENT_HOME: marked("was sent home"),
    Kind.TO_CLINIC: marked("was taken to a doctor"),
    Kind.OTHER: marked("something else"),
}
"""In plain words; translated where they are shown."""


def read_temperature(text: str) -> float | None:
    """As typed, with a comma or a point; None where nothing was. Raises Invalid."""
    celsius = _read_celsius(text, otherwise=marked("Write the temperature as 38.2."))
    if celsius is not None and not LOWEST_C <= celsius <= HIGHEST_C:
        raise Invalid(marked("A temperature lies between 34 and 43 °C."))
    return celsius


def read_fever_limit(text: str) -> float | None:
    """As typed; None where nothing was: the installation's. Raises Invalid."""
    limit = _read_celsius(text, otherwise=marked("Write the limit as 37.5."))
    if limit is not None and not LOWEST_LIMIT_C <= limit <= HIGHEST_LIMIT_C:
        raise Invalid(marked("The limit lies between 36 and 40 °C."))
    return limit


def _read_celsius(text: str, *, otherwise: str) -> float | None:
    typed = text.strip().replace(",", ".")
    if not typed:
        return None
    try:
        return round(float(typed), 1)
    except ValueError as error:
        raise Invalid(otherwise) from error


def check_entry(kind: Kind, temperature_c: float | None, note: str) -> None:
    """Raises Invalid for an entry that says nothing."""
    if kind is Kind.OTHER and not note.strip():
        raise Invalid(marked("Please write what it was."))
    if kind is Kind.FEVER and temperature_c is None:
        raise Invalid(marked("A fever needs its temperature."))
