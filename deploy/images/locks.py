"""Write what each image installs: the part of `requirements.lock` that its service needs, hashes included.

`python deploy/images/locks.py` writes `locks/common.lock` (what all services need),
`locks/<service>.lock` (what one needs besides) and `locks/build.lock`; with `--check` it only says which
are out of date and exits 1. Run it in the environment that `make install` made: what other people's
packages need is read from those installed.
"""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
LOCK = ROOT / "requirements.lock"
FILES_ONLY = frozenset(
    tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["partywall"]["files-only"]
)
SERVICES = ("units-svc", "support-svc", "tenancy-svc", "gateway")
BUILD_TOOLS = ("pip", "setuptools", "wheel")
PYTHON = {
    "python_version": "3.11",
    "python_full_version": "3.11.0",
    "sys_platform": "linux",
    "platform_system": "Linux",
}


def pinned() -> dict[str, str]:
    """Return each entry of the lock, with its hashes, by the package's canonical name."""
    entries: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in LOCK.read_text().splitlines():
        if start := re.match(r"([A-Za-z0-9._-]+)==", line):
            lines = entries[canonicalize_name(start[1])] = []
        if not line.startswith("#") and line.strip():
            lines.append(line)
    return {name: "\n".join(found) for name, found in entries.items()}


def needed(root: str) -> set[str]:
    """Return the canonical names of all packages that a package needs to run, without the project's own."""
    seen: set[tuple[str, str]] = set()
    waiting = [(root, "")]
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        for line in _asked_for(name):
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({**PYTHON, "extra": extra}):
                found = canonicalize_name(requirement.name)
                waiting += [(found, wanted) for wanted in ("", *requirement.extras)]
    return {name for name, _ in seen if not name.startswith("partywall-")}


def _asked_for(name: str) -> list[str]:
    """Return the requirements of a package; of the project's own from the sources, as metadata may be old."""
    if name in FILES_ONLY:
        return []
    if not name.startswith("partywall-"):
        return distribution(name).requires or []
    short = name.removeprefix("partywall-")
    places = (f"{part}/{short}/pyproject.toml" for part in ("libs", "services"))
    (project,) = [path for place in places for path in ROOT.glob(place)]
    dependencies: list[str] = tomllib.loads(project.read_text())["project"]["dependencies"]
    return dependencies


def locks() -> dict[str, str]:
    """Return each lock's text by its file name. Raises KeyError for a package that isn't pinned."""
    entries = pinned()
    needs = {service: needed(f"partywall-{service}") for service in SERVICES}
    common = set.intersection(*needs.values())
    wanted = {service: names - common for service, names in needs.items()} | {"common": common}
    wanted["build"] = {name for tool in BUILD_TOOLS for name in needed(tool)}
    heading = "# Part of requirements.lock, written by deploy/images/locks.py.\n"
    return {
        f"{name}.lock": heading + "\n".join(entries[package] for package in sorted(packages)) + "\n"
        for name, packages in wanted.items()
    }


def main() -> int:
    """Write the locks, or with --check compare them; return the exit status."""
    folder = HERE / "locks"
    outdated = [
        name
        for name, text in locks().items()
        if not (folder / name).exists() or (folder / name).read_text() != text
    ]
    if "--check" in sys.argv[1:]:
        for name in outdated:
            sys.stdout.write(f"out of date, run `python deploy/images/locks.py`: {name}\n")
        return 1 if outdated else 0
    folder.mkdir(exist_ok=True)
    for name in outdated:
        (folder / name).write_text(locks()[name])
    return 0


if __name__ == "__main__":
    sys.exit(main())
