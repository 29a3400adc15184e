"""What a package's commands write into the history of records, read from their source."""

from __future__ import annotations

import ast
from importlib.resources import files
from pathlib import Path

ARGUMENTS = (0, 2)
"""Where `tx.touched(kind, id, action, …)` names the kind of record, and what was done with it."""


def actions_written(package: str) -> set[tuple[str, str]]:
    """Every (kind of record, action) that a `tx.touched` of the package names literally.

    One that takes them from a vocabulary, or puts them together, isn't found here.
    """
    found: set[tuple[str, str]] = set()
    for path in sorted(Path(str(files(package))).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "touched":
                named = [_words(node.args[at]) for at in ARGUMENTS if at < len(node.args)]
                found |= {(kind, action) for kind in named[0] for action in named[-1]}
    return found


def _words(node: ast.expr) -> list[str]:
    """The words that an expression can be: a text, or one of two that a condition chooses between."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    return _words(node.body) + _words(node.orelse) if isinstance(node, ast.IfExp) else []
