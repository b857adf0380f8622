"""Modules and functions stay as short as CONTRIBUTING says."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
MODULE, FUNCTION = 300, 80


def _functions(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def test_no_module_or_function_is_longer_than_the_limits() -> None:
    said = (ROOT / ".github/CONTRIBUTING.md").read_text(encoding="utf-8")
    assert f"{FUNCTION} lines a function, {MODULE} lines a file" in said
    modules = {path: path.read_text(encoding="utf-8") for path in (ROOT / "generator").rglob("*.py")}
    assert [path.name for path, text in modules.items() if len(text.splitlines()) > MODULE] == []
    long = [
        (path.name, name, length)
        for path, text in modules.items()
        for name, length in _functions(ast.parse(text))
        if length > FUNCTION
    ]
    assert long == []
