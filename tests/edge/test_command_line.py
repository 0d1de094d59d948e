"""What every command of ours promises on the command line."""

import argparse

import pytest

from edge.__main__ import main
from edge.command_line import add_command, dispatch
from edge.errors import Rejected


def _dispatch(run) -> int:
    def add(commands) -> None:
        add_command(commands, "work", "do the work", examples="prog work  does it", run=run)

    return dispatch("prog", "A program.", examples="prog work  does it", commands=(add,), argv=["work"])


def test_the_exit_code_is_the_commands():
    assert _dispatch(lambda args: 7) == 7


def test_what_we_can_name_is_said_on_stderr_without_a_traceback(capsys):
    def run(args: argparse.Namespace) -> int:
        raise Rejected("no face in an.jpg")

    assert _dispatch(run) == 1
    assert capsys.readouterr().err == "prog: no face in an.jpg\n"


@pytest.mark.parametrize("argv", [["--help"], ["models", "--help"], ["watch", "--help"]])
def test_help_shows_examples(argv, capsys):
    with pytest.raises(SystemExit, match="0"):
        main(argv)
    assert "examples:\n  diemdanh-edge " in capsys.readouterr().out


def test_a_wrong_command_is_exit_code_2(capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["dance"])
