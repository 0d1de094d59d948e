"""The command line of scripts/install-unit."""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from scripts.install_parts import board as boards
from scripts.install_parts.plan import steps
from scripts.install_parts.steps import Run, StepFailed

EXAMPLES = """\
examples:
  scripts/install-unit --dry-run                 what would be done on this machine; nothing is changed
  sudo scripts/install-unit                      do it
  sudo scripts/install-unit --kiosk              with the screen at the gate
  scripts/install-unit --root /mnt/card --board raspberry-pi-5   into a mounted card
"""


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        "install-unit",
        description="Makes a machine a unit. Running it again changes nothing that is right already.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--board", choices=boards.names(), help="which board this is; found out if not given")
    parser.add_argument("--root", type=Path, default=Path("/"), help="install into this folder instead")
    parser.add_argument("--kiosk", action="store_true", help="a screen shows the panel")
    parser.add_argument("--tpm", action="store_true", help="the unit's key is sealed by a TPM; found out if not given")
    parser.add_argument("--dry-run", action="store_true", help="list what would be done, and do nothing")
    args = parser.parse_args(argv)
    try:
        return install(args)
    except (boards.UnknownBoard, StepFailed) as error:
        sys.stderr.write(f"install-unit: {error}\n")
        return 1


def install(args: argparse.Namespace) -> int:
    root: Path = args.root.resolve()
    is_this_machine = root == Path("/")
    if is_this_machine and not args.dry_run and os.geteuid() != 0:
        sys.stderr.write("install-unit: only root may change this machine: sudo scripts/install-unit\n")
        return 1
    board = boards.read(args.board) if args.board else boards.detect()
    sys.stderr.write(f"{board.title}{'' if board.seen_working else ' (this board was not tried yet)'}, into {root}\n")
    done = 0
    for step in steps(board, kiosk=args.kiosk, tpm=args.tpm or (is_this_machine and _has_tpm())):
        if step.is_done(root):
            continue
        if isinstance(step, Run) and step.needs_the_machine() and not is_this_machine:
            sys.stdout.write(f"left out with --root: {step.says()}\n")
            continue
        sys.stdout.write(f"{step.says()}\n")
        done += 1
        if not args.dry_run:
            step.do(root)
    sys.stderr.write(f"{done} steps {'to do' if args.dry_run else 'done'}\n" if done else "nothing to do\n")
    return 0


def _has_tpm() -> bool:
    program = shutil.which("systemd-creds")
    return (
        program is not None and subprocess.run([program, "has-tpm2"], capture_output=True, check=False).returncode == 0
    )
