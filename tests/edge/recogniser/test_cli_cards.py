import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from edge.__main__ import main
from edge.contract import Method
from edge.errors import Unavailable
from edge.hardware.readers.fingerprint.fake import FakeFingerprintSensor
from edge.hardware.readers.fingerprint.sensor import FingerprintSensor
from edge.recogniser.fingers import ForgettingSensor
from edge.store.credentials import Credential, Credentials
from edge.store.db import connect


@pytest.fixture(autouse=True)
def unit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("DIEMDANH_EDGE_DATA_DIR", str(tmp_path / "data"))
    return tmp_path


def cards(*arguments: str) -> int:
    return main(["cards", *arguments])


def listed(capsys: pytest.CaptureFixture[str]) -> dict:
    capsys.readouterr()
    assert cards("list", "--json") == 0
    return json.loads(capsys.readouterr().out)


def pem(folder: Path, key) -> str:
    file = folder / f"{type(key).__name__}.pem"
    file.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return str(file)


def test_a_key_is_trusted_from_its_file_and_distrusted(unit: Path, capsys: pytest.CaptureFixture[str]):
    school = Ed25519PrivateKey.generate()
    assert cards("trust", "1", pem(unit, school)) == 0
    assert Credentials(connect(unit / "data")).key(1) == school.public_key().public_bytes_raw()
    assert cards("distrust", "1") == 0
    assert listed(capsys) == {"keys": [], "given": []}


def test_what_is_no_key_is_refused(unit: Path, capsys: pytest.CaptureFixture[str]):
    (unit / "photo.jpg").write_bytes(b"not a key")
    for key, file in (
        ("1", str(unit / "photo.jpg")),
        ("1", str(unit / "nowhere.pem")),
        ("1", pem(unit, generate_private_key(SECP256R1()))),
        ("256", pem(unit, Ed25519PrivateKey.generate())),
    ):
        assert cards("trust", key, file) == 1
        assert "not an Ed25519 public key" in capsys.readouterr().err
    assert listed(capsys)["keys"] == []


def test_a_chip_is_given_and_taken(unit: Path, capsys: pytest.CaptureFixture[str]):
    assert cards("give", "0004512345", "hs-1") == 0
    assert listed(capsys)["given"] == [{"method": "card", "value": "0004512345", "person": "hs-1"}]
    assert cards("take", "hs-1") == 0
    assert listed(capsys)["given"] == []


def test_a_name_is_no_reference(unit: Path, capsys: pytest.CaptureFixture[str]):
    assert cards("give", "0004512345", "Nguyễn Văn An") == 1
    assert "reference" in capsys.readouterr().err
    assert listed(capsys)["given"] == []


def test_printed_cards_are_revoked(unit: Path):
    assert cards("revoke", "42", "43") == 0
    assert Credentials(connect(unit / "data")).is_revoked(43)


def test_a_finger_is_learnt_into_a_free_slot_and_forgotten_with_the_person(
    unit: Path, capsys: pytest.CaptureFixture[str]
):
    with FakeFingerprintSensor(unit) as sensor:
        for person in ("hs-1", "hs-2"):
            for _ in range(2):
                sensor.touch(f"thumb of {person}")
            assert cards("finger", person, "--port", str(sensor.path)) == 0
        assert sensor.library == {0: "thumb of hs-1", 1: "thumb of hs-2"}
        assert [one["value"] for one in listed(capsys)["given"]] == ["0", "1"]
        assert cards("take", "hs-1") == 0
        assert "still on the sensor: 1" in capsys.readouterr().err
        running = ForgettingSensor(FingerprintSensor(str(sensor.path)), unit / "data")
        running.open()
        assert running.read(0.0) is None
        running.close()
        assert sensor.library == {1: "thumb of hs-2"}
        assert Credentials(connect(unit / "data")).fingers_to_forget() == []


def test_a_slot_that_is_still_to_be_forgotten_is_given_to_nobody(unit: Path):
    with FakeFingerprintSensor(unit) as sensor:
        for person in ("hs-1", "hs-2"):
            for _ in range(2):
                sensor.touch(f"thumb of {person}")
            assert cards("finger", person, "--port", str(sensor.path)) == 0
            assert cards("take", person) == 0
        assert sorted(sensor.library) == [0, 1]


def test_a_finger_whose_person_cannot_be_written_down_does_not_stay_on_the_sensor(
    unit: Path, monkeypatch: pytest.MonkeyPatch
):
    def full(self: Credentials, credential: object) -> None:
        raise Unavailable("disk full")

    monkeypatch.setattr(Credentials, "give", full)
    with FakeFingerprintSensor(unit) as sensor:
        for _ in range(2):
            sensor.touch("thumb")
        assert cards("finger", "hs-1", "--port", str(sensor.path)) == 1
        assert sensor.library == {}


def test_while_the_sensor_is_away_what_it_has_to_forget_waits(unit: Path):
    credentials = Credentials(connect(unit / "data"))
    credentials.give(Credential(Method.FINGERPRINT, "7", "hs-1"))
    with FakeFingerprintSensor(unit) as sensor:
        sensor.library[7] = "thumb"
        reader = ForgettingSensor(FingerprintSensor(str(sensor.path)), unit / "data")
        reader.open()
        sensor.unplug()
        assert credentials.take("hs-1") == 1
        with pytest.raises(Unavailable):
            reader.read(0.0)
        reader.close()
        assert credentials.fingers_to_forget() == [7]
        sensor.plug_in()
        reader.open()
        reader.read(0.0)
        reader.close()
        assert (sensor.library, credentials.fingers_to_forget()) == ({}, [])
