"""Days of the week and states in plain words. Marked here, translated where they are shown."""

from cloud.attendance.meals.rules import EVERY_DAY, eats_on
from cloud.kit.i18n import marked

WEEKDAYS = (marked("Mon"), marked("Tue"), marked("Wed"), marked("Thu"), marked("Fri"), marked("Sat"))
EVERY = (marked("every school day"),)
STATES = {
    "requested": marked("requested"),
    "approved": marked("approved"),
    "rejected": marked("rejected"),
    "withdrawn": marked("withdrawn"),
}


def days_in_words(weekdays: int) -> tuple[str, ...]:
    if weekdays == EVERY_DAY:
        return EVERY
    return tuple(name for number, name in enumerate(WEEKDAYS) if eats_on(weekdays, number))
