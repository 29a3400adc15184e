"""Rules on the shape of the code: who imports whom, folders, docstrings, commits, HTTP in the domain."""

from __future__ import annotations

import ast
import re

from testkit.house_rules.tree import SERVICE_PACKAGES, Module, Tree, Violation, imports_of

_EDGES = frozenset({"api", "desk"})
_RANK = {"feature": 0, "model": 0, "commands": 1, "queries": 1, "events": 2, "api": 2, "desk": 2}
FORBIDDEN_FOLDERS = frozenset({"utils", "util", "common", "core", "helpers", "helper", "manager", "misc"})
COMMITTING = frozenset({"chassis.tx", "chassis.db.migrate"})
"""The modules that may end a transaction: `perform` is built on the first, the second changes no record."""
WRITING_OUTBOX = frozenset({"chassis.flush", "chassis.bus.healing", "units_svc.inventory.events"})
"""The modules that may write outbox rows: what `publish` let through, what a lost database had published, and
listings, which are about no person."""
_SQL_OUTBOX = re.compile(r"\binsert\s+into\s+outbox\b", re.IGNORECASE)
_SQL_END = re.compile(r"\s*(commit|rollback|begin|start transaction)\s*;?\s*", re.IGNORECASE)
_DOMAIN = frozenset({"feature", "model", "commands", "queries", "events", "due"})
_HTTP = ("fastapi", "starlette", "http", "httpx", "uvicorn")


def feature_imports_point_inward(tree: Tree) -> list[Violation]:
    """Inside a feature: `api | desk → commands | queries → model`; a desk and an API don't know each other.

    Any other file of a feature ranks with the outermost file that it imports.
    """
    found: list[Violation] = []
    for (package, feature), modules in tree.features().items():
        inside = {module: _imports_inside(module, f"{package}.{feature}.") for module in modules}
        ranks = _ranks(inside)
        for module, imported in inside.items():
            for line, target in imported:
                beside = {module.stem, target} == {"api", "desk"}
                if ranks.get(target, 0) > ranks[module.stem] or beside:
                    words = f"{feature}/{module.stem} imports {feature}/{target}: imports point to the model"
                    found.append(Violation(tree.shown(module.path), line, words))
    return found


def _imports_inside(module: Module, prefix: str) -> list[tuple[int, str]]:
    named = {
        (line, name.removeprefix(prefix)) for line, name in imports_of(module) if name.startswith(prefix)
    }
    return sorted({(line, name.split(".")[0]) for line, name in named})


def _ranks(inside: dict[Module, list[tuple[int, str]]]) -> dict[str, int]:
    ranks = {module.stem: _RANK.get(module.stem, 0) for module in inside}
    for _ in range(len(inside)):
        for module, imported in inside.items():
            if module.stem not in _RANK:
                ranks[module.stem] = max([0, *(ranks.get(target, 0) for _, target in imported)])
    return ranks


def features_form_an_order(tree: Tree) -> list[Violation]:
    """The features of a service know each other without cycles.

    Their edges don't count: a page shows what several features know, and nothing imports a page.
    """
    edges: dict[tuple[str, str], dict[str, tuple[Module, int]]] = {}
    features = tree.features()
    for (package, feature), modules in features.items():
        for module in (module for module in modules if module.stem not in _EDGES):
            for line, name in imports_of(module):
                parts = name.split(".")
                other = parts[1] if len(parts) > 1 and parts[0] == package else None
                if other and other != feature and (package, other) in features:
                    edges.setdefault((package, feature), {}).setdefault(other, (module, line))
    found: list[Violation] = []
    for (package, feature), targets in sorted(edges.items()):
        for other, (module, line) in sorted(targets.items()):
            way = _path(edges, package, other, feature)
            if way:
                cycle = " → ".join((feature, *way))
                found.append(
                    Violation(tree.shown(module.path), line, f"features import in a circle: {cycle}")
                )
    return found


def _path(
    edges: dict[tuple[str, str], dict[str, tuple[Module, int]]], package: str, start: str, goal: str
) -> list[str]:
    """Return the way from `start` to `goal` along imports, or nothing."""
    waiting, seen = [[start]], {start}
    while waiting:
        way = waiting.pop(0)
        if way[-1] == goal:
            return way
        for following in sorted(edges.get((package, way[-1]), {})):
            if following not in seen:
                seen.add(following)
                waiting.append([*way, following])
    return []


def only_perform_commits(tree: Tree) -> list[Violation]:
    """No module but the transaction's own ends a transaction, neither by method nor in SQL."""
    found: list[Violation] = []
    for module in tree.modules("chassis", "deskkit", *SERVICE_PACKAGES):
        if module.name in COMMITTING or ".migrations." in f"{module.name}.":
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                called = ast.unparse(node.func)
                if node.func.attr in ("commit", "rollback") or called.endswith("engine.begin"):
                    words = f"{called}() outside of perform()"
                    found.append(_at(tree, module, node, words))
            elif _ends_in_sql(node):
                found += [_at(tree, module, node, "SQL that ends a transaction outside of perform()")]
    return found


def _ends_in_sql(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and bool(_SQL_END.fullmatch(node.value))
    )


def only_publish_says_anything(tree: Tree) -> list[Violation]:
    """Nothing gets into the outbox but through `Tx.publish`, which asks for the consent that it needs."""
    return [
        _at(tree, module, node, "an outbox row that no consent was asked for")
        for module in tree.modules("chassis", "deskkit", *SERVICE_PACKAGES)
        if module.name not in WRITING_OUTBOX and ".migrations." not in f"{module.name}."
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _SQL_OUTBOX.search(node.value)
    ]


def no_http_in_the_domain(tree: Tree) -> list[Violation]:
    """What use cases are made of knows no web framework and no HTTP status, however its files are called.

    That is models, commands, queries and events with all that they import (rule 7).
    """
    found: list[Violation] = []
    for module in _domain(tree):
        web = ((line, name) for line, name in imports_of(module) if name.split(".")[0] in _HTTP)
        found.extend(Violation(tree.shown(module.path), line, f"{name} in the domain") for line, name in web)
        given = (node for node in ast.walk(module.tree) if isinstance(node, ast.keyword))
        statuses = (node.value for node in given if _gives_status(node))
        found.extend(_at(tree, module, value, "an HTTP status in the domain") for value in statuses)
    return found


def _domain(tree: Tree) -> list[Module]:
    """Return the modules of features that use cases are in, and those of features that these import."""
    by_name = {module.name: module for modules in tree.features().values() for module in modules}
    waiting = [module for module in by_name.values() if module.stem in _DOMAIN]
    seen = {module.name for module in waiting}
    domain: list[Module] = []
    while waiting:
        domain.append(module := waiting.pop())
        for _, name in imports_of(module):
            for known in (name, name.rpartition(".")[0]):
                if known in by_name and known not in seen:
                    seen.add(known)
                    waiting.append(by_name[known])
    return domain


def _gives_status(node: ast.keyword) -> bool:
    number = isinstance(node.value, ast.Constant) and type(node.value.value) is int
    return node.arg in ("status", "status_code") and number


def folders_are_words_of_the_trade(tree: Tree) -> list[Violation]:
    """No folder and no module is named after nothing in particular."""
    found: list[Violation] = []
    for _, folder in tree.packages():
        for path in sorted(folder.rglob("*")):
            named = path.name if path.is_dir() else path.stem if path.suffix == ".py" else ""
            if named in FORBIDDEN_FOLDERS:
                found.append(
                    Violation(tree.shown(path), 0, f"{named!r} has no meaning; use a word of the trade")
                )
    return found


def _at(tree: Tree, module: Module, node: ast.AST, message: str) -> Violation:
    return Violation(tree.shown(module.path), getattr(node, "lineno", 0), message)
