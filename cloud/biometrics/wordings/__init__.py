"""What was read before the answer: versions as data, each named by the digest of exactly what stood there."""

import tomllib
from functools import cache
from hashlib import sha256
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from cloud.kit.errors import Invalid

FOLDER = Path(__file__).parent
NEWEST = 1


class Wording(BaseModel):
    """One version in one language; plain words, and no answer is given for the reader."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    purpose: str
    facts: tuple[str, ...]
    question: str
    yes: str
    no: str
    child_title: str
    child_text: str
    child_yes: str
    child_no: str
    withdraw: str

    @property
    def digest(self) -> str:
        """SHA-256, hexadecimal, of all that stands here."""
        return sha256(self.model_dump_json().encode()).hexdigest()


@cache
def wording(version: int, language: str) -> Wording:
    """Raises Invalid for a version or a language that we have never shown to anybody."""
    file = FOLDER / f"{version}.toml"
    languages = tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    if language not in languages:
        raise Invalid(f"There is no consent wording {version} in {language}; the newest is {NEWEST}, in vi and en.")
    return Wording.model_validate(languages[language])
