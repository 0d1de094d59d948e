"""What a board needs, from firmware-config/boards/NAME.toml."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "firmware-config" / "boards"
DEVICE_TREE = Path("/proc/device-tree/model")
PC = "x86-64"


class UnknownBoard(Exception):
    """No file for it, or the file is not one."""


@dataclass(frozen=True, slots=True)
class Board:
    name: str
    title: str
    model: str
    packages: tuple[str, ...]
    memory_max_mb: int
    devices: tuple[str, ...]
    settings: tuple[tuple[str, str], ...]
    boot_file: Path | None
    boot_lines: tuple[str, ...]
    seen_working: str


def names() -> list[str]:
    return sorted(file.stem for file in FOLDER.glob("*.toml"))


def read(name: str) -> Board:
    """Raises UnknownBoard."""
    file = FOLDER / f"{name}.toml"
    if not file.is_file():
        raise UnknownBoard(f"no board {name!r}: known are {', '.join(names())}")
    content = tomllib.loads(file.read_text(encoding="utf-8"))
    boot = content.get("boot", {})
    try:
        return Board(
            name=name,
            title=content["title"],
            model=content.get("model", ""),
            packages=tuple(content["packages"]),
            memory_max_mb=int(content["memory_max_mb"]),
            devices=tuple(content["devices"]),
            settings=tuple((key, str(value)) for key, value in content["settings"].items()),
            boot_file=Path(boot["file"]) if boot else None,
            boot_lines=tuple(boot.get("lines", ())),
            seen_working=content["seen_working"],
        )
    except KeyError as error:
        raise UnknownBoard(f"{file}: {error} is missing") from error


def detect(device_tree: Path = DEVICE_TREE) -> Board:
    """The board that we are on. Raises UnknownBoard: a person then says --board."""
    if not device_tree.exists():
        return read(PC)
    model = device_tree.read_text(encoding="utf-8", errors="replace").rstrip("\0\n")
    for name in names():
        board = read(name)
        if board.model and board.model in model:
            return board
    raise UnknownBoard(f"this is {model!r}, for which there is no file: say --board, one of {', '.join(names())}")
