"""What the pages say is so: every setting, topic and command is documented, and every link leads somewhere."""

import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from pydantic import BaseModel

import cloud.__main__
import edge.__main__
import enroll.__main__
from cloud.settings import CloudSettings
from edge.contract import topics
from edge.settings import EdgeSettings
from enroll.settings import EnrollSettings

ROOT = Path(__file__).parent.parent
PAGES = sorted(page for page in ROOT.rglob("*.md") if not {".venv", "var", "node_modules"} & set(page.parts))


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("setting", EdgeSettings.model_fields)
def test_every_setting_of_a_unit_is_documented(setting: str) -> None:
    assert f"`{setting}`" in page("edge/README.md")


@pytest.mark.parametrize("setting", EnrollSettings.model_fields)
def test_every_setting_of_the_kiosk_is_documented(setting: str) -> None:
    assert f"`{setting}`" in page("enroll/kiosk/README.md")


@pytest.mark.parametrize("setting", CloudSettings.model_fields)
def test_every_setting_of_the_service_is_documented(setting: str) -> None:
    assert f"`{setting}`" in page("cloud/README.md")


@pytest.mark.parametrize(
    ("name", "settings"),
    [("edge", EdgeSettings), ("enroll/kiosk", EnrollSettings), ("cloud", CloudSettings)],
)
def test_every_setting_that_is_documented_is_there(name: str, settings: type[BaseModel]) -> None:
    """One that is not stops every command with "no such setting"."""
    tables = re.findall(r"^\| key \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", page(f"{name}/README.md"), re.MULTILINE)
    rows = [row.split("|")[1] for table in tables for row in table.splitlines()]
    documented = [key for row in rows for key in re.findall(r"`([^`]+)`", row)]
    assert sorted(documented) == sorted(settings.model_fields)


@pytest.mark.parametrize(
    "topic",
    [topics.events, topics.health, topics.ack, topics.roster, topics.briefing],
    ids=lambda topic: topic.__name__,
)
def test_every_topic_is_documented(topic: topics.Topic) -> None:
    assert f"`{topic('{device}')}`" in page("edge/contract/README.md")


PROGRAMS: dict[str, tuple[Callable[[list[str]], int], str]] = {
    "diemdanh-edge": (edge.__main__.main, "edge"),
    "diemdanh-cloud": (cloud.__main__.main, "cloud"),
    "diemdanh-enroll": (enroll.__main__.main, "enroll"),
}


@pytest.mark.parametrize("package", [edge, cloud, enroll], ids=lambda package: package.__name__)
def test_every_command_that_was_written_is_offered(package: ModuleType) -> None:
    """A merge once lost one."""
    offered = {command.__module__ for command in package.__main__.COMMANDS}
    files = (Path(package.__path__[0])).rglob("cli_*.py")
    written = {".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files}
    assert written <= offered


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_command_is_documented_and_shows_examples(program: str, capsys: pytest.CaptureFixture[str]) -> None:
    main, where = PROGRAMS[program]

    def help_of(*arguments: str) -> str:
        with pytest.raises(SystemExit) as ended:
            main([*arguments, "--help"])
        assert ended.value.code == 0
        said = capsys.readouterr().out
        assert "examples:" in said, arguments
        return said

    commands = re.findall(r"^    ([a-z][a-z-]+)(?:  |$)", help_of(), re.MULTILINE)
    assert commands, f"{program} --help names no command"
    for command in commands:
        assert f"`{program} {command}" in page(f"{where}/README.md"), command
        help_of(command)


@pytest.mark.parametrize("file", PAGES, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_link_in_a_page_leads_somewhere(file: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|mailto:|#)([^)#]+)", file.read_text(encoding="utf-8"))
    assert [target for target in targets if not (file.parent / target).exists()] == []
