"""The next channel where one did not get over, a digest once a day, and schools in turn."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import select

from cloud.kit.db import Database
from cloud.notifications import queries
from cloud.notifications.following import follow_up
from cloud.notifications.preference_queries import save_preference
from cloud.notifications.preferences import FALL_BACK_AFTER, Preference, Urgency
from cloud.notifications.queries import NewMessage
from cloud.notifications.sending import send_due
from cloud.notifications.tables import Message
from cloud.notifications.telling import Occasion, Telling, tell
from cloud.notifications.texts import Text
from cloud.notifications.transport import Channel, Outgoing, PushAddress, TransportError
from cloud.people.queries import contacts_of
from cloud.people.tables import Guardian
from tests.cloud.schoolhouse import at
from tests.cloud.small_school import MORNING, SmallSchool, small_school

TEXT = Text("Nguyễn Thị Lan", "Lan đã đến trường.")


class Provider:
    """Takes what it is given, or refuses for good."""

    def __init__(self, channel: Channel, *, refuses: bool = False, reports: bool = False) -> None:
        self.channel = channel
        self.reports = reports or channel is Channel.WEB_PUSH
        self.refuses = refuses
        self.taken: list[Outgoing] = []

    def send(self, outgoing: Outgoing, now: datetime) -> frozenset[str]:
        if self.refuses:
            raise TransportError("no account", permanent=True)
        self.taken.append(outgoing)
        return frozenset()


@pytest.fixture
def school(database: Database) -> Iterator[SmallSchool]:
    school = small_school(database)
    with database.writing() as session:
        session.scalars(select(Guardian).where(Guardian.user_id == school.bob.user_id)).one().phone = "84987654321"
        queries.add_browser(
            session, school.bob.user_id, PushAddress("https://push.example.vn/1", "p", "a"), now=MORNING
        )
    return school


def say(
    database: Database, school: SmallSchool, *, urgency: Urgency = Urgency.ROUTINE, now: datetime = MORNING
) -> None:
    with database.writing() as session:
        occasion = Occasion(f"k{now:%H%M}", urgency, school.id, school.lan, now.date(), now)
        tellings = [Telling(occasion, contact, TEXT) for contact in contacts_of(session, [school.lan])[school.lan]]
        tell(session, tellings, frozenset(Channel), now)


def wish(database: Database, school: SmallSchool, preference: Preference) -> None:
    with database.writing() as session:
        save_preference(session, school.bob.user_id, preference, now=MORNING)


def states(database: Database) -> list[tuple[str, str]]:
    with database.reading() as session:
        rows = session.execute(select(Message.channel, Message.state).order_by(Message.queued_at, Message.id))
        return [(channel, state) for channel, state in rows]


def test_one_that_is_refused_for_good_goes_by_the_next_and_the_next_and_ends_there(
    database: Database, school: SmallSchool
) -> None:
    say(database, school)
    for channel in (Channel.WEB_PUSH, Channel.ZALO, Channel.EMAIL, Channel.SMS):
        send_due(database, Provider(channel, refuses=True), lambda: MORNING)
    assert states(database) == [(one, "failed") for one in ("web_push", "zalo", "email", "sms")]


def test_what_no_device_has_shown_in_time_goes_by_the_next_once(database: Database, school: SmallSchool) -> None:
    push, zalo = Provider(Channel.WEB_PUSH), Provider(Channel.ZALO)
    say(database, school)
    send_due(database, push, lambda: MORNING)
    soon, late = MORNING + FALL_BACK_AFTER - timedelta(seconds=1), MORNING + FALL_BACK_AFTER
    assert follow_up(database, lambda: soon) == 0
    assert follow_up(database, lambda: late) == 1
    assert follow_up(database, lambda: late) == 0
    send_due(database, zalo, lambda: late)
    # Zalo was not asked to say what arrived: that it took the message is the end of it.
    assert follow_up(database, lambda: late + timedelta(days=1)) == 0
    assert states(database) == [("web_push", "sent"), ("zalo", "sent")]
    assert zalo.taken[0].body == TEXT.body


def test_what_a_device_has_shown_goes_no_further(database: Database, school: SmallSchool) -> None:
    push = Provider(Channel.WEB_PUSH)
    say(database, school)
    send_due(database, push, lambda: MORNING)
    with database.writing() as session:
        queries.mark_delivered(session, push.taken[0].id, now=MORNING)
    assert follow_up(database, lambda: MORNING + timedelta(hours=1)) == 0
    assert states(database) == [("web_push", "delivered")]


def test_quiet_hours_hold_what_is_routine_and_let_pass_what_is_not(database: Database, school: SmallSchool) -> None:
    wish(database, school, Preference((Channel.EMAIL,), time(21), time(6)))
    mail, night = Provider(Channel.EMAIL), at("22:00")
    say(database, school, now=night)
    say(database, school, urgency=Urgency.URGENT, now=night + timedelta(minutes=1))
    morning = at("06:00") + timedelta(days=1)
    for now, taken in ((night + timedelta(minutes=2), 1), (morning - timedelta(seconds=1), 1), (morning, 2)):
        send_due(database, mail, lambda now=now: now)
        assert len(mail.taken) == taken


def test_an_emergency_goes_at_once_by_every_channel_whatever_was_wished(
    database: Database, school: SmallSchool
) -> None:
    wish(database, school, Preference((Channel.EMAIL,), time(0), time(23, 59), time(18)))
    say(database, school, urgency=Urgency.EMERGENCY)
    providers = [Provider(channel) for channel in Channel]
    for provider in providers:
        send_due(database, provider, lambda: MORNING)
    assert [len(provider.taken) for provider in providers] == [1, 1, 1, 1]


def test_a_digest_comes_once_a_day_with_all_that_waited_for_it(database: Database, school: SmallSchool) -> None:
    wish(database, school, Preference((Channel.EMAIL, Channel.SMS), digest_at=time(18)))
    mail = Provider(Channel.EMAIL)
    for clock in ("07:07", "11:40", "18:30"):
        say(database, school, now=at(clock))
    for _ in range(2):
        follow_up(database, lambda: at("18:00"))
        send_due(database, mail, lambda: at("18:00"))
    [digest] = mail.taken
    assert digest.subject == "Tin trong ngày của Nguyễn Thị Lan (lớp 1A)"
    assert digest.body == "07:07 Lan đã đến trường.\n11:40 Lan đã đến trường."
    assert sorted(states(database)) == [
        ("email", "held"),
        ("email", "in_digest"),
        ("email", "in_digest"),
        ("email", "sent"),
    ]


def test_a_school_with_a_long_queue_does_not_keep_another_waiting(database: Database, school: SmallSchool) -> None:
    with database.writing() as session:
        guardians = dict(session.execute(select(Guardian.school_id, Guardian.id)).all())
        other_school = next(one for one in guardians if one != school.id)
        for n in range(30):
            for school_id, student in ((school.id, school.lan), (other_school, school.stranger)):
                if school_id == school.id or n < 3:
                    queries.queue(
                        session,
                        [
                            NewMessage(
                                school_id,
                                guardians[school_id],
                                student,
                                Channel.EMAIL,
                                "k",
                                "s",
                                "b",
                                f"{n}{student}",
                                MORNING,
                            )
                        ],
                        now=MORNING + timedelta(seconds=n if school_id == school.id else 60 + n),
                    )
        now = MORNING + timedelta(hours=1)
        first = [one.id for one in queries.claim(session, Channel.EMAIL, now=now, limit=6)]
        by_school = list(session.scalars(select(Message.school_id).where(Message.id.in_(first))))
    assert by_school.count(school.id) == by_school.count(other_school) == 3
