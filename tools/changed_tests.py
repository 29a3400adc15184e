"""Print the folders of unit tests that a change concerns, for `make check`.

What changed is what differs from `main` (or, on `main`, from the last commit) and isn't committed yet. A
changed library concerns all packages; with nothing changed all unit tests are named.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def _git(*arguments: str) -> list[str]:
    result = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    return result.stdout.splitlines()


def changed_files() -> set[str]:
    """Return the paths that differ from the branch point, tracked or not."""
    (base,) = _git("merge-base", "HEAD", "main") or ["HEAD"]
    return {*_git("diff", "--name-only", base), *_git("ls-files", "--others", "--exclude-standard")}


def unit_tests(changed: set[str]) -> list[str]:
    """Return the folders of unit tests to run, for paths relative to the project."""
    every = {path.parents[1]: path for path in ROOT.glob("*/*/tests/unit")}
    concerned = {
        tests
        for package, tests in every.items()
        if any(path.startswith(f"{package.relative_to(ROOT)}/") for path in changed)
    }
    library = any(path.startswith("libs/") and "/src/" in path for path in changed)
    chosen = every.values() if library or not concerned else concerned
    return sorted(str(path.relative_to(ROOT)) for path in chosen)


if __name__ == "__main__":
    print(*unit_tests(changed_files()))
