"""Zalo ZNS over its real form: what each of its answers leads to, and a refresh token that is used once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from pydantic import SecretStr

from cloud.kit.clock import SCHOOL_TIME
from cloud.kit.db import Database
from cloud.kit.errors import CloudError
from cloud.notifications import token_queries
from cloud.notifications.rules import next_attempt_at
from cloud.notifications.transport import Outgoing, TransportError
from cloud.notifications.zalo_tokens import AccessToken, ZaloTokens, store_refresh_token
from cloud.notifications.zns import NIGHT_BEGINS, NIGHT_ENDS, Zns, end_of_night
from scripts.loopback.zalo import APP_ID, APP_SECRET, TEMPLATE_ID
from tests.cloud.small_school import MORNING
from tests.services.zalo import Zalo

SECRET = "a secret of the tests' own, long enough"
ID = UUID("01990000-0000-7000-8000-0000000000aa")
SUBJECT, BODY = "Nguyễn Thị Lan đã đến trường lúc 07:07", "Nguyễn Thị Lan (lớp 1A) đã đến trường."
OUTGOING = Outgoing(ID, SUBJECT, BODY, "vi", MORNING, phone="84987654321")


def tokens_of(database: Database, zalo: Zalo) -> ZaloTokens:
    return ZaloTokens(database, SECRET, APP_ID, APP_SECRET, zalo.url)


@pytest.fixture
def tokens(database: Database, zalo: Zalo) -> ZaloTokens:
    store_refresh_token(database, SecretStr(SECRET), "refresh 0", MORNING)
    return tokens_of(database, zalo)


@pytest.fixture
def zns(tokens: ZaloTokens, zalo: Zalo) -> Zns:
    return Zns(tokens, zalo.url, TEMPLATE_ID, APP_SECRET)


def refused(zns: Zns, now: datetime = MORNING) -> TransportError:
    with pytest.raises(TransportError) as caught:
        zns.send(OUTGOING, now)
    return caught.value


def test_a_message_arrives_intact_and_the_tokens_are_sealed(database: Database, zns: Zns, zalo: Zalo) -> None:
    for _ in range(2):
        assert zns.send(OUTGOING, MORNING) == frozenset()
    [first, _] = zalo.messages
    assert (first.phone, first.title, first.content, first.tracking_id) == ("84987654321", SUBJECT, BODY, ID.hex)
    assert zalo.refreshes == 1
    with database.reading() as session:
        row = token_queries.sealed(session, "zalo")
    assert row is not None
    assert b"refresh" not in row[0]


def test_a_token_that_ended_early_is_refreshed_once_and_the_message_goes(zns: Zns, zalo: Zalo) -> None:
    zns.send(OUTGOING, MORNING)
    zalo.expire()
    zns.send(OUTGOING, MORNING)
    assert (zalo.refreshes, zalo.refused, len(zalo.messages)) == (2, [-124], 2)
    zalo.error = -124
    assert refused(zns).permanent is False
    assert (zalo.refreshes, zalo.refused) == (3, [-124, -124, -124])


def test_a_token_near_its_end_is_replaced_before_it_ends(zns: Zns, zalo: Zalo) -> None:
    zns.send(OUTGOING, MORNING)
    zns.send(OUTGOING, MORNING + timedelta(hours=11))
    assert zalo.refreshes == 1
    zns.send(OUTGOING, MORNING + timedelta(hours=25))
    assert (zalo.refreshes, zalo.refused) == (2, [])


@pytest.mark.parametrize(
    ("error", "permanent"),
    [(-100, False), (-108, True), (-118, True), (-119, True), (-144, True), (-147, True), (-133, False), (-999, True)],
)
def test_each_of_zalo_s_answers_is_treated_as_what_it_is(zns: Zns, zalo: Zalo, error: int, permanent: bool) -> None:
    zalo.error = error
    failure = refused(zns)
    assert failure.permanent is permanent
    assert (zalo.messages, zalo.refreshes) == ([], 1)
    assert (failure.not_before is not None) is (error == -133)
    assert "Lan" not in str(failure)


@pytest.mark.parametrize("hour", range(24))
def test_by_night_nothing_is_asked_of_zalo_and_the_message_waits_for_the_morning(
    zns: Zns, zalo: Zalo, hour: int
) -> None:
    now = datetime(2026, 11, 16, hour, 30, tzinfo=SCHOOL_TIME)
    if NIGHT_ENDS <= hour < NIGHT_BEGINS:
        assert end_of_night(now) is None
        return
    morning = datetime(2026, 11, 16 + (hour >= 22), 6, tzinfo=SCHOOL_TIME)
    assert refused(zns, now).not_before == morning
    assert (zalo.refused, zalo.refreshes) == ([], 0)
    assert next_attempt_at(1, now, now, morning) == morning


def test_without_a_number_a_token_or_zalo_it_says_which(database: Database, zalo: Zalo) -> None:
    zns = Zns(tokens_of(database, zalo), zalo.url, TEMPLATE_ID, APP_SECRET)
    assert "zalo-token" in str(refused(zns))
    with pytest.raises(TransportError, match="phone") as caught:
        zns.send(Outgoing(ID, SUBJECT, BODY, "vi", MORNING), MORNING)
    assert caught.value.permanent
    store_refresh_token(database, SecretStr(SECRET), "used before", MORNING)
    assert "zalo-token" in str(refused(zns))
    nowhere = Zns(ZaloTokens(database, SECRET, APP_ID, APP_SECRET, "http://127.0.0.1:9"), zalo.url, "42", APP_SECRET)
    assert refused(nowhere).permanent is False
    other_secret = Zns(ZaloTokens(database, "another", APP_ID, APP_SECRET, zalo.url), zalo.url, "42", APP_SECRET)
    assert "SECRET_KEY" in str(refused(other_secret))
    # None of these tries has kept the token from whoever comes with a good one.
    store_refresh_token(database, SecretStr(SECRET), "refresh 0", MORNING)
    zns.send(OUTGOING, MORNING)


def test_however_many_workers_find_the_token_ended_one_refreshes(tokens: ZaloTokens, zalo: Zalo) -> None:
    old = tokens.current(MORNING)

    def refresh(_: int) -> AccessToken | None:
        try:
            return tokens.refreshed(old, MORNING)
        except TransportError:
            return None

    with ThreadPoolExecutor(6) as pool:
        found = set(pool.map(refresh, range(6))) - {None}
    assert found == {AccessToken("access 2", 2 + old.version - 1)}
    assert zalo.refreshes == 2


def test_a_worker_killed_while_it_held_the_token_keeps_the_others_waiting_for_its_lease_alone(
    database: Database, tokens: ZaloTokens, zns: Zns
) -> None:
    old = tokens.current(MORNING)
    with database.writing() as session:
        later = MORNING + timedelta(seconds=60)
        assert token_queries.hold(session, "zalo", version=old.version, now=MORNING, until=later)
    with pytest.raises(TransportError, match="another worker"):
        tokens.refreshed(old, MORNING + timedelta(seconds=59))
    assert tokens.refreshed(old, later).access_token == "access 2"


def test_a_token_is_kept_only_under_a_secret(database: Database) -> None:
    now = datetime(2026, 11, 16, tzinfo=UTC)
    with pytest.raises(CloudError, match="SECRET_KEY"):
        store_refresh_token(database, None, "refresh 0", now)
    with pytest.raises(CloudError, match="standard input"):
        store_refresh_token(database, SecretStr(SECRET), "", now)
