"""`diemdanh-enroll serve` says what is wrong before it serves anybody."""

import pytest

from enroll.__main__ import main


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("LISTEN_HOST", "0.0.0.0", "needs tls_certificate and tls_key"),
        ("TLS_KEY", "key.pem", "come together"),
        ("VIEWS", "9", "less than or equal to 5"),
        ("CLUOD_URL", "http://x", "cloud_url"),
    ],
)
def test_a_wrong_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], setting: str, value: str, said: str
) -> None:
    monkeypatch.setenv(f"DIEMDANH_ENROLL_{setting}", value)
    assert main(["serve"]) == 1
    assert said in capsys.readouterr().err
