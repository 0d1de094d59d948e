"""Every refusal that a page may show is in the catalogue: it is said in the reader's language."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import cloud
from cloud.kit import errors
from cloud.kit.errors import Refusal
from cloud.kit.i18n import is_translated, marked, phrase

ROOT = Path(cloud.__path__[0])
REFUSALS = {name for name, one in vars(errors).items() if isinstance(one, type) and issubclass(one, Refusal)} - {
    "Refused"
}
"""Refused is raised with problems, which say it beside their fields."""
IN_ENGLISH = re.compile(r"\bstr\((?:error|problem|refus\w+)\b")
NOT_SAID = re.compile(r"_\((?:\w+\.)*refus\w+\)")
IN_WORDS = {"marked", "phrase"}

NO_PAGE = ("cli_*.py", "api.py", "*_api.py", "wanted.py", "backup/*.py", "demo/*.py")
"""What a command, a unit or a kiosk is told, in English; a page that met it would show the words for its status."""
NO_PAGE_EITHER = {
    "accounts/audit_copy.py": "the command audit-check",
    "biometrics/keyring_queries.py": "commands",
    "biometrics/photos/keeping.py": "the kiosk",
    "biometrics/rosters.py": "units",
    "biometrics/templates.py": "the kiosk",
    "biometrics/wordings/__init__.py": "the kiosk",
    "briefings/packing.py": "units",
    "cards/issuing.py": "the kiosk and the cards' interface: a page asks for no day and makes no 256th key",
    "devices/identity/authority.py": "units",
    "devices/identity/issuing.py": "units",
    "devices/releases/signing.py": "commands",
    "devices/releases/store.py": "commands",
    "kit/db.py": "every caller alike: a page has the words for 503",
    "kit/mqtt.py": "the worker",
    "notifications/receipts.py": "providers",
}


def raised(file: Path) -> Iterator[tuple[int, ast.expr | None]]:
    """Line and first argument of every refusal that is raised with words of its own."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    ours = {
        name.asname or name.name
        for one in tree.body
        if isinstance(one, ast.ImportFrom) and one.module == "cloud.kit.errors"
        for name in one.names
    } & REFUSALS
    named = {
        target.id: one.value
        for one in tree.body
        if isinstance(one, ast.Assign)
        for target in one.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ours
            and not (node.args and isinstance(node.args[0], ast.Starred))
        ):
            said = node.args[0] if node.args else None
            yield node.lineno, named.get(said.id, said) if isinstance(said, ast.Name) else said


def in_words(said: ast.expr | None) -> bool:
    """Marked where it is raised; a Phrase that a rule made comes by an attribute or a name."""
    if isinstance(said, ast.BoolOp):
        return all(in_words(one) for one in said.values)
    if isinstance(said, ast.IfExp):
        return in_words(said.body) and in_words(said.orelse)
    if isinstance(said, ast.Call) and isinstance(said.func, ast.Name) and said.func.id == "phrase":
        return in_words(said.args[0])
    if isinstance(said, ast.Call):
        return isinstance(said.func, ast.Name) and said.func.id in IN_WORDS
    return isinstance(said, ast.Name | ast.Attribute)


def shown(file: Path) -> bool:
    name = file.relative_to(ROOT).as_posix()
    return name not in NO_PAGE_EITHER and not any(Path("/", name).match(one) for one in NO_PAGE)


def test_every_refusal_that_a_page_may_show_is_marked_for_translation() -> None:
    english = [
        f"{file.relative_to(ROOT)}:{line}"
        for file in sorted(ROOT.rglob("*.py"))
        if shown(file)
        for line, said in raised(file)
        if not in_words(said)
    ]
    assert english == [], "say it with marked() or phrase(), or name the module in NO_PAGE_EITHER"


def test_pages_say_refusals_in_the_readers_language() -> None:
    """`str` of an error is English for a log, and `_()` of one with facts in it is no entry of the catalogue."""
    english = [
        f"{file.relative_to(ROOT)}: {found[0]}"
        for pattern, to_english in (("*pages.py", IN_ENGLISH), ("*.html", NOT_SAID))
        for file in sorted(ROOT.rglob(pattern))
        for found in to_english.finditer(file.read_text(encoding="utf-8"))
    ]
    assert english == [], "show said_by(error) with the filter `said`"


def test_what_is_excused_is_there_and_needs_it() -> None:
    needless = [name for name in NO_PAGE_EITHER if all(in_words(said) for _, said in raised(ROOT / name))]
    assert needless == []


@pytest.mark.parametrize(
    ("code", "well"),
    [
        ('raise Conflict("English")', False),
        ('raise Conflict(f"of {one}")', False),
        ("raise Conflict(str(error))", False),
        ("raise Conflict()", False),
        ('SAID = "English"\nraise Conflict(SAID)', False),
        ('raise Conflict(phrase("English"))', False),
        ('raise Conflict(found or "English")', False),
        ('raise Conflict(marked("words"))', True),
        ('SAID = marked("words")\nraise Conflict(SAID)', True),
        ('raise Conflict(phrase(marked("%(n)s words"), n=1))', True),
        ('raise Conflict(view.hindrance or marked("words"))', True),
    ],
)
def test_the_lint_sees_what_it_looks_for(tmp_path: Path, code: str, well: bool) -> None:
    file = tmp_path / "module.py"
    file.write_text(f"from cloud.kit.errors import Conflict\n{code}")
    [(_, said)] = raised(file)
    assert in_words(said) is well


def test_only_what_the_catalogue_holds_is_shown() -> None:
    assert is_translated(marked("Log in"))
    assert is_translated(phrase(marked("A name has 1 to %(most)s letters."), most=3))
    assert not is_translated("there is no school of that slug")
