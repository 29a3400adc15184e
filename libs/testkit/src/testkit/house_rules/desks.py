"""Rules on desks: a form is carried out in one way, and the form shows a refusal."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from testkit.house_rules.tree import SERVICE_PACKAGES, Module, Tree, Violation

ANSWERS_A_REFUSAL_ITSELF = frozenset({"gateway.single_sign_on.desk.back"})
"""The callback from the sign-in provider has no form to show a refusal in: the sign-in page shows it."""
_EVERYTHING = frozenset({"DomainError", "Exception", "BaseException"})
_CARRYING = frozenset({"perform", "carry_out", "attempt"})


_DEADLINE = r"[\w.]*(?:deadline|hold_until)"
_FORMATTED_OTHERWISE = re.compile(
    rf"{_DEADLINE}\s*\|\s*(?!deadline\b)\w+|\b(?:day|moment)\(\s*{_DEADLINE}|\|\s*last_day\b"
)


def deadlines_are_written_in_one_way(tree: Tree) -> list[Violation]:
    """A template of a service shows a deadline with `|deadline`, `ui.deadline` or `ui.when`.

    Formatted as a day or a moment, a deadline at the end of the 13th would be shown as the 14th.
    """
    found: list[Violation] = []
    for _, folder in tree.packages():
        for path in sorted(folder.rglob("templates/**/*.html")):
            if "deskkit" in folder.parts:
                continue
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
                if other := _FORMATTED_OTHERWISE.search(line):
                    words = f"formats a deadline in a way of its own: {other.group(0)!r}"
                    found.append(Violation(tree.shown(path), number, words))
    return found


_COLON = re.compile(r"""(?:\}\}|%\}): |[(~] ?": ["]""")


def colons_are_those_of_the_language(tree: Tree) -> list[Violation]:
    """A template writes `{{ colon }}` after something it shows: French has a space before it."""
    return [
        Violation(tree.shown(path), number, "writes a colon of its own after what it shows")
        for _, folder in tree.packages()
        for path in sorted(folder.rglob("templates/**/*.html"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if _COLON.search(line)
    ]


def desks_carry_forms_out(tree: Tree) -> list[Violation]:
    """A desk leaves what the domain refuses to `call.carry_out` or `form.attempt`.

    No `try` surrounds a use case, none catches every refusal, and no form's command is performed directly.
    """
    found: list[Violation] = []
    for module in tree.modules(*SERVICE_PACKAGES):
        if not module.stem.startswith("desk"):
            continue
        for function, node in _in_functions(module):
            if f"{module.name}.{function}" in ANSWERS_A_REFUSAL_ITSELF:
                continue
            if words := _wrong(node):
                found.append(Violation(tree.shown(module.path), node.lineno, f"{function} {words}"))
    return found


def _in_functions(module: Module) -> Iterator[tuple[str, ast.Try | ast.Call]]:
    for outer in module.tree.body:
        for node in ast.walk(outer):
            if isinstance(node, (ast.Try, ast.Call)):
                yield getattr(outer, "name", "<module>"), node


def _wrong(node: ast.Try | ast.Call) -> str | None:
    if isinstance(node, ast.Call):
        bare = _called(node) == "perform" and any(
            isinstance(argument, ast.Attribute) and argument.attr == "command" for argument in node.args
        )
        return "performs a form's command: `call.carry_out` does that and shows a refusal" if bare else None
    caught = {name for handler in node.handlers for name in _caught(handler)}
    if caught & _EVERYTHING:
        return "catches every refusal: `call.carry_out` and `form.attempt` show them in the form"
    tried = (inner for statement in node.body for inner in ast.walk(statement))
    if node.handlers and any(isinstance(inner, ast.Call) and _called(inner) in _CARRYING for inner in tried):
        return "tries a use case itself: `form.refused` holds the refusal"
    return None


def _caught(handler: ast.ExceptHandler) -> Iterator[str]:
    if handler.type is None:
        yield "BaseException"
        return
    for kind in handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]:
        yield kind.attr if isinstance(kind, ast.Attribute) else ast.unparse(kind)


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
