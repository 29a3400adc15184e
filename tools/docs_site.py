"""`make site`: all texts of the project as one site that can be searched and read offline.

It takes the texts of the repository, the help of the desks, the APIs as the services describe them,
and the published events as the catalogue has them. Nothing is written for the site alone.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from inspect import cleandoc
from pathlib import Path
from typing import Any

import yaml

from contracts.catalogue import CATALOGUE
from contracts.event import Event
from partywall.runtimes import definition_of, settings_of
from partywall.stack import Stack

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "build" / "site"
APIS = {"support": "support", "tenancy": "tenancy", "units": "units", "gateway": "support/gateway"}
"""Each service, and the part of a stack that serves its API."""
FIRST = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")
PARTS = {
    "How it works": "docs/how-it-works/*.md",
    "Decisions": "docs/decisions/*.md",
    "Runbooks": "docs/runbooks/*.md",
    "Help in the desks": "services/*/src/*/help/*.md",
    "Packages": "*/*/README.md",
}


def gather(folder: Path) -> list[dict[str, Any]]:
    """Copy the texts and pictures into `folder`, add what is generated, and return the navigation."""
    for path in _tracked():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, target)
    navigation: list[dict[str, Any]] = [{_title(folder / name): name} for name in FIRST]
    for words, pattern in PARTS.items():
        pages = sorted(path.relative_to(folder) for path in folder.glob(pattern))
        navigation.append({words: [{_named(folder, page): str(page)} for page in pages]})
    navigation.append({"APIs": [{name: page} for name, page in _apis(folder)]})
    navigation.append({"Published events": _events(folder)})
    navigation.append({"Glossary": "docs/glossary.md"})
    return navigation


def _tracked() -> list[Path]:
    listed = ["git", "-C", str(ROOT), "ls-files", "-z", "*.md", "*.svg", "*.png"]
    names = subprocess.run(listed, check=True, capture_output=True, text=True).stdout.split("\0")
    return [Path(name) for name in names if name and (ROOT / name).is_file()]


def _title(path: Path) -> str:
    first = next(
        (line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("# ")), ""
    )
    return first.removeprefix("# ") or path.stem


def _named(folder: Path, page: Path) -> str:
    """Return the title of a page, with the package it belongs to where several have the same."""
    title = _title(folder / page)
    return f"{title} ({page.stem})" if page.parent.name == "help" and "src" in page.parts else title


def _apis(folder: Path) -> Iterable[tuple[str, str]]:
    """Write a page for the API of each service from its own OpenAPI document."""
    with tempfile.TemporaryDirectory() as state:
        stack = Stack.open(Path(state), environment={})
        for service, part in APIS.items():
            definition = definition_of(stack.layout.part(part))
            app = definition.create_app(
                definition.build_runtime(settings_of(stack.programs, stack.layout.part(part)))
            )
            document = app.openapi()
            page = folder / "apis" / f"{service}.md"
            page.parent.mkdir(exist_ok=True)
            page.write_text(_api(document), encoding="utf-8")
            (page.parent / f"{service}.json").write_text(json.dumps(document, indent=1), encoding="utf-8")
            yield document["info"]["title"], f"apis/{service}.md"


def _api(document: dict[str, Any]) -> str:
    lines = [f"# {document['info']['title']}", "", "| | address | |", "|---|---|---|"]
    for path, operations in sorted(document["paths"].items()):
        for method, operation in operations.items():
            words = operation.get("description") or operation.get("summary", "")
            lines.append(f"| {method.upper()} | `{path}` | {_cell(words.splitlines()[0] if words else '')} |")
    return "\n".join(lines) + "\n"


def _events(folder: Path) -> list[dict[str, str]]:
    """Write a page for the events of each publisher."""
    by_publisher: dict[str, list[type[Event]]] = {}
    for model in CATALOGUE.models:
        by_publisher.setdefault(str(model.terms.publisher), []).append(model)
    pages: list[dict[str, str]] = []
    for publisher, models in sorted(by_publisher.items()):
        page = folder / "events" / f"{publisher}.md"
        page.parent.mkdir(exist_ok=True)
        texts = [f"# Events of {publisher}", *(_event(model) for model in models)]
        page.write_text("\n\n".join(texts), encoding="utf-8")
        pages.append({f"of {publisher}": f"events/{publisher}.md"})
    return pages


def _event(model: type[Event]) -> str:
    terms = model.terms
    listeners = ", ".join(str(one) for one in terms.listeners)
    lines = [
        f"## {terms.name.replace('_', ' ').capitalize()} (version {terms.major})",
        "",
        f"`{terms.subject('{party}', '{addressee}' if terms.addressed else None)}`",
        "",
        cleandoc(model.__doc__ or ""),
        "",
        f"For {listeners}; basis: {terms.basis.value}"
        + (f", consent: {terms.purpose.value}" if terms.purpose else "")
        + f"; in the order of its `{terms.aggregate}`; rows {terms.row}.",
        "",
        "| field | |",
        "|---|---|",
    ]
    for name, field in model.model_fields.items():
        kind = getattr(field.annotation, "__name__", str(field.annotation))
        lines.append(f"| `{name}` | {_cell(field.description or kind)} |")
    return "\n".join([*lines, ""])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def main() -> int:
    """Build the site, in build/site or the folder that is named; return mkdocs' exit status."""
    site = Path(sys.argv[1]) if sys.argv[1:] else SITE
    with tempfile.TemporaryDirectory() as folder:
        texts = Path(folder) / "texts"
        texts.mkdir()
        settings = {
            "site_name": "Partywall",
            "docs_dir": str(texts),
            "site_dir": str(site),
            # Nothing is fetched from elsewhere: the site is read where no network is.
            "theme": {"name": "readthedocs", "highlightjs": False, "navigation_depth": 2},
            "use_directory_urls": False,
            "plugins": ["search"],
            "nav": gather(texts),
            "validation": {"links": {"not_found": "warn"}, "nav": {"omitted_files": "ignore"}},
        }
        config = Path(folder) / "mkdocs.yml"
        config.write_text(yaml.safe_dump(settings, allow_unicode=True, sort_keys=False), encoding="utf-8")
        built = subprocess.run(
            [sys.executable, "-m", "mkdocs", "build", "--quiet", "-f", str(config)], check=False
        )
    sys.stdout.write(f"{site / 'index.html'}\n")
    return built.returncode


if __name__ == "__main__":
    sys.exit(main())
