from datetime import date, timedelta

import apsw
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge.contract import Method, Outcome
from edge.contract.cards import Card, print_card
from edge.hardware.readers.port import Presented
from edge.recogniser.showing import Faces, Verdict, doubt, judge
from edge.store.credentials import Credential, Credentials
from edge.store.db import connect

SCHOOL = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(32))
TODAY = date(2026, 9, 7)
CARD = Card(key_id=1, serial=42, valid_until=TODAY, person="hs-1")


@pytest.fixture
def database(tmp_path_factory: pytest.TempPathFactory) -> apsw.Connection:
    return connect(tmp_path_factory.mktemp("unit"))


@pytest.fixture
def credentials(database: apsw.Connection) -> Credentials:
    made = Credentials(database)
    made.trust(1, SCHOOL.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
    made.give(Credential(Method.CARD, "0004512345", "hs-2"))
    made.give(Credential(Method.FINGERPRINT, "7", "hs-3"))
    return made


def shown(method: Method, text: str | None) -> Presented:
    return Presented(method, text, "reader", 0.0)


def qr(card: Card, key: Ed25519PrivateKey = SCHOOL) -> Presented:
    return shown(Method.QR, print_card(card, key.sign))


@pytest.mark.parametrize(
    ("presented", "person"),
    [
        (qr(CARD), "hs-1"),
        (shown(Method.CARD, "0004512345"), "hs-2"),
        (shown(Method.CARD, " 0004512345 "), "hs-2"),
        (shown(Method.FINGERPRINT, "7"), "hs-3"),
    ],
)
def test_every_way_of_being_marked_names_its_person(credentials: Credentials, presented: Presented, person: str):
    assert judge(presented, credentials, TODAY) == Verdict(Outcome.IDENTIFIED, person)


@pytest.mark.parametrize("presented", [shown(Method.CARD, "1"), shown(Method.FINGERPRINT, None)])
def test_a_chip_or_finger_of_nobody_is_unknown(credentials: Credentials, presented: Presented):
    verdict = judge(presented, credentials, TODAY)
    assert verdict is not None
    assert (verdict.outcome, verdict.person) == (Outcome.UNKNOWN, None)


def test_a_number_that_is_a_chips_is_no_fingers(credentials: Credentials):
    assert judge(shown(Method.FINGERPRINT, "0004512345"), credentials, TODAY).outcome is Outcome.UNKNOWN


def test_a_card_counts_on_its_last_day_and_not_after(credentials: Credentials):
    assert judge(qr(CARD), credentials, TODAY).outcome is Outcome.IDENTIFIED
    late = judge(qr(CARD), credentials, TODAY + timedelta(days=1))
    assert (late.outcome, late.person, late.candidates, late.reason) == (Outcome.REFUSED, None, ("hs-1",), "expired")


def test_while_the_date_is_not_known_no_card_is_too_old(credentials: Credentials):
    assert judge(qr(CARD), credentials, None).outcome is Outcome.IDENTIFIED


def test_a_revoked_card_is_refused_and_its_successor_counts(credentials: Credentials):
    credentials.revoke([42])
    assert judge(qr(CARD), credentials, TODAY).reason == "revoked"
    successor = Card(key_id=1, serial=43, valid_until=TODAY, person="hs-1")
    assert judge(qr(successor), credentials, TODAY).outcome is Outcome.IDENTIFIED


@pytest.mark.parametrize(
    "presented",
    [
        qr(CARD, STRANGER),
        qr(Card(key_id=9, serial=42, valid_until=TODAY, person="hs-1")),
        shown(Method.QR, print_card(CARD, lambda body: bytes(64))),
    ],
)
def test_a_forged_card_is_refused_and_accuses_nobody(credentials: Credentials, presented: Presented):
    verdict = judge(presented, credentials, TODAY)
    assert (verdict.outcome, verdict.person, verdict.candidates) == (Outcome.REFUSED, None, ())


def test_a_school_that_distrusts_a_key_refuses_its_cards(credentials: Credentials):
    credentials.distrust(1)
    assert judge(qr(CARD), credentials, TODAY).outcome is Outcome.REFUSED


@pytest.mark.parametrize("text", ["", "9786043", "https://example.org", "DD", "hs-1", "DDAAAA"])
def test_a_code_that_is_none_of_ours_is_nobodys_passage(credentials: Credentials, text: str):
    assert judge(shown(Method.QR, text), credentials, TODAY) is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(method=st.sampled_from([Method.QR, Method.CARD, Method.FINGERPRINT]), text=st.text())
def test_no_made_up_text_ever_names_anybody(credentials: Credentials, method: Method, text: str):
    verdict = judge(shown(method, text), credentials, TODAY)
    known = method is not Method.QR and text.strip().upper() in {"0004512345", "7"}
    assert known or verdict is None or verdict.person is None


IDENTIFIED = Verdict(Outcome.IDENTIFIED, "hs-1")


def faces(*them: str) -> Faces:
    """`an|em` is a face that may be either."""
    return tuple(frozenset(filter(None, one.split("|"))) for one in them)


def test_the_only_face_there_is_somebody_elses_so_staff_are_asked():
    doubted = doubt(IDENTIFIED, faces("hs-9"))
    assert (doubted.outcome, doubted.person, doubted.candidates) == (Outcome.ASK, None, ("hs-1", "hs-9"))
    assert doubt(IDENTIFIED, faces("hs-8|hs-9")).candidates == ("hs-1", "hs-8", "hs-9")


@pytest.mark.parametrize(
    "before_the_camera",
    [[], ["hs-1"], [""], ["hs-1", "hs-9"], ["hs-9", ""], ["hs-8", "hs-9"], ["hs-1|hs-2"], ["hs-8|hs-9", "hs-8|hs-9"]],
    ids=["nobody", "the same", "a child without consent", "a friend beside", "a child behind", "a crowd",
         "a twin", "a friend beside twins"],
)  # fmt: skip
def test_nobody_is_doubted_without_reason(before_the_camera: list[str]):
    assert doubt(IDENTIFIED, faces(*before_the_camera)) == IDENTIFIED


def test_what_was_refused_stays_refused_whatever_the_face_says():
    refused = Verdict(Outcome.REFUSED, candidates=("hs-1",), reason="revoked")
    assert doubt(refused, faces("hs-1")) == refused
