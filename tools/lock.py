"""Write `requirements.lock`: all that runs or tests Partywall, pinned with hashes. `make lock` calls this.

The packages' own `pyproject.toml` files name what is needed; the lock holds versions that work together.
"""

from __future__ import annotations

import itertools
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements.lock"
PROJECTS = ("libs/*/pyproject.toml", "services/*/pyproject.toml", "tools/*/pyproject.toml")
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())
FILES_ONLY = frozenset(SETTINGS["tool"]["partywall"]["files-only"])
"""Packages whose files are used and whose code isn't: they are pinned without what they ask for."""


def wanted() -> list[str]:
    """Return the requirements of all packages and of the development group, without our own packages."""
    found: set[str] = set()
    for pattern in PROJECTS:
        for path in ROOT.glob(pattern):
            found.update(tomllib.loads(path.read_text())["project"].get("dependencies", []))
    found.update(SETTINGS["dependency-groups"]["dev"])
    return sorted(requirement for requirement in found if not requirement.startswith("partywall-"))


def resolved(requirements: list[str]) -> str:
    """Return pip-compile's lock of the requirements, near to what is locked now.

    Raises CalledProcessError.
    """
    with tempfile.TemporaryDirectory() as folder:
        source, lock = Path(folder) / "requirements.in", Path(folder) / "requirements.lock"
        source.write_text("\n".join(requirements) + "\n")
        if LOCK.exists():
            shutil.copy(LOCK, lock)
        command = [sys.executable, "-m", "piptools", "compile", "--quiet", "--strip-extras", "--allow-unsafe"]
        command += ["--generate-hashes", "--no-annotate", "--no-emit-index-url", "--no-emit-trusted-host"]
        command += ["--no-emit-find-links", "--no-emit-options", "--resolver=backtracking", *sys.argv[1:]]
        command += [f"--output-file={lock}", str(source)]
        environment = {**os.environ, "CUSTOM_COMPILE_COMMAND": "make lock"}
        subprocess.run(command, check=True, env=environment)
        return lock.read_text()


def entries_of(lock: str) -> dict[str, str]:
    """Return each entry of a lock, with its hashes, by the package's name."""
    return {found[1]: found[0] for found in re.finditer(r"^([a-z0-9._-]+)==.*\n(?:    .*\n)+", lock, re.M)}


def main() -> int:
    """Resolve the requirements and write the lock; return the exit status."""
    asked = wanted()
    alone = [requirement for requirement in asked if requirement in FILES_ONLY]
    try:
        lock = resolved([requirement for requirement in asked if requirement not in FILES_ONLY])
        bare = {name: entry for name, entry in entries_of(resolved(alone)).items() if name in FILES_ONLY}
    except subprocess.CalledProcessError as failed:
        return failed.returncode
    heading = "".join(itertools.takewhile(lambda line: line.startswith("#"), lock.splitlines(keepends=True)))
    entries = entries_of(lock) | bare
    LOCK.write_text(heading + "".join(entries[name] for name in sorted(entries)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
