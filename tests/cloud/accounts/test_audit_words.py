"""Whatever the service notes in the log of changes has words there: people read no keys."""

import ast
import re
from pathlib import Path

from cloud.accounts.audit_words import ACTION_WORDS

CLOUD = Path(__file__).parents[3] / "cloud"
NOTES = re.compile(r"\b_?note\(")
KINDS = {action.partition(".")[0] for action in ACTION_WORDS}
ACTION = re.compile(rf"({'|'.join(sorted(KINDS))})\.[a-z_]+")


def actions_in(code: str) -> set[str]:
    """What stands in the code as the key of an action."""
    constants = (one.value for one in ast.walk(ast.parse(code)) if isinstance(one, ast.Constant))
    return {text for text in constants if isinstance(text, str) and ACTION.fullmatch(text)}


def test_every_action_has_words() -> None:
    writers = [file.read_text() for file in CLOUD.rglob("*.py")]
    noted = set().union(*(actions_in(code) for code in writers if NOTES.search(code) and "audit" in code))
    assert len(noted) > 60
    assert noted - set(ACTION_WORDS) == set()


def test_a_key_without_words_is_found() -> None:
    assert actions_in('audit.note(session, school, by, "pupil.praised", pupil.id)') == {"pupil.praised"}
    assert "pupil.praised" not in ACTION_WORDS
