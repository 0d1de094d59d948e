"""The unit's commands look like those of every program of ours; what it can name itself is an EdgeError."""

from collections.abc import Callable, Sequence

from edge.contract import command_line
from edge.contract.command_line import Commands, add_command
from edge.errors import EdgeError

__all__ = ["Commands", "add_command", "dispatch"]


def dispatch(
    program: str,
    description: str,
    *,
    examples: str,
    commands: Sequence[Callable[[Commands], object]],
    argv: Sequence[str] | None = None,
) -> int:
    return command_line.dispatch(
        program, description, examples=examples, commands=commands, expected=EdgeError, argv=argv
    )
