"""The settings that the cloud may set on a unit, as a form of plain words. What is left empty is the unit's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from cloud.kit.i18n import marked
from edge.contract.briefing_parts import UnitSettings


@dataclass(frozen=True, slots=True)
class Words:
    """Marked for translation."""

    label: str
    hint: str = ""


WORDS = {
    "direction": Words(
        marked("Which way people pass"), marked("Both: whoever comes and whoever leaves use this gate.")
    ),
    "liveness": Words(marked("A photo held before the camera"), marked("Only units with the networks for it can.")),
    "min_face_px": Words(
        marked("Smallest face, in pixels"), marked("Higher: people come closer before they are seen.")
    ),
    "passage_window_s": Words(
        marked("Seen again within, in seconds"), marked("Whoever stands there so long has passed once.")
    ),
    "panel_greeting": Words(marked("The screen greets with"), marked("Everybody nearby reads it.")),
    "fever_c": Words(marked("Too warm from, in °C"), marked("The health desk is told; the screen never says it.")),
    "door_s": Words(marked("Door open for, in seconds")),
    "bell_s": Words(marked("Bell rings for, in seconds")),
}
CHOICES = {
    "in": marked("in only"),
    "out": marked("out only"),
    "both": marked("both ways"),
    "off": marked("is not looked for"),
    "warn": marked("is marked, and reported"),
    "refuse": marked("is refused, and reported"),
    "given_name": marked("the given name"),
    "initials": marked("initials"),
    "none": marked("no name"),
}


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    words: Words
    choices: tuple[str, ...]
    """Empty: it is a number."""
    low: float
    high: float
    whole: bool
    above: bool
    """`low` itself is not allowed."""
    value: str | float
    """As typed, or as set; empty: the unit's own."""
    is_set: bool
    wrong: bool


def fields(
    held: Mapping[str, object], typed: Mapping[str, str] | None = None, wrong: frozenset[str] = frozenset()
) -> tuple[Field, ...]:
    """`held` is what is set now; `typed` what somebody has just sent, of which `wrong` cannot be used."""
    schema = UnitSettings.model_json_schema()["properties"]
    made = []
    for name, words in WORDS.items():
        kind = next(one for one in schema[name]["anyOf"] if one.get("type") != "null")
        made.append(
            Field(
                name=name,
                words=words,
                choices=tuple(kind.get("enum", ())),
                low=kind.get("minimum", kind.get("exclusiveMinimum", 0)),
                high=kind.get("maximum", 0),
                whole=kind.get("type") == "integer",
                above="exclusiveMinimum" in kind,
                value=_shown(held.get(name)) if typed is None else typed.get(name, ""),
                is_set=name in held,
                wrong=name in wrong,
            )
        )
    return tuple(made)


def read(typed: Mapping[str, str]) -> tuple[dict[str, Any], frozenset[str]]:
    """What is to be set, and the names of the fields that cannot be used. 37,5 is 37.5."""
    said = {name: typed.get(name, "").strip() for name in WORDS}
    values = {name: text.replace(",", ".") for name, text in said.items() if text}
    try:
        return UnitSettings.model_validate(values, strict=False).model_dump(
            exclude_none=True, exclude={"v"}
        ), frozenset()
    except ValidationError as error:
        return {}, frozenset(str(item["loc"][0]) for item in error.errors())


def _shown(value: object) -> str | float:
    return "" if value is None else value if isinstance(value, float) else str(value)
