"""The table of settings tells the truth: the defaults are those of the code, and nothing is in it that is not real.

That every setting, topic and command is documented at all is held by tests/test_docs.py.
"""

import re
from pathlib import Path

import pytest

from edge.settings import EdgeSettings

UNIT_PAGE = (Path(__file__).parents[2] / "edge" / "README.md").read_text(encoding="utf-8")


def _documented() -> dict[str, str]:
    """Setting to default. A row may have several of both; one default then holds for all."""
    table = UNIT_PAGE.partition("## Settings")[2]
    defaults: dict[str, str] = {}
    for keys, values in re.findall(r"^\| (`.+?`) \| (.+?) \|", table, re.MULTILINE):
        names, written = keys.split(", "), values.split(", ")
        written = written * len(names) if len(written) == 1 else written
        defaults |= {name.strip("`"): value.strip("`") for name, value in zip(names, written, strict=True)}
    return defaults


def _as_written(default: object) -> str:
    if default is None or default == "":
        return "none"
    if isinstance(default, bool):
        return str(default).lower()
    return f"{default:g}" if isinstance(default, float) else str(default)


@pytest.mark.parametrize("key", EdgeSettings.model_fields)
def test_a_setting_is_documented_with_its_default(key: str):
    assert _documented()[key] == _as_written(EdgeSettings.model_fields[key].default)


def test_no_setting_is_documented_that_does_not_exist():
    assert set(_documented()) == set(EdgeSettings.model_fields)
