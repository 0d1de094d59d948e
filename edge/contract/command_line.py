"""How a command of ours looks: help with examples, a clear message for what we can name, exit code 0, 1 or 2.

A command is a module with a function `add(commands)` that calls :func:`add_command`, and one line in
`COMMANDS` of its program's `__main__.py`. Heavy imports belong into its `run`: `--help` is quick on a small board too.
"""

import argparse
import logging
import os
import sys
from collections.abc import Callable, Sequence
from typing import TypeAlias

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
Run: TypeAlias = Callable[[argparse.Namespace], int]


def add_command(commands: Commands, name: str, summary: str, *, examples: str, run: Run) -> argparse.ArgumentParser:
    """A subcommand; give it its arguments, `run(args)` gets them and returns the exit code.

    `examples` is one example a line, the command first and its meaning after two spaces or more.
    """
    parser = commands.add_parser(
        name,
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}.",
        epilog=with_examples(examples),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=run)
    return parser


def with_examples(examples: str) -> str:
    lines = (line.strip() for line in examples.strip().splitlines())
    return "examples:\n" + "\n".join(f"  {line}" for line in lines)


def dispatch(
    program: str,
    description: str,
    *,
    examples: str,
    commands: Sequence[Callable[[Commands], object]],
    expected: type[Exception],
    argv: Sequence[str] | None = None,
) -> int:
    """Run the command that `argv` asks for. 0: done; 1: it failed and said why; 2: it was asked wrongly.

    `expected` is the base of the program's own errors: their message is said, without a traceback.
    """
    parser = argparse.ArgumentParser(
        program,
        description=description,
        epilog=with_examples(examples),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    choices = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for add in commands:
        add(choices)
    args = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    # A line for every request says nothing that our own lines do not, and repeats the address each time.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    run: Run = args.run
    try:
        return run(args)
    except expected as error:
        sys.stderr.write(f"{program}: {error}\n")
        return 1
    except KeyboardInterrupt:
        return 1
    except BrokenPipeError:
        # The reader of our output left (`| head`): nothing is wrong, and nothing more can be said.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
