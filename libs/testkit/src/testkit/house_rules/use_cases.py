"""Rules on use cases and queries: each declares its permission, and a GET performs none."""

from __future__ import annotations

import ast

from testkit.house_rules.tree import SERVICE_PACKAGES, Module, Tree, Violation, decorators, imports_of

_DECLARE = frozenset({"use_case", "query"})
MAY_OPEN_A_SESSION = frozenset({"gateway.single_sign_on.desk.back"})
"""OpenID Connect sends a person back by a GET; its code is good once, and only with the state cookie."""
_OF_ALL_SERVICES = "chassis.access.RECEIVE_EVENTS"
SHARED = frozenset(
    f"units_svc.inventory.buildings.{name}" for name in ("building_at", "unit_at", "has_numbered_homes")
)
"""What use cases share and that takes part of a command; it's no use case itself."""
_READS = frozenset({"get", "head"})
_WRITING_CALLS = frozenset({"perform", "perform_in", "carry_out"})


def use_cases_declare_their_permission(tree: Tree) -> list[Violation]:
    """A public `(tx, command)` is a `@use_case`; each `@use_case` and `@query` names a permission."""
    found: list[Violation] = []
    commands = _commands(tree)
    for modules in tree.features().values():
        for module in modules:
            permissions = _permissions(module)
            for node in ast.walk(module.tree):
                if not isinstance(node, ast.AsyncFunctionDef):
                    continue
                declared = [expression for name, expression in decorators(node) if name in _DECLARE]
                if any(not _names_permission(expression, permissions) for expression in declared):
                    found.append(_at(tree, module, node, f"{node.name} declares no permission"))
                if (
                    not declared
                    and _is_use_case(node, commands)
                    and f"{module.name}.{node.name}" not in SHARED
                ):
                    found.append(_at(tree, module, node, f"{node.name} is a use case without @use_case"))
    return found


def _names_permission(expression: ast.expr, permissions: set[str]) -> bool:
    if not isinstance(expression, ast.Call) or not expression.args:
        return False
    first = expression.args[0]
    return isinstance(first, ast.Name) and first.id in permissions


def _permissions(module: Module) -> set[str]:
    """Return what a module imports of those that `feature.py` files declare, and the one of all services."""
    imported = {name for _, name in imports_of(module)}
    declared = {name for name in imported if name.split(".")[-2:-1] == ["feature"]}
    return {name.rsplit(".", 1)[-1] for name in declared | (imported & {_OF_ALL_SERVICES})}


def _is_use_case(node: ast.AsyncFunctionDef, commands: set[str]) -> bool:
    """Whether a public function takes a transaction and a command, whatever it calls them."""
    arguments = node.args.posonlyargs + node.args.args
    if node.name.startswith("_") or len(arguments) != 2:
        return False
    if [argument.arg for argument in arguments] == ["tx", "command"]:
        return True
    first, second = (argument.annotation for argument in arguments)
    if first is None or second is None or ast.unparse(first) != "Tx":
        return False
    return ast.unparse(second).split(".")[-1] in commands


def _commands(tree: Tree) -> set[str]:
    """Return the names of all models of Pydantic in the features."""
    bases = {
        node.name: {ast.unparse(base).split(".")[-1] for base in node.bases}
        for modules in tree.features().values()
        for module in modules
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef)
    }
    found = {"BaseModel", "Command"}
    while more := {name for name, its in bases.items() if its & found} - found:
        found |= more
    return found


def get_writes_nothing(tree: Tree) -> list[Violation]:
    """What answers GET performs no use case; the database holds the same line for what it reads."""
    found: list[Violation] = []
    for module in tree.modules(*SERVICE_PACKAGES):
        for node in ast.walk(module.tree):
            if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) or not _answers_get(node):
                continue
            if f"{module.name}.{node.name}" in MAY_OPEN_A_SESSION:
                continue
            for inner in ast.walk(node):
                if isinstance(inner, ast.Call) and _called(inner) in _WRITING_CALLS:
                    words = f"{node.name} answers GET and performs {ast.unparse(inner.func)}"
                    found.append(_at(tree, module, inner, words))
    return found


def _answers_get(node: ast.AST) -> bool:
    for name, expression in decorators(node):
        verb = name.rsplit(".", 1)[-1]
        if "." in name and verb in _READS:
            return True
        if verb in ("route", "api_route") and isinstance(expression, ast.Call):
            methods = next((k.value for k in expression.keywords if k.arg == "methods"), None)
            if methods is not None and "GET" in ast.unparse(methods).upper():
                return True
    return False


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _at(tree: Tree, module: Module, node: ast.AST, message: str) -> Violation:
    return Violation(tree.shown(module.path), getattr(node, "lineno", 0), message)
