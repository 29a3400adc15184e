"""Write `requirements.lock`: all that runs or tests Partywall, pinned with hashes. `make lock` calls this.

The packages' own `pyproject.toml` files say what is needed; the lock says which versions were tried together.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROJECTS = ("libs/*/pyproject.toml", "services/*/pyproject.toml", "tools/*/pyproject.toml")


def wanted() -> list[str]:
    """Return the requirements of all packages and of the development group, without our own packages."""
    found: set[str] = set()
    for pattern in PROJECTS:
        for path in ROOT.glob(pattern):
            found.update(tomllib.loads(path.read_text())["project"].get("dependencies", []))
    found.update(tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]["dev"])
    return sorted(requirement for requirement in found if not requirement.startswith("partywall-"))


def main() -> int:
    """Resolve the requirements and write the lock; return pip-compile's exit status."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "requirements.in"
        source.write_text("\n".join(wanted()) + "\n")
        command = [sys.executable, "-m", "piptools", "compile", "--quiet", "--strip-extras", "--allow-unsafe"]
        command += ["--generate-hashes", "--no-annotate", "--no-emit-index-url", "--no-emit-trusted-host"]
        command += ["--no-emit-find-links", "--no-emit-options", "--resolver=backtracking", *sys.argv[1:]]
        command += [f"--output-file={ROOT / 'requirements.lock'}", str(source)]
        environment = {**os.environ, "CUSTOM_COMPILE_COMMAND": "make lock"}
        return subprocess.run(command, check=False, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
