"""The roll of a class, called as a browser without scripts calls it."""

import re
from datetime import date
from uuid import UUID

import httpx

from cloud.attendance.register import entry_queries
from cloud.attendance.register.facts import Status
from cloud.school.calendar.facts import HalfDay
from tests.cloud.pages.people import House
from tests.cloud.schoolhouse import MONDAY

MORNING = HalfDay.MORNING


def register(house: House, **query: str) -> str:
    words = "&".join(f"{name}={value}" for name, value in query.items())
    return f"/classes/{house.school.class_id}/register?{words}"


def shown(page: str) -> dict[str, str]:
    """The form's fields as a browser would send them untouched."""
    fields = dict(
        re.findall(
            r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.split('<ol class="pupils', maxsplit=1)[0]
        )
    )
    fields |= dict(re.findall(r'name="(was-[^"]+)" value="([^"]*)"', page))
    fields |= dict(re.findall(r'name="(say-[^"]+)" value="([^"]*)" checked', page))
    fields |= dict(re.findall(r'name="(permit-[^"]+)" value="(P)" checked', page))
    return fields | dict(re.findall(r'name="((?:minutes|left|came)-[^"]+)"[^>]* value="([^"]*)"', page))


def call(client: httpx.Client, house: House, day: date = MONDAY, **said: str) -> httpx.Response:
    page = client.get(register(house, day=str(day), half="morning")).text
    fields = {**shown(page), "day": str(day), "half": "morning", **{k.replace("_", "-", 1): v for k, v in said.items()}}
    return client.post(f"/classes/{house.school.class_id}/register", data=fields)


def status(house: House, pupil: UUID, day: date = MONDAY) -> Status:
    with house.database.reading() as session:
        return entry_queries.entries_of(session, [pupil], day)[pupil, MORNING].status
