"""Units in trouble as whoever looks after them is told: all that are found at once in one message."""

from datetime import datetime

from sqlalchemy.orm import Session

from cloud.accounts.access import Right
from cloud.kit.clock import school_day, school_time
from cloud.notifications.preferences import Urgency
from cloud.notifications.rules import is_news
from cloud.notifications.staff.readers import holding_whole
from cloud.notifications.staff.texts import SINCE, TROUBLES, UNIT_TROUBLE, language_of, staff_text
from cloud.notifications.telling import Occasion, StaffTelling
from cloud.school.queries import school_names
from cloud.units.events import UnitsInTrouble

NAMED = 10
"""Of more units the page says the rest."""


def units_in_trouble(session: Session, payload: str, now: datetime) -> list[StaffTelling]:
    event = UnitsInTrouble.model_validate_json(payload)
    if not is_news(event.at, now):
        return []
    _, slug = school_names(session, event.school_id)
    ids = {one.device_id for one in event.units}
    page = f"/schools/{slug}/units" + (f"/{min(ids)}" if len(ids) == 1 else "")
    occasion = Occasion(
        UNIT_TROUBLE, Urgency.ROUTINE, event.school_id, None, school_day(event.at), event.at,
        about=f"{event.school_id.hex}{event.at:%H%M%S}", path=page,
    )  # fmt: skip
    tellings = []
    for reader in holding_whole(session, Right.MANAGE_UNITS, event.school_id, now):
        language = language_of(reader.locale)
        lines = [
            SINCE[language].format(
                name=one.name, trouble=TROUBLES[one.trouble][language], time=f"{school_time(one.since):%H:%M %d/%m}"
            )
            for one in event.units[:NAMED]
        ]
        which = event.units[0].name if len(ids) == 1 else str(len(ids))
        text = staff_text(reader.locale, UNIT_TROUBLE, which=which, lines="\n".join(lines))
        tellings.append(StaffTelling(occasion, reader.user_id, text))
    return tellings
