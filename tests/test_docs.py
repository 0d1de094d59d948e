"""What the pages say is so: every setting, topic and command is documented, and every link leads somewhere."""

import re
import subprocess
from pathlib import Path

import pytest

from cloud.settings import PREFIX as CLOUD_PREFIX
from cloud.settings import CloudSettings
from edge.contract import topics
from edge.settings import PREFIX as EDGE_PREFIX
from edge.settings import EdgeSettings

ROOT = Path(__file__).parent.parent
PAGES = sorted(page for page in ROOT.rglob("*.md") if not {".venv", "var", "node_modules"} & set(page.parts))


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("setting", EdgeSettings.model_fields)
def test_every_setting_of_a_unit_is_documented(setting: str) -> None:
    assert f"`{EDGE_PREFIX}_{setting.upper()}`" in page("edge/README.md")


@pytest.mark.parametrize("setting", CloudSettings.model_fields)
def test_every_setting_of_the_service_is_documented(setting: str) -> None:
    assert f"`{CLOUD_PREFIX}_{setting.upper()}`" in page("cloud/README.md")


@pytest.mark.parametrize("topic", [topics.events, topics.health, topics.ack], ids=lambda topic: topic.__name__)
def test_every_topic_is_documented(topic: topics.Topic) -> None:
    assert f"`{topic('{device}')}`" in page("edge/contract/README.md")


def commands(program: str) -> list[str]:
    said = subprocess.run(
        [str(ROOT / ".venv" / "bin" / program), "--help"], capture_output=True, text=True, check=True
    ).stdout
    found = re.findall(r"^    ([a-z][a-z-]+)  ", said, re.MULTILINE)
    assert found, f"{program} --help names no command"
    assert "examples:" in said
    return found


@pytest.mark.parametrize(("program", "where"), [("diemdanh-edge", "edge"), ("diemdanh-cloud", "cloud")])
def test_every_command_is_documented_and_shows_examples(program: str, where: str) -> None:
    for command in commands(program):
        assert f"`{program} {command}" in page(f"{where}/README.md"), command
        help_text = subprocess.run(
            [str(ROOT / ".venv" / "bin" / program), command, "--help"], capture_output=True, text=True, check=True
        ).stdout
        assert "examples:" in help_text, command


@pytest.mark.parametrize("file", PAGES, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_link_in_a_page_leads_somewhere(file: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|mailto:|#)([^)#]+)", file.read_text(encoding="utf-8"))
    assert [target for target in targets if not (file.parent / target).exists()] == []
