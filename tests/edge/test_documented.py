"""A setting, command or topic that nobody can read about does not exist for a school."""

import argparse
import re
from pathlib import Path

import pytest

from edge.__main__ import COMMANDS
from edge.contract import topics
from edge.settings import EdgeSettings

EDGE = Path(__file__).parents[2] / "edge"
UNIT_PAGE = (EDGE / "README.md").read_text(encoding="utf-8")
CONTRACT_PAGE = (EDGE / "contract" / "README.md").read_text(encoding="utf-8")


def _row(key: str) -> str | None:
    found = re.search(rf"^\| `{key}` \| (.*?) \|", UNIT_PAGE, re.MULTILINE)
    return found.group(1).strip("`") if found else None


@pytest.mark.parametrize("key", EdgeSettings.model_fields)
def test_every_setting_is_documented_with_its_default(key: str):
    default = EdgeSettings.model_fields[key].default
    written = _row(key)
    assert written is not None, f"edge/README.md has no row for {key}"
    expected = "none" if default is None else f"{default:g}" if isinstance(default, float) else str(default)
    assert written == expected


def test_no_setting_is_documented_that_does_not_exist():
    table = UNIT_PAGE.partition("## Settings")[2]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == set(EdgeSettings.model_fields)


def test_every_command_is_documented_and_no_other():
    choices = argparse.ArgumentParser().add_subparsers()
    for add in COMMANDS:
        add(choices)
    assert set(re.findall(r"^\| `diemdanh-edge (\w+)` \|", UNIT_PAGE, re.MULTILINE)) == set(choices.choices)


@pytest.mark.parametrize("topic", [topics.events, topics.health, topics.ack], ids=lambda topic: topic.__name__)
def test_every_topic_is_documented(topic):
    assert f"`{topic('{device}')}`" in CONTRACT_PAGE
