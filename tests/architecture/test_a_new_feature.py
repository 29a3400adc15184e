"""`make feature` makes a feature that works and follows every rule, with nothing edited by hand."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CENTRAL = {
    "pyproject.toml",
    "services/tenancy-svc/src/tenancy_svc/features.py",
    "services/tenancy-svc/src/tenancy_svc/help/en.md",
    "services/tenancy-svc/src/tenancy_svc/help/fr.md",
    "services/tenancy-svc/src/tenancy_svc/help/pages.toml",
}
"""What is touched outside of the feature's own files."""
BY_TOOLS = {"__pycache__", ".ruff_cache"}
ELSEWHERE = "units or support or gateway or planted or is_found or passes or still"
"""Words of the tests that a feature of this service can't turn red: other services, and rules that bite."""


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the project, whose packages are found before the installed ones."""
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tmp_path / name)
    return tmp_path


def ran(copied: Path, *command: str) -> str:
    """Run a command in the copy; fail with what it printed."""
    sources = [str(path) for path in sorted(copied.glob("*/*/src"))]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sources)}
    result = subprocess.run(command, cwd=copied, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


# Half a minute of processor time in five processes: several times that while other tests run beside it.
@pytest.mark.timeout(600)
def test_a_new_feature_works_and_keeps_every_rule(copied: Path) -> None:
    before = {path: path.read_bytes() for path in copied.rglob("*") if path.is_file()}
    ran(copied, sys.executable, "tools/feature.py", "tenancy", "pets", "pet")
    changed = {
        str(path.relative_to(copied))
        for path in copied.rglob("*")
        if path.is_file() and not BY_TOOLS & set(path.parts) and before.get(path) != path.read_bytes()
    }
    own = {name for name in changed if "pets" in name}
    assert changed - own == CENTRAL
    tools = Path(sys.executable).parent
    ran(copied, str(tools / "ruff"), "check", "services", "pyproject.toml")
    ran(copied, str(tools / "lint-imports"), "--no-cache")
    ran(copied, sys.executable, "-m", "deskkit.i18n", "--check", "tenancy_svc")
    rules = "tests/architecture/test_house_rules.py", "tests/architecture/test_help_fits_the_desks.py"
    migrations = "tests/architecture/test_migrations.py"
    its = "services/tenancy-svc/tests/component/test_pets.py"
    # Without the tests that would make a copy of the copy.
    files = *rules, migrations, its
    ran(
        copied,
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-k",
        f"not ({ELSEWHERE})",
        *files,
    )


def test_a_name_that_is_taken_is_refused(copied: Path) -> None:
    with pytest.raises(AssertionError, match="taken"):
        ran(copied, sys.executable, "tools/feature.py", "tenancy", "leases", "lease")
