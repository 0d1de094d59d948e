import shutil
from pathlib import Path

import pytest

from edge.errors import Misconfigured
from edge.hardware.actuators.voice import ProgramVoice, Silence, open_voice
from tests.services.waiting import eventually


@pytest.fixture
def speaker(tmp_path: Path) -> Path:
    """A program in espeak-ng's place: it notes what it was given and how, and waits for as long as a file exists."""
    program = tmp_path / "espeak-ng"
    program.write_text(
        f"""#!/bin/sh
text=$(cat)
echo "$* | $text" >> {tmp_path}/said
while [ -e {tmp_path}/busy ]; do sleep 0.01; done
"""
    )
    program.chmod(0o755)
    return program


def said(folder: Path) -> list[str]:
    heard = folder / "said"
    return heard.read_text().splitlines() if heard.exists() else []


def test_what_it_says_stands_in_no_argument(speaker: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", f"{speaker.parent}:/usr/bin:/bin")
    voice = open_voice("espeak")
    voice.say("Chào An")
    eventually(lambda: said(speaker.parent) == ["-v vi --stdin | Chào An"])
    voice.close()


def test_while_it_speaks_only_the_newest_wish_waits(speaker: Path):
    busy = speaker.parent / "busy"
    busy.touch()
    voice = ProgramVoice([str(speaker)])
    voice.say("one")
    eventually(lambda: len(said(speaker.parent)) == 1)
    for text in ("two", "three", "four"):
        voice.say(text)
    busy.unlink()
    eventually(lambda: len(said(speaker.parent)) == 2)
    voice.close()
    assert said(speaker.parent) == [" | one", " | four"]


def test_a_program_that_hangs_is_cut_off_and_the_next_is_said(speaker: Path, caplog: pytest.LogCaptureFixture):
    busy = speaker.parent / "busy"
    busy.touch()
    voice = ProgramVoice([str(speaker)], longest_s=0.2)
    voice.say("An Nguyễn")
    eventually(lambda: "voice cut off" in caplog.text)
    busy.unlink()
    voice.say("two")
    eventually(lambda: len(said(speaker.parent)) == 2)
    voice.close()
    assert "Nguyễn" not in caplog.text


def test_a_program_that_fails_or_is_gone_is_logged_without_what_was_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    for command in (["/bin/false"], [str(tmp_path / "gone")]):
        voice = ProgramVoice(command)
        voice.say("An Nguyễn")
        eventually(lambda: "voice" in caplog.text)
        voice.close()
        voice.close()
        assert "Nguyễn" not in caplog.text
        caplog.clear()


def test_where_nothing_can_speak_it_is_silent(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture):
    monkeypatch.setattr(shutil, "which", lambda program: None)
    voice = open_voice("espeak:en")
    voice.say("hello")
    voice.close()
    assert isinstance(voice, Silence)
    assert "apt install espeak-ng" in caplog.text
    assert isinstance(open_voice(""), Silence)


@pytest.mark.parametrize("spec", ["wav:", "wav:/no/such/file.wav", "siri"])
def test_what_is_no_voice_is_refused(spec: str):
    with pytest.raises(Misconfigured, match="voice"):
        open_voice(spec)
