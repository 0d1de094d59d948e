from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from edge.errors import Misconfigured, Rejected, Unavailable
from edge.hardware.readers.fingerprint.fake import FakeFingerprintSensor
from edge.hardware.readers.fingerprint.packets import ANY_ADDRESS, Kind, Packet, PacketReader
from edge.hardware.readers.fingerprint.sensor import FingerprintSensor

packets = st.builds(Packet, st.sampled_from(Kind), st.binary(max_size=256), st.integers(0, ANY_ADDRESS))


def test_a_command_is_written_as_in_the_manual():
    assert Packet(Kind.COMMAND, b"\x01").encode() == bytes.fromhex("EF01 FFFFFFFF 01 0003 01 0005")
    assert Packet(Kind.COMMAND, b"\x1d").encode() == bytes.fromhex("EF01 FFFFFFFF 01 0003 1D 0021")
    verify = Packet(Kind.COMMAND, bytes.fromhex("13 00000000"))
    assert verify.encode() == bytes.fromhex("EF01 FFFFFFFF 01 0007 13 00000000 001B")


@given(st.lists(packets, max_size=5), st.integers(1, 40))
def test_packets_come_out_whole_in_whatever_pieces_they_arrive(sent: list[Packet], piece: int):
    line = b"".join(packet.encode() for packet in sent)
    reader = PacketReader()
    received = [packet for at in range(0, len(line), piece) for packet in reader.feed(line[at : at + piece])]
    assert received == sent
    assert reader.skipped == 0


@given(noise=st.binary(max_size=60), packet=packets)
@example(noise=b"\xef", packet=Packet(Kind.ANSWER, b"\0"))
@example(noise=b"\xef\x01", packet=Packet(Kind.ANSWER, b"\0"))
@example(noise=b"\xef\x01\xff\xff\xff\xff\x07\x00\x05\x00", packet=Packet(Kind.ANSWER, b"\0"))
def test_noise_before_a_packet_never_swallows_the_one_after_it(noise: bytes, packet: Packet):
    """Noise that looks like the start of a long packet may cost as much as it claims, and no more."""
    reader = PacketReader()
    received = reader.feed(noise + packet.encode() + bytes(300) + packet.encode())
    assert received[-1] == packet


@given(packet=packets, bit=st.integers(0, 10_000))
def test_one_flipped_bit_is_never_taken_for_the_same_packet(packet: Packet, bit: int):
    damaged = bytearray(packet.encode())
    bit %= 8 * len(damaged)
    damaged[bit // 8] ^= 1 << bit % 8
    assert packet not in PacketReader().feed(bytes(damaged))


@given(st.lists(st.binary(max_size=50), max_size=20))
def test_any_noise_is_packets_or_nothing_and_is_not_hoarded(pieces: list[bytes]):
    reader = PacketReader()
    for piece in pieces:
        for packet in reader.feed(piece):
            assert len(packet.payload) <= 256
    assert len(reader._buffer) <= 9 + 258


@pytest.fixture
def sensor(tmp_path: Path) -> Iterator[FakeFingerprintSensor]:
    with FakeFingerprintSensor(tmp_path) as made:
        yield made


@pytest.fixture
def driver(sensor: FakeFingerprintSensor) -> Iterator[FingerprintSensor]:
    made = FingerprintSensor(str(sensor.path), sleep=lambda s: None)
    made.open()
    yield made
    made.close()


def test_the_sensor_says_how_many_fingers_it_holds(driver: FingerprintSensor):
    assert driver.capacity == 200


def test_a_finger_that_it_does_not_know_is_somebody_unknown(sensor: FakeFingerprintSensor, driver: FingerprintSensor):
    sensor.touch("a stranger's thumb")
    found = driver.read(10)
    assert found is not None
    assert found.text is None


def test_a_finger_that_stays_on_the_glass_is_read_once(sensor: FakeFingerprintSensor, driver: FingerprintSensor):
    sensor.library[3] = "thumb"
    sensor.press("thumb")
    assert driver.read(10).text == "3"
    assert driver.read(0.2) is None
    sensor.lift()
    assert driver.read(0.0) is None
    sensor.press("thumb")
    assert driver.read(10).text == "3"


def test_a_smeared_image_is_taken_again(sensor: FakeFingerprintSensor, driver: FingerprintSensor):
    sensor.library[3] = "thumb"
    sensor.smear(2)
    sensor.touch("thumb")
    read = [driver.read(10) for _ in range(3)]
    assert [found and found.text for found in read] == [None, None, "3"]


def test_an_image_that_is_not_taken_over_names_nobody_and_least_of_all_who_was_there_before(
    sensor: FakeFingerprintSensor, driver: FingerprintSensor
):
    sensor.library[3] = "thumb"
    sensor.touch("thumb")
    assert driver.read(10).text == "3"
    sensor.refuse_extraction()
    sensor.touch("a stranger's thumb")
    with pytest.raises(Unavailable, match="0x01"):
        driver.read(10)


def test_a_finger_is_learnt_from_two_touches_and_found_again(sensor: FakeFingerprintSensor, driver: FingerprintSensor):
    said: list[str] = []
    sensor.touch("thumb")
    sensor.touch("thumb")
    driver.enrol(5, said.append)
    assert sensor.library == {5: "thumb"}
    assert len(said) == 2
    sensor.touch("thumb")
    assert driver.read(10).text == "5"
    driver.forget(5)
    assert sensor.library == {}


@pytest.mark.parametrize(
    ("touches", "slot", "reason"),
    [
        (("thumb", "index"), 5, "two different fingers"),
        (("known", "known"), 5, "in slot 9 already"),
        (("thumb", "thumb"), 200, "slots 0 to 199"),
        ((), 5, "no finger within"),
    ],
)
def test_what_cannot_be_learnt_is_refused_and_leaves_the_library_alone(
    sensor: FakeFingerprintSensor, driver: FingerprintSensor, touches: tuple[str, ...], slot: int, reason: str
):
    sensor.library[9] = "known"
    for finger in touches:
        sensor.touch(finger)
    with pytest.raises(Rejected, match=reason):
        driver.enrol(slot, lambda wish: None, timeout_s=0.05)
    assert sensor.library == {9: "known"}


def test_a_damaged_answer_is_as_good_as_none(sensor: FakeFingerprintSensor):
    seconds = iter(range(10_000))
    driver = FingerprintSensor(str(sensor.path), monotonic=lambda: next(seconds) / 10, sleep=lambda s: None)
    driver.open()
    sensor.garble()
    with pytest.raises(Unavailable, match="no answer"):
        driver.read(10)
    sensor.library[1] = "thumb"
    sensor.touch("thumb")
    assert driver.read(10).text == "1"
    driver.close()


def test_a_sensor_that_falls_silent_is_unavailable(sensor: FakeFingerprintSensor):
    seconds = iter(range(10_000))
    driver = FingerprintSensor(str(sensor.path), monotonic=lambda: next(seconds) / 10)
    driver.open()
    sensor.fall_silent()
    with pytest.raises(Unavailable, match="no answer"):
        driver.read(10)
    driver.close()


def test_another_password_is_for_a_person(tmp_path: Path):
    with FakeFingerprintSensor(tmp_path, password=1234) as sensor:
        with pytest.raises(Misconfigured, match="another password"):
            FingerprintSensor(str(sensor.path)).open()
        driver = FingerprintSensor(str(sensor.path), password=1234)
        driver.open()
        driver.close()
