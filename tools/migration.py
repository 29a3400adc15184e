"""Ids of migrations come from their content: `python tools/migration.py stamp FILE`, `check`.

An id is the beginning of the SHA-256 of the file without its own `revision` line. The file holds the id of
the migration before it, so a change to one that others already ran is found.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_REVISION = re.compile(r"^revision = .*\n", re.M)


def id_of(text: str) -> str:
    """Return the id that a migration of this content has."""
    return hashlib.sha256(_REVISION.sub("", text).encode()).hexdigest()[:12]


def stamped(text: str) -> str:
    """Return a migration with the id that its content gives it."""
    return _REVISION.sub(f'revision = "{id_of(text)}"\n', text)


def unstamped(root: Path) -> list[Path]:
    """Return the migrations below `root` whose id isn't that of their content."""
    paths = sorted(root.glob("services/*/src/*/migrations/versions/*.py"))
    return [path for path in paths if stamped(text := path.read_text(encoding="utf-8")) != text]


def main() -> int:
    """Stamp a file, or list those that are out of date; return how many are."""
    parser = argparse.ArgumentParser(prog="migration")
    parser.add_argument("what", choices=("stamp", "check"))
    parser.add_argument("file", nargs="?", type=Path)
    given = parser.parse_args()
    if given.what == "stamp":
        given.file.write_text(stamped(given.file.read_text(encoding="utf-8")), encoding="utf-8")
        return 0
    found = unstamped(ROOT)
    for path in found:
        sys.stdout.write(f"{path}: changed after it got its id; write a new migration, or stamp it\n")
    return len(found)


if __name__ == "__main__":
    sys.exit(main())
