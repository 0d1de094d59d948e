"""Whose data a statement may touch is decided where statements are written: in queries and access, nowhere else."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

CLOUD = Path(__file__).parent.parent.parent / "cloud"
OF_THEIR_OWN = {
    "biometrics/guards.py",  # triggers: what the database itself refuses
    "briefings/guards.py",  # triggers: what the database itself notices
    "biometrics/photos/guards.py",  # triggers: what the database itself refuses
    "biometrics/keyring.py",  # the keys' own database, which holds nobody's data
}
VERBS = {"select", "insert", "update", "delete", "text", "union", "union_all"}


def _is_a_room_for_sql(file: Path) -> bool:
    parts = file.relative_to(CLOUD).parts
    return (
        "/".join(parts) in OF_THEIR_OWN
        or parts[0] in {"kit", "migrations"}
        or "queries" in parts
        or file.stem in {"queries", "access"}
        or file.stem.endswith("_queries")
    )


FILES = [file for file in sorted(CLOUD.rglob("*.py")) if not _is_a_room_for_sql(file) and file.stem != "tables"]


def statements(source: str) -> Iterator[str]:
    """Each SQLAlchemy statement that the source writes, with its line."""
    tree = ast.parse(source)
    known = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in {"sqlalchemy", "sqlalchemy.orm", "cloud.kit.db"}
        for alias in node.names
        if alias.name in VERBS
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in known:
            yield f"line {node.lineno}: {node.func.id}()"
        if isinstance(node, ast.Attribute) and node.attr in {"query", "exec_driver_sql"}:
            yield f"line {node.lineno}: .{node.attr}"


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(CLOUD)))
def test_no_statement_is_written_outside_queries_and_access(file: Path) -> None:
    assert list(statements(file.read_text(encoding="utf-8"))) == []


def test_the_lint_sees_a_statement() -> None:
    source = "from sqlalchemy import select as pick\n\ndef page(session):\n    return session.scalars(pick(1))\n"
    assert list(statements(source)) == ["line 4: pick()"]
