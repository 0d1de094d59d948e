"""A wrong setting is found at start, with all its companions, and says how to mend it."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from edge.contract.settings_file import BadSettings, Settings, load


class Example(Settings):
    port: int = 8000
    token: SecretStr | None = None


def test_the_environment_goes_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "unit.toml"
    file.write_text("port = 1\n")
    assert load(Example, prefix="X", environ={}, file=file).port == 1
    assert load(Example, prefix="X", environ={"X_PORT": "2"}, file=file).port == 2


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text("s3cret\n")
    settings = load(Example, prefix="X", environ={"X_TOKEN_FILE": str(secret)})
    assert settings.token is not None
    assert settings.token.get_secret_value() == "s3cret"


def test_all_problems_are_said_at_once(tmp_path: Path) -> None:
    file = tmp_path / "unit.toml"
    file.write_text('prt = 1\nport = "many"\n')
    with pytest.raises(BadSettings) as caught:
        load(Example, prefix="X", environ={"X_TOKEN_FILE": "/nowhere"}, file=file)
    said = str(caught.value)
    assert "prt: no such setting; did you mean port?" in said
    assert "port: Input should be a valid integer" in said
    assert "X_TOKEN_FILE: cannot be read" in said
