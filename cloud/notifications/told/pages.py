"""A guardian reads what they were told of a child; the office sees who heard of what; the school, how its ways do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from cloud.accounts.access import Right
from cloud.accounts.visitor import SignedIn
from cloud.kit.i18n import marked
from cloud.kit.web.service import page, service
from cloud.notifications.pages import CHANNELS
from cloud.notifications.told import queries
from cloud.notifications.told.queries import Failure, Told, Traffic, Unreached
from cloud.notifications.transport import Channel
from cloud.people.access import Pupil, child_of, student_for
from cloud.school.access import OwnSchool, school_for, workplaces_for
from cloud.school.frame import Group, Place, staff_page

router = APIRouter(include_in_schema=False)

PLACES = (Place(marked("Ways to families"), "/schools/{slug}/ways", Right.SEE_WHOLE, Group.MESSAGES, whole=True),)

SHOWN_FOR = timedelta(days=60)
LATELY = timedelta(days=1)
TOO_LONG = timedelta(minutes=5)
"""What should have gone so long ago does not go: no worker runs, or the provider is away."""


@dataclass(frozen=True, slots=True)
class FamilyView:
    child: Pupil
    told: Sequence[Told]
    channel_words: Mapping[Channel, str]


@dataclass(frozen=True, slots=True)
class PupilView:
    school: OwnSchool
    pupil: Pupil
    told: Sequence[Told]
    channel_words: Mapping[Channel, str]


@dataclass(frozen=True, slots=True)
class WayLine:
    channel: Channel
    words: str
    set_up: bool
    reports: bool
    """Whether somebody says what arrived."""
    traffic: Traffic | None
    stuck: bool


@dataclass(frozen=True, slots=True)
class WaysView:
    school: OwnSchool
    ways: Sequence[WayLine]
    failures: Sequence[Failure]
    channel_words: Mapping[Channel, str]
    unreached: Mapping[str, Sequence[Unreached]]
    """By class."""

    @property
    def none_set_up(self) -> bool:
        return not any(one.set_up for one in self.ways)


@router.get("/children/{student_id}/told")
def show_to_family(request: Request, visitor: SignedIn, student_id: UUID) -> Response:
    kit = service(request)
    since = kit.clock() - SHOWN_FOR
    with kit.database.reading() as session:
        child = child_of(session, visitor.actor, student_id)
        told = queries.told_to(session, visitor.actor.user_id, child.id, since=since)
    if any(one.read_at is None for one in told):
        with kit.database.writing() as session:
            queries.mark_read(session, visitor.actor.user_id, child.id, since=since, now=kit.clock())
    return page(request, "notifications/told/family.html", FamilyView(child, told, CHANNELS))


@router.get("/students/{student_id}/told")
def show_to_staff(request: Request, visitor: SignedIn, student_id: UUID) -> Response:
    kit = service(request)
    with kit.database.reading() as session:
        pupil = student_for(session, visitor.actor, student_id, Right.WRITE_MESSAGES)
        school = next(one for one in workplaces_for(session, visitor.actor) if one.id == pupil.school_id)
        told = queries.told_of(session, pupil.id, since=kit.clock() - SHOWN_FOR)
    view = PupilView(school, pupil, told, CHANNELS)
    return staff_page(request, "notifications/told/pupil.html", view, visitor.actor, school)


@router.get("/schools/{slug}/ways")
def show_ways(request: Request, visitor: SignedIn, slug: str) -> Response:
    kit = service(request)
    now, set_up = kit.clock(), {Channel(name) for name in kit.settings.ways_to_families}
    reports = kit.settings.ways_that_report
    with kit.database.reading() as session:
        school = school_for(session, visitor.actor, slug)
        traffic = queries.traffic(session, school.id, since=now - LATELY, now=now)
        failures = queries.failures(session, school.id, since=now - LATELY)
        unreached = queries.unreached(session, school.id, set_up, visitor.actor.today)
    ways = []
    for channel, words in CHANNELS.items():
        one = traffic.get(channel)
        stuck = one is not None and one.overdue_since is not None and now - one.overdue_since > TOO_LONG
        ways.append(WayLine(channel, words, channel in set_up, channel in reports, one, stuck))
    by_class = {name: list(some) for name, some in groupby(unreached, key=lambda one: one.class_name)}
    view = WaysView(school, ways, failures, CHANNELS, by_class)
    return staff_page(request, "notifications/told/ways.html", view, visitor.actor, school)
