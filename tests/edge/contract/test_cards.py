import base64
import contextlib
from datetime import date

import pytest
import segno
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import example, given
from hypothesis import strategies as st

from edge.contract.cards import EPOCH, MAX_SERIAL, Card, FutureCard, NotACard, print_card, read_card

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
CARD = Card(key_id=1, serial=42, valid_until=date(2027, 8, 31), person="0192f0c1-7e7a-7c53-9a51-1d2b3c4d5e6f")
GOLDEN = (
    "DDAEAQAAAAAAVAV3YAAGJPBQL6PJ6FHGSRDUVTYTK6N6JVG2CN7KK52YHU6LR7NYPXINXQPGE"
    "5XBFZ5MBFMCYIIG74CLXSWFZYFBKEIZ644PW6SWE33A4QKTYKMTTUEKL5R7SJNIVHUZKV3OAG"
)

cards = st.builds(
    Card,
    key_id=st.integers(0, 255),
    serial=st.integers(0, MAX_SERIAL),
    valid_until=st.dates(EPOCH, date(2199, 1, 1)),
    person=st.uuids().map(str) | st.from_regex(r"\A[A-Za-z0-9_.-]{1,64}\Z"),
)


def holds(text: str) -> bool:
    """Whether the signature fits what the text claims."""
    found = read_card(text)
    try:
        KEY.public_key().verify(found.signature, found.signed)
    except InvalidSignature:
        return False
    return True


@given(card=cards)
@example(card=Card(0, 0, EPOCH, "00000000-0000-0000-0000-000000000000"))
@example(card=Card(0, 0, EPOCH, "0192F0C1-7E7A-7C53-9A51-1D2B3C4D5E6F"))
def test_what_is_printed_is_what_is_read(card: Card):
    text = print_card(card, KEY.sign)
    assert read_card(text).card == card
    assert holds(text)


def test_a_card_of_ours_is_a_small_qr_code_of_capitals_and_digits():
    text = print_card(CARD, KEY.sign)
    code = segno.make(text, error="m", micro=False)
    assert (len(text), code.mode, code.version) == (146, "alphanumeric", 6)


def test_however_a_scanner_types_it_it_is_the_same_card():
    text = print_card(CARD, KEY.sign)
    assert read_card(f"  {text.lower()}\r\n") == read_card(text)


@given(card=cards, place=st.integers(0, 10_000), letter=st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
def test_one_changed_letter_never_holds(card: Card, place: int, letter: str):
    text = print_card(card, KEY.sign)
    place %= len(text)
    forged = text[:place] + letter + text[place + 1 :]
    if forged == text:
        return
    with contextlib.suppress(NotACard, FutureCard):
        assert not holds(forged)


def test_bits_that_no_byte_needs_make_no_second_text_of_a_card():
    text = print_card(Card(1, 43, date(2027, 8, 31), "hs-1"), KEY.sign)
    assert len(text.removeprefix("DD")) * 5 % 8 == 1
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567":
        with contextlib.suppress(NotACard):
            assert text[:-1] + letter == text or not holds(text[:-1] + letter)


def test_another_schools_key_does_not_make_our_cards():
    other = Ed25519PrivateKey.from_private_bytes(bytes(32))
    assert not holds(print_card(CARD, other.sign))


def test_a_signature_made_for_something_else_does_not_fit():
    assert not holds(print_card(CARD, lambda signed: KEY.sign(signed.partition(b"\0")[2])))


@given(text=st.text() | st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", min_size=90, max_size=260).map("DD".__add__))
@example("")
@example("DD")
@example("DDAA")
@example("DD" + "A" * 400)
@example("ĐĐ")
def test_any_text_is_a_claim_or_no_card(text: str):
    try:
        found = read_card(text)
    except (NotACard, FutureCard):
        return
    assert print_card(found.card, lambda _: found.signature) == text.strip().upper()


@given(raw=st.binary(max_size=150))
def test_any_bytes_behind_our_prefix_are_a_claim_or_no_card(raw: bytes):
    text = "DD" + base64.b32encode(b"\x01" + raw).decode().rstrip("=")
    try:
        found = read_card(text)
    except NotACard:
        return
    assert print_card(found.card, lambda _: found.signature) == text


def test_a_newer_card_asks_for_an_update():
    with pytest.raises(FutureCard, match="version 2"):
        read_card("DD" + base64.b32encode(b"\x02" + bytes(90)).decode().rstrip("="))


@pytest.mark.parametrize(
    "wrong",
    [{"key_id": 256}, {"serial": 2**40}, {"serial": -1}, {"valid_until": date(2019, 12, 31)}, {"person": "An Nguyễn"}],
)
def test_what_is_no_card_cannot_be_made(wrong: dict[str, object]):
    values = {"key_id": 1, "serial": 1, "valid_until": date(2027, 8, 31), "person": "p1"}
    with pytest.raises(ValueError, match=r"card|pattern"):
        Card(**(values | wrong))


def test_cards_that_were_printed_stay_readable():
    assert read_card(GOLDEN).card == CARD
    assert holds(GOLDEN)
