"""SMS: what fits into one, and what the aggregator's answers lead to."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.notifications.sms import Sms
from cloud.notifications.sms_text import GSM, fitted, is_unicode, segments, without_diacritics
from cloud.notifications.transport import Outgoing, TransportError
from scripts.loopback.sms import TOKEN
from tests.cloud.small_school import MORNING
from tests.services.sms import SmsService

ID = UUID("01990000-0000-7000-8000-0000000000aa")
SUBJECT, BODY = "Đặng Thị Ánh đã đến trường", "Đặng Thị Ánh (lớp 1A) đã đến trường lúc 07:07, ngày 16/11/2026."
OUTGOING = Outgoing(ID, SUBJECT, BODY, "vi", MORNING, phone="84987654321")


def sms_by(service: SmsService, *, diacritics: bool = True, most: int = 3, token: str = TOKEN) -> Sms:
    return Sms(service.url, token, "TRUONG A", diacritics=diacritics, most_segments=most)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 1), ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("€" * 80, 1), ("€" * 81, 2),
        ("đ" * 70, 1), ("đ" * 71, 2), ("đ" * 134, 2), ("đ" * 135, 3), ("😀" * 35, 1), ("😀" * 36, 2),
    ],
)  # fmt: skip
def test_segments_are_counted_as_they_are_paid_for(text: str, expected: int) -> None:
    assert segments(text) == expected


@given(st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyàảãáạằẳẵắặĐẶÁỊỲ 0123456789.,:/()", max_size=400))
def test_without_diacritics_vietnamese_is_gsm_of_the_same_length_and_needs_no_more_segments(text: str) -> None:
    plain = without_diacritics(text)
    assert set(plain) <= GSM
    assert len(plain) == len(text)
    assert segments(plain) <= segments(text)


@given(st.text(max_size=300), st.text(max_size=300), st.integers(1, 4))
def test_whatever_is_said_fits(subject: str, body: str, most: int) -> None:
    text = fitted(subject, body, most=most)
    assert segments(text) <= most
    assert text in (body, subject) or text.endswith("…")


def test_a_message_arrives_intact_with_or_without_diacritics(sms: SmsService) -> None:
    sms_by(sms).send(OUTGOING, MORNING)
    [message] = sms.messages
    assert (message.id, message.to, message.sender) == (str(ID), "84987654321", "TRUONG A")
    assert (message.text, message.unicode) == (BODY, True)
    sms.messages.clear()
    sms_by(sms, diacritics=False).send(OUTGOING, MORNING)
    [message] = sms.messages
    assert message.text == "Dang Thi Anh (lop 1A) da den truong luc 07:07, ngay 16/11/2026."
    assert not message.unicode
    assert not is_unicode(message.text)


def test_a_text_that_needs_too_many_is_cut_to_its_subject(sms: SmsService) -> None:
    long = Outgoing(ID, SUBJECT, BODY * 5, "vi", MORNING, phone="84987654321")
    sms_by(sms).send(long, MORNING)
    assert [message.text for message in sms.messages] == [SUBJECT]


def test_the_same_message_again_is_taken_once(sms: SmsService) -> None:
    for _ in range(3):
        sms_by(sms).send(OUTGOING, MORNING)
    assert (len(sms.messages), sms.doubles) == (1, 2)


@pytest.mark.parametrize(
    ("status", "permanent"),
    [(400, True), (402, True), (404, True), (422, True), (401, False), (403, False), (408, False), (429, False),
     (500, False), (503, False)],
)  # fmt: skip
def test_the_aggregator_s_answer_decides_whether_to_try_again(sms: SmsService, status: int, permanent: bool) -> None:
    sms.status = status
    with pytest.raises(TransportError) as caught:
        sms_by(sms).send(OUTGOING, MORNING)
    assert caught.value.permanent is permanent
    assert str(caught.value) == f"the SMS service answered {status}"


def test_a_wrong_token_no_number_and_no_service_are_told_apart(sms: SmsService) -> None:
    for transport, outgoing, permanent in (
        (sms_by(sms, token="wrong"), OUTGOING, False),
        (sms_by(sms), Outgoing(ID, SUBJECT, BODY, "vi", MORNING), True),
        (Sms("http://127.0.0.1:9/x", TOKEN, "A", diacritics=True, most_segments=3), OUTGOING, False),
    ):
        with pytest.raises(TransportError) as caught:
            transport.send(outgoing, MORNING)
        assert caught.value.permanent is permanent
    assert sms.messages == []


def test_an_address_that_is_none_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="https://"):
        Sms("sms.example", TOKEN, "A", diacritics=True, most_segments=3)
