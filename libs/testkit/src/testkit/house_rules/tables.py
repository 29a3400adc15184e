"""The rule on tables: a feature writes its own, and what others ask of them goes through its functions."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from testkit.house_rules.tree import SERVICE_PACKAGES, Module, Tree, Violation, imports_of

MAY_WRITE: Mapping[str, str] = {
    "units_svc.publishing unit": "numbers listings for features that come before the inventory",
    "units_svc.holds unit": "a request is answered and the home taken by one statement (performance.md)",
    "units_svc.holds occupancy_change": "the same statement says what caused the change",
    "units_svc.inventory outbox": "listings, about nobody, are published for many homes by one statement",
    "support_svc.securing placement": "each step moves the placement on (P3)",
    "support_svc.securing placement_timeline": "one statement writes a request with its timeline",
    "support_svc.moving_in placement": "a move-in is a state of the placement (P7)",
    "support_svc.followups placement": "a follow-up can find another head of the household (P8)",
    "tenancy_svc.applications counterpart": "a referral's application is noted where it's answered from",
    "tenancy_svc.applications audit": "names in the history are deleted with the person's (W5)",
    "tenancy_svc.leases application": "an application stands as its lease does",
    "tenancy_svc.signings application": "an application stands as its lease does",
    "tenancy_svc.signings lease": "a lease is in force, or discarded, when its signing says so",
    "tenancy_svc.signings lease_party": "names in drafts are deleted with those of the application (W5)",
    "gateway.sessions staff_member": "the first sign-in at a provider links the account",
    "gateway.staff session": "sessions end with the account's right to them; staff comes before sessions",
}
"""`package.feature table` → why this feature, or module outside of one, writes a table that isn't its own."""
_SQL_WRITES = re.compile(
    r"\b(?:insert\s+into|delete\s+from|merge\s+into|truncate(?:\s+table)?|(?<!for )update(?=[^;]*?\bset\b))"
    r"\s+(?:only\s+)?\"?([a-z_]+)\"?",
    re.IGNORECASE,
)
_CONSTRUCTS = frozenset({"insert", "update", "delete"})
_COPIES = frozenset({"copy_records_to_table", "copy_to_table", "copy_rows"})
_CHANGING = ("setattr", "session.delete")
_LOADS = frozenset({"get", "get_one"})
_RECORDS = frozenset({"scalar", "scalars", "scalar_one", "scalar_one_or_none"})


def features_write_their_own_tables(tree: Tree) -> list[Violation]:
    """No module writes a table of another feature or of the chassis, except those that `MAY_WRITE` names.

    A feature's tables are those that its folder maps. Writing is a statement (a construct of SQLAlchemy, SQL
    text, COPY), a mapped record that is made, or an attribute that is set on one: of a parameter with that
    annotation, or of what was loaded by that class in the same function.
    """
    project = _Project.of(tree)
    found: list[Violation] = []
    for module in _writers(tree):
        own = (module.package, module.feature or "")
        written = sorted({(getattr(node, "lineno", 0), table) for table, node in project.written_by(module)})
        for line, table in written:
            owner = project.owner_of(module.package, table)
            writer = f"{module.package}.{module.feature or module.stem} {table}"
            if owner is None or owner == own or writer in MAY_WRITE:
                continue
            words = f"{writer}: the table belongs to {'.'.join(filter(None, owner))}"
            found.append(Violation(tree.shown(module.path), line, words))
    return found


def _writers(tree: Tree) -> Iterator[Module]:
    for module in tree.modules(*SERVICE_PACKAGES):
        if ".migrations" not in module.name:
            yield module


Owner = tuple[str, str]


@dataclass(slots=True)
class _Project:
    """Which tables there are and whose, and the names by which modules know them."""

    owners: dict[tuple[str, str], Owner] = field(default_factory=dict)
    records: dict[str, str] = field(default_factory=dict)
    """Dotted name of a mapped class → its table."""
    tables: dict[str, str] = field(default_factory=dict)
    """Dotted name of a `Table` → the table's name."""
    returns: dict[str, str] = field(default_factory=dict)
    """Dotted name of a function → the mapped class that it returns, as its annotation names it."""

    @classmethod
    def of(cls, tree: Tree) -> _Project:
        """Return what the sources of services and chassis map."""
        found = cls()
        sources = tree.modules("chassis", *SERVICE_PACKAGES)
        for module in sources:
            for node in ast.walk(module.tree):
                if isinstance(node, ast.ClassDef) and (table := _mapped(node)):
                    found.records[f"{module.name}.{node.name}"] = table
                    found.owners[module.package, table] = (module.package, module.feature or "")
                elif isinstance(node, ast.Assign) and (table := _table(node.value)):
                    found.tables |= {f"{module.name}.{ast.unparse(one)}": table for one in node.targets}
                    if module.package == "chassis":
                        found.owners["chassis", table] = ("chassis", "")
        for module in sources:
            known = found.known_to(module)
            for node in ast.walk(module.tree):
                if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    for record in known.records_in(node.returns):
                        found.returns[f"{module.name}.{node.name}"] = record
        return found

    def owner_of(self, package: str, table: str) -> Owner | None:
        """Return the package and feature that a table belongs to; None for one that nobody maps."""
        return self.owners.get((package, table)) or self.owners.get(("chassis", table))

    def known_to(self, module: Module) -> _Known:
        """Return records and tables under the names that a module gives them."""
        local = {name.rsplit(".", 1)[-1]: name for _, name in imports_of(module)}
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    if alias.asname and alias.name in local:
                        local[alias.asname] = local[alias.name]
        prefix = f"{module.name}."
        for names in (self.records, self.tables, self.returns):
            local |= {name.removeprefix(prefix): name for name in names if name.startswith(prefix)}
        return _Known(self, local)

    def written_by(self, module: Module) -> Iterator[tuple[str, ast.AST]]:
        """Yield the tables that a module writes, each with the node that does."""
        known = self.known_to(module)
        prose = _docstrings(module.tree)
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call):
                yield from ((table, node) for table in known.written_by_call(node))
            elif isinstance(node, (ast.Constant, ast.JoinedStr)) and id(node) not in prose:
                yield from ((match[1].lower(), node) for match in _SQL_WRITES.finditer(known.text_of(node)))
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield from known.set_in(node)


@dataclass(slots=True)
class _Known:
    project: _Project
    local: dict[str, str]

    def record(self, node: ast.AST | None) -> str | None:
        """Return the table of a mapped class that `node` names."""
        return self.project.records.get(self._dotted(node))

    def table(self, node: ast.AST | None) -> str | None:
        """Return the table that `node` names: by its class, its `__table__`, or a `Table`."""
        if isinstance(node, ast.Attribute) and node.attr in ("__table__", "__tablename__"):
            node = node.value
        return self.record(node) or self.project.tables.get(self._dotted(node)) or _table(node)

    def _dotted(self, node: ast.AST | None) -> str:
        """Return the name of `node` from the root of its package; empty when it's no name."""
        if not isinstance(node, (ast.Name, ast.Attribute)):
            return ""
        first, dot, rest = ast.unparse(node).partition(".")
        return self.local.get(first, first) + dot + rest

    def records_in(self, annotation: ast.expr | None) -> set[str]:
        """Return the tables of mapped classes that an annotation is, or may be None instead of."""
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
            annotation = ast.parse(annotation.value, mode="eval").body
        if isinstance(annotation, ast.BinOp):
            return self.records_in(annotation.left) | self.records_in(annotation.right)
        table = self.record(annotation)
        return {table} if table else set()

    def text_of(self, node: ast.Constant | ast.JoinedStr) -> str:
        """Return a text with the tables filled in that it names by their class."""
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, str) else ""
        return "".join(map(self._part, node.values))

    def _part(self, part: ast.expr) -> str:
        if isinstance(part, ast.Constant):
            return str(part.value)
        return (isinstance(part, ast.FormattedValue) and self.table(part.value)) or "?"

    def written_by_call(self, node: ast.Call) -> Iterator[str]:
        """Yield the tables that a call writes, or makes a record of."""
        called = node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
        if called in _CONSTRUCTS:
            named = [*node.args[:1], *([node.func.value] if isinstance(node.func, ast.Attribute) else [])]
            yield from filter(None, map(self.table, named))
        elif called in _COPIES:
            for argument in node.args[:2]:
                literal = argument.value if isinstance(argument, ast.Constant) else None
                if table := literal if isinstance(literal, str) else self.table(argument):
                    yield table
        elif table := self.record(node.func):
            yield table

    def set_in(self, function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[tuple[str, ast.AST]]:
        """Yield the tables of records whose attributes a function sets, or that it deletes."""
        arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
        held = {one.arg: table for one in arguments for table in self.records_in(one.annotation)}
        selected: dict[str, str] = {}
        for node in ast.walk(function):
            target, value = _assigned(node)
            if target is None or value is None:
                continue
            if isinstance(node, ast.AnnAssign) and (tables := self.records_in(node.annotation)):
                held[target] = tables.pop()
            elif table := self._loaded(value, selected):
                held[target] = table
            elif table := self._selected(value, selected):
                selected[target] = table
        for node in ast.walk(function):
            for changed in _changed(node):
                if table := held.get(changed):
                    yield table, node

    def _loaded(self, value: ast.expr, selected: Mapping[str, str]) -> str | None:
        """Return the table of the record that an expression loads, if it's one."""
        for call in (node for node in ast.walk(value) if isinstance(node, ast.Call)):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
            if name in _LOADS and call.args and (table := self.record(call.args[0])):
                return table
            if name in _RECORDS and (table := self._selected(value, selected)):
                return table
        bare = value.value if isinstance(value, ast.Await) else value
        return self.project.returns.get(self._dotted(bare.func)) if isinstance(bare, ast.Call) else None

    def _selected(self, value: ast.expr, selected: Mapping[str, str]) -> str | None:
        """Return the table whose records an expression selects."""
        for node in ast.walk(value):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("select") and node.args:
                if len(node.args) == 1 and (table := self.record(node.args[0])):
                    return table
            elif isinstance(node, ast.Name) and node.id in selected:
                return selected[node.id]
        return None


def _mapped(node: ast.ClassDef) -> str | None:
    for statement in node.body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "__tablename__":
            return str(ast.literal_eval(statement.value))
    return None


def _table(node: ast.AST | None) -> str | None:
    """Return the name of a table that is described where it's used."""
    if isinstance(node, ast.Call) and ast.unparse(node.func).rsplit(".", 1)[-1] in ("Table", "table"):
        first = node.args[0] if node.args else None
        return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None
    return None


def _assigned(node: ast.AST) -> tuple[str | None, ast.expr | None]:
    """Return the name that a statement gives a value, and the value or what it's one of."""
    target: ast.expr | None = None
    value: ast.expr | None = None
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target, value = node.targets[0], node.value
    elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)):
        target, value = node.target, node.value
    elif isinstance(node, (ast.For, ast.AsyncFor)):
        target, value = node.target, node.iter
    return (target.id, value) if isinstance(target, ast.Name) else (None, None)


def _changed(node: ast.AST) -> Iterator[str]:
    """Yield what a statement or call sets an attribute of, or deletes."""
    if isinstance(node, (ast.Assign, ast.AugAssign)):
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            for one in ast.walk(target):
                if isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Store):
                    yield ast.unparse(one.value)
    elif isinstance(node, ast.Call) and node.args and ast.unparse(node.func).endswith(_CHANGING):
        yield ast.unparse(node.args[0])


def _docstrings(tree: ast.Module) -> set[int]:
    """Return the identities of texts that stand alone, as docstrings do, and of what f-strings consist of."""
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    joined = (node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr))
    return alone | {id(part) for node in joined for part in node.values}
