"""Finding every text to translate in a package.

Python, templates, domain errors, titles of command fields.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from jinja2.ext import babel_extract

from deskkit.i18n.catalogue import folder_of

_CALLS = {"_": 1, "N_": 1, "gettext": 1, "ngettext": 2, "_n": 2}
_NAMES = frozenset({"title", "label"})
_TEXTS_OF = {
    "Field": _NAMES,
    "NavItem": _NAMES,
    "Desk": _NAMES,
    "Search": _NAMES,
    "LookupList": frozenset({"label", "hint"}),
    "Setting": frozenset({"label", "hint", "unit"}),
    "InvalidInput": frozenset({"rule"}),
    "NotFound": frozenset({"what"}),
}
"""Keywords that hold a text, by what they are given to."""


def texts_of(package: str) -> dict[str, list[str]]:
    """Every msgid of a package with its uses (`file:line`)."""
    root = folder_of(package)
    found: dict[str, list[str]] = {}
    for path in sorted(root.rglob("*.py")):
        for line, text in texts_of_python(path.read_text(encoding="utf-8")):
            found.setdefault(text, []).append(f"{path.relative_to(root)}:{line}")
    for path in sorted(root.rglob("templates/**/*.html")):
        for line, text in texts_of_template(path):
            found.setdefault(text, []).append(f"{path.relative_to(root)}:{line}")
    return found


def plurals_of(package: str) -> dict[str, str]:
    """The plural of every msgid of a package that has one."""
    root = folder_of(package)
    found: dict[str, str] = {}
    for path in sorted(root.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _called(node) in {"ngettext", "_n"} and len(node.args) > 1:
                one, many = _literal(node.args[0]), _literal(node.args[1])
                if one and many:
                    found[one] = many
    for path in sorted(root.rglob("templates/**/*.html")):
        for _, message in _of_template(path):
            if isinstance(message, tuple) and len(message) > 1 and message[0] and message[1]:
                found[str(message[0])] = str(message[1])
    return found


def texts_of_python(source: str) -> Iterator[tuple[int, str]]:
    """Texts marked with `_()`, `N_()`, `ngettext()`.

    `message` of error classes; keywords such as `title=` of fields and `rule=` of refusals.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            yield from _of_call(node)
        elif isinstance(node, ast.ClassDef):
            yield from _of_error_class(node)


def _of_call(node: ast.Call) -> Iterator[tuple[int, str]]:
    name = _called(node)
    for argument in node.args[: 1 if name in _CALLS else 0]:
        if text := _literal(argument):
            yield node.lineno, text
    if name in _TEXTS_OF:
        if name == "NavItem" and node.args and (text := _literal(node.args[0])):
            yield node.lineno, text
        for keyword in node.keywords:
            if keyword.arg in _TEXTS_OF[name] and (text := _literal(keyword.value)):
                yield node.lineno, text
    if name == "PydanticCustomError":
        for argument in node.args[1:2]:
            if text := _literal(argument):
                yield node.lineno, text


def _of_error_class(node: ast.ClassDef) -> Iterator[tuple[int, str]]:
    texts: dict[str, tuple[int, str]] = {}
    for statement in node.body:
        target: ast.expr | None = None
        value: ast.expr | None = None
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target, value = statement.targets[0], statement.value
        elif isinstance(statement, ast.AnnAssign):
            target, value = statement.target, statement.value
        if isinstance(target, ast.Name) and value is not None and (text := _literal(value)):
            texts[target.id] = (statement.lineno, text)
    if "message" in texts and "code" in texts and texts["message"][1] != "{rule}":
        yield texts["message"]


def _literal(node: ast.expr) -> str | None:
    return (
        node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value else None
    )


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def texts_of_template(path: Path) -> Iterator[tuple[int, str]]:
    """Texts of a Jinja template."""
    for line, message in _of_template(path):
        first = message if isinstance(message, str) else next(iter(message), None)
        if first:
            yield line, first


def _of_template(path: Path) -> Iterator[tuple[int, str | tuple[str | None, ...]]]:
    with path.open("rb") as stream:
        for line, _function, message, _comments in babel_extract(
            stream,
            ("_", "gettext", "ngettext"),
            (),
            {"extensions": "jinja2.ext.i18n,jinja2.ext.do", "silent": "false"},
        ):
            if message is not None:
                yield line, message
