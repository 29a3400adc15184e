"""Every package says what it is, under which licence, and explains itself in a README of a minute's read."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECTS = [path.parent for path in sorted(ROOT.glob("*/*/pyproject.toml"))]
MOST_WORDS = 300
LONGER = {"deskkit"}
"""Its README is the reference of its macros."""


@pytest.mark.parametrize("folder", PROJECTS, ids=lambda path: str(path.name))
def test_a_package_has_a_description_the_licence_and_a_short_readme(folder: Path) -> None:
    project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert len(project["description"]) > 20
    assert project["license"] == "AGPL-3.0-or-later"
    words = len((folder / "README.md").read_text(encoding="utf-8").split())
    assert words >= 40
    assert words <= MOST_WORDS or folder.name in LONGER


def test_the_repository_has_what_a_public_forge_looks_for() -> None:
    wanted = (
        "LICENSE", "SECURITY.md", "CODE_OF_CONDUCT.md", "CONTRIBUTING.md", "README.md", ".editorconfig",
        ".pre-commit-config.yaml", ".github/workflows/ci.yml", ".github/pull_request_template.md",
        ".github/ISSUE_TEMPLATE/fault.yml", ".github/ISSUE_TEMPLATE/wish.yml",
    )  # fmt: skip
    assert [name for name in wanted if not (ROOT / name).is_file()] == []
    assert ".ci/run" in (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
