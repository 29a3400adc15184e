"""`make rows`: every row of the specification with the tests that prove it and the pages that show it.

Rows are listed in `docs/rows.md`. A test names its rows with `@pytest.mark.row("P6")`. A page names them in
the docstring of its route function in a `desk.py`, as in "… (P6)", or leaves that to its module's docstring.
A row with neither tests nor pages is shown as `none`.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from testkit.house_rules.tree import SERVICE_PACKAGES, Tree, decorators

_ROW = re.compile(r"^\|\s*([A-Z]\d{1,2})\s*\|\s*(.+?)\s*\|$", re.MULTILINE)
_NAMED = re.compile(r"\b[A-Z]\d{1,2}\b")
_RANGE = re.compile(r"\b([A-Z])(\d{1,2})[-–](?:\1)?(\d{1,2})\b")
_PAGES = frozenset({"get", "post"})


@dataclass(frozen=True, slots=True)
class Row:
    """One row with what is known of it. `tests` are `file::function`, `pages` are paths."""

    id: str
    title: str
    tests: tuple[str, ...]
    pages: tuple[str, ...]


def titles(root: Path) -> dict[str, str]:
    """Return the rows of `docs/rows.md` with their titles, in their order."""
    return dict(_ROW.findall((root / "docs" / "rows.md").read_text(encoding="utf-8")))


def rows(root: Path) -> list[Row]:
    """Return every row with its tests and pages, as the sources below `root` name them."""
    tree, known = Tree(root), titles(root)
    tests: dict[str, list[str]] = {row: [] for row in known}
    pages: dict[str, list[str]] = {row: [] for row in known}
    for row, test in tests_with_rows(tree):
        tests.setdefault(row, []).append(test)
    for row, page in pages_with_rows(tree, known):
        pages[row].append(page)
    return [
        Row(row, title, tuple(dict.fromkeys(tests[row])), tuple(dict.fromkeys(pages[row])))
        for row, title in known.items()
    ]


def unknown_rows(root: Path) -> list[str]:
    """Return the ids in markers that are no row: a marker with a typing error proves nothing."""
    known = titles(root)
    return [f"{test}: {row}" for row, test in tests_with_rows(Tree(root)) if row not in known]


def tests_with_rows(tree: Tree) -> Iterator[tuple[str, str]]:
    """Yield row and test for each marker, also those of a class or a whole module."""
    for path in tree.tests():
        module = ast.parse(path.read_text(encoding="utf-8"), str(path))
        whole = [row for node in module.body if _is_pytestmark(node) for row in _marked(node)]
        for node, inherited in _functions(module.body, whole):
            for row in [*inherited, *(row for _, mark in decorators(node) for row in _marked(mark))]:
                yield row, f"{tree.shown(path)}::{node.name}"


def pages_with_rows(tree: Tree, known: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield row and path for each desk route; one that names no row itself shows those of its module."""
    for module in tree.modules(*SERVICE_PACKAGES):
        if module.stem != "desk":
            continue
        prefixes = _prefixes(module.tree)
        whole = rows_in(ast.get_docstring(module.tree) or "", known)
        for node in ast.walk(module.tree):
            if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                continue
            paths = [path for _, mark in decorators(node) if (path := _path(mark, prefixes)) is not None]
            for row in rows_in(ast.get_docstring(node) or "", known) or whole:
                for path in paths:
                    yield row, path


def _prefixes(module: ast.Module) -> dict[str, str]:
    """Return the prefix of each router that the module makes, by the router's name."""
    found: dict[str, str] = {}
    for node in module.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            for keyword in node.value.keywords:
                if keyword.arg == "prefix" and _is_text(keyword.value):
                    name = ast.unparse(node.targets[0])
                    found[name] = str(ast.literal_eval(keyword.value))
    return found


def rows_in(text: str, known: Mapping[str, str]) -> list[str]:
    """Return the rows that a text names, ranges such as P1-P8 included."""
    found = [row for row in _NAMED.findall(text) if row in known]
    for letter, first, last in _RANGE.findall(text):
        found += [row for number in range(int(first), int(last) + 1) if (row := f"{letter}{number}") in known]
    return list(dict.fromkeys(found))


def report(found: list[Row]) -> str:
    """Return the rows as a table for a terminal, with a summary."""
    lines: list[str] = []
    for row in found:
        lines.append(f"{row.id:4} {row.title}")
        lines.append(f"     tests: {_listed(row.tests)}")
        lines.append(f"     pages: {_listed(row.pages)}")
    tested = sum(bool(row.tests) for row in found)
    shown = sum(bool(row.pages) for row in found)
    lines.append(f"{len(found)} rows; {tested} with tests, {shown} with pages")
    return "\n".join(lines)


def _listed(items: tuple[str, ...]) -> str:
    return ("\n" + " " * 12).join(items) if items else "none"


def _functions(
    body: list[ast.stmt], inherited: list[str]
) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, list[str]]]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            own = [row for _, mark in decorators(node) for row in _marked(mark)]
            yield from _functions(node.body, [*inherited, *own])
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test"):
            yield node, inherited


def _is_pytestmark(node: ast.AST) -> bool:
    return isinstance(node, ast.Assign) and any(
        isinstance(target, ast.Name) and target.id == "pytestmark" for target in node.targets
    )


def _marked(node: ast.AST) -> list[str]:
    """Return the rows of every `mark.row(…)` inside `node`."""
    found: list[str] = []
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("mark.row"):
            found += [str(ast.literal_eval(argument)) for argument in call.args if _is_text(argument)]
    return found


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _path(mark: ast.expr, prefixes: Mapping[str, str]) -> str | None:
    """Return the path of a route decorator such as `@pages.get("/x")`, or None for any other."""
    if not isinstance(mark, ast.Call) or not isinstance(mark.func, ast.Attribute):
        return None
    if mark.func.attr not in _PAGES or not mark.args or not _is_text(mark.args[0]):
        return None
    path = prefixes.get(ast.unparse(mark.func.value), "") + str(ast.literal_eval(mark.args[0]))
    return f"{mark.func.attr.upper()} {path or '/'}"


if __name__ == "__main__":
    sys.stdout.write(report(rows(Path.cwd())) + "\n")
