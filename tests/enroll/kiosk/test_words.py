"""The kiosk speaks two languages, of everything that the service or the guide can say."""

import re

import pytest

from edge.vision.quality import Weakness
from enroll.kiosk.guide import Hint
from enroll.kiosk.server import STATIC

SOURCE = (STATIC / "words.js").read_text(encoding="utf-8")
LANGUAGES = {
    code: set(
        re.findall(r"(?:^|[{,]\s*|\n\s*)([a-z_]+): \"", SOURCE[SOURCE.index(f"  {code}: {{") :].split("\n  },")[0])
    )
    for code in ("vi", "en")
}


def test_both_languages_say_the_same_things() -> None:
    assert LANGUAGES["vi"] == LANGUAGES["en"]
    assert len(LANGUAGES["vi"]) > 60


@pytest.mark.parametrize("word", [*Hint, *Weakness])
def test_every_hint_has_words(word: str) -> None:
    assert str(word) in LANGUAGES["vi"]


def test_every_word_that_the_page_asks_for_is_there() -> None:
    page = (STATIC / "index.html").read_text(encoding="utf-8") + (STATIC / "kiosk.js").read_text(encoding="utf-8")
    asked = set(re.findall(r"data-(?:word|label)=\"(\w+)\"|(?<!\w)word\(\"(\w+)\"\)", page))
    assert {one or other for one, other in asked} <= LANGUAGES["vi"]


def test_the_page_is_light() -> None:
    assert sum(file.stat().st_size for file in STATIC.iterdir()) < 100_000
