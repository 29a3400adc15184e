"""A tree of sources as the rules see it: packages, features, parsed modules."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SERVICE_PACKAGES = ("units_svc", "support_svc", "tenancy_svc", "gateway")
LIBRARY_PACKAGES = (
    "contracts",
    "chassis",
    "trade",
    "column_search",
    "importing",
    "deskkit",
    "testkit",
    "partywall",
)
FEATURE_FILES = ("model", "commands", "queries", "api", "desk")


@dataclass(frozen=True, slots=True)
class Violation:
    """One violation of a rule. `line` is 0 when the whole file is meant."""

    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


@dataclass(frozen=True, slots=True)
class Module:
    """One parsed Python file; `name` is its dotted name."""

    path: Path
    name: str
    package: str
    tree: ast.Module

    @property
    def feature(self) -> str | None:
        """The feature folder of a service that it belongs to, if any."""
        parts = self.name.split(".")
        return parts[1] if self.package in SERVICE_PACKAGES and len(parts) > 2 else None

    @property
    def stem(self) -> str:
        """Last part of its name."""
        return self.name.rsplit(".", 1)[-1]


@dataclass(slots=True)
class Tree:
    """The project below `root`, or a planted imitation of it with the same folders."""

    root: Path
    _modules: list[Module] = field(default_factory=list)

    def packages(self) -> Iterator[tuple[str, Path]]:
        """Yield name and folder of every package of ours that is there."""
        for pattern in ("libs/*/src/*", "services/*/src/*", "tools/*/src/*"):
            for folder in sorted(self.root.glob(pattern)):
                if (folder / "__init__.py").exists():
                    yield folder.name, folder

    def modules(self, *packages: str) -> list[Module]:
        """Return the modules of the named packages, or of all."""
        if not self._modules:
            for name, folder in self.packages():
                for path in sorted(folder.rglob("*.py")):
                    self._modules.append(_parse(path, name, folder))
        return [module for module in self._modules if not packages or module.package in packages]

    def features(self) -> dict[tuple[str, str], list[Module]]:
        """Return the modules of each feature, a folder of a service's package, by package and folder."""
        found: dict[tuple[str, str], list[Module]] = {}
        for module in self.modules(*SERVICE_PACKAGES):
            if module.feature and module.feature != "migrations":
                found.setdefault((module.package, module.feature), []).append(module)
        return found

    def tests(self) -> Iterator[Path]:
        """Yield every test module."""
        for pattern in ("libs/*/tests", "services/*/tests", "tools/*/tests", "tests"):
            for folder in sorted(self.root.glob(pattern)):
                yield from sorted(folder.rglob("test_*.py"))

    def tracked(self) -> list[Path]:
        """Return every file that Git tracks, or every file below a root that isn't a repository."""
        command = ["git", "-C", str(self.root), "ls-files", "-z"]
        if (self.root / ".git").exists():
            listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            paths = [self.root / name for name in listed.split("\0") if name]
            return [path for path in paths if path.is_file()]
        return [path for path in sorted(self.root.rglob("*")) if path.is_file()]

    def shown(self, path: Path) -> Path:
        """Return `path` as people read it: from the root."""
        return path.relative_to(self.root)


def _parse(path: Path, package: str, folder: Path) -> Module:
    parts = path.relative_to(folder).with_suffix("").parts
    name = ".".join((package, *(part for part in parts if part != "__init__")))
    return Module(path, name, package, ast.parse(path.read_text(encoding="utf-8"), str(path)))


def imports_of(module: Module) -> Iterator[tuple[int, str]]:
    """Yield line and absolute name of all that `module` imports, also inside functions and for types."""
    parent = module.name.split(".")
    if module.path.name != "__init__.py":
        parent = parent[:-1]
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = parent[: len(parent) - node.level + 1] if node.level else []
            prefix = ".".join((*base, *([node.module] if node.module else [])))
            for alias in node.names:
                yield node.lineno, f"{prefix}.{alias.name}"


def decorators(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Yield dotted name and expression of the decorators of a function or class."""
    for decorator in getattr(node, "decorator_list", []):
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        yield ast.unparse(target), decorator
