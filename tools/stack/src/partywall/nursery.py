"""Starts several services from one process that has loaded what they share, which saves each a second.

`python -m partywall.nursery` reads a JSON list of `Child` from its standard input, forks one process for
each, prints their ids in the same order, and ends. A child is then the same as a process started by
`python -m <module> <arguments>`: it has its own session, environment and log, and no open file of its parent.
Only third-party and library code is loaded before the fork; nothing is connected and no thread runs yet.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import runpy
import sys
from typing import TypedDict

SHARED = (
    "alembic.command",
    "chassis.commands.serving",
    "chassis.commands.working",
    "chassis.http.app",
    "contracts.border",
    "deskkit.desk",
)
"""Modules that every service loads; none belongs to a single service."""


class Child(TypedDict):
    """One process to start. `environment` is its whole environment; its output goes to `log`."""

    module: str
    arguments: list[str]
    environment: dict[str, str]
    folder: str
    log: str


def main() -> None:
    """Fork every child listed on standard input, and print their process ids."""
    children: list[Child] = json.load(sys.stdin)
    for name in SHARED:
        importlib.import_module(name)
    # What is loaded by now lives as long as the children: their garbage collectors need not examine it.
    gc.collect()
    gc.freeze()
    for child in children:
        pid = os.fork()
        if pid == 0:
            become(child)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


def become(child: Child) -> None:
    """Run `child` in this process; never returns."""
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDONLY)
    log = os.open(child["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    os.closerange(3, max(nothing, log) + 1)
    os.chdir(child["folder"])
    os.environ.clear()
    os.environ.update(child["environment"])
    sys.argv = [child["module"], *child["arguments"]]
    runpy.run_module(child["module"], run_name="__main__", alter_sys=True)
    sys.exit(0)


if __name__ == "__main__":
    main()
