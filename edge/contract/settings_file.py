"""How both sides are configured: a TOML file, then the environment over it, checked in one go.

A key `broker_url` is set by the line `broker_url = "..."` in the file, by PREFIX_BROKER_URL, or, for a
secret, by PREFIX_BROKER_URL_FILE naming a file that holds it.
"""

import difflib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError


class Settings(BaseModel):
    """Base of a settings model: flat, frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class BadSettings(ValueError):
    """Every problem at once, each with the key's path."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(f"  {problem}" for problem in problems))


SettingsT = TypeVar("SettingsT", bound=Settings)


def load(model: type[SettingsT], *, prefix: str, environ: Mapping[str, str], file: Path | None = None) -> SettingsT:
    """Read `model` from `file` and from PREFIX_* in `environ`. Raises BadSettings."""
    problems: list[str] = []
    values: dict[str, object] = {}
    where: dict[str, str] = {}
    for key, value, source in [
        *_from_file(file, problems),
        *_from_environment(prefix, environ, model, problems),
    ]:
        if key in model.model_fields:
            values[key], where[key] = value, source
        else:
            problems.append(f"{source}: no such setting{_did_you_mean(key, model)}")
    try:
        settings = model.model_validate(values)
    except ValidationError as error:
        for item in error.errors():
            key = str(item["loc"][0]) if item["loc"] else "settings"
            problems.append(f"{where.get(key, f'{prefix}_{key}'.upper())}: {item['msg']}")
        raise BadSettings(tuple(problems)) from error
    if problems:
        raise BadSettings(tuple(problems))
    return settings


def _from_file(file: Path | None, problems: list[str]) -> list[tuple[str, object, str]]:
    if file is None:
        return []
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        problems.append(f"{file}: cannot be read: {error}")
        return []
    return [(key, value, f"{file}: {key}") for key, value in content.items()]


def _from_environment(
    prefix: str, environ: Mapping[str, str], model: type[Settings], problems: list[str]
) -> list[tuple[str, object, str]]:
    found: list[tuple[str, object, str]] = []
    for name in sorted(name for name in environ if name.startswith(f"{prefix}_")):
        key, value = name.removeprefix(f"{prefix}_").lower(), environ[name]
        if key.endswith("_file") and key not in model.model_fields:
            key = key.removesuffix("_file")
            try:
                value = Path(value).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                problems.append(f"{name}: cannot be read: {error}")
                continue
        found.append((key, value, name))
    return found


def _did_you_mean(key: str, model: type[Settings]) -> str:
    close = difflib.get_close_matches(key, model.model_fields, n=1)
    return f"; did you mean {close[0]}?" if close else f"; known: {', '.join(sorted(model.model_fields))}"
