"""`python -m deskkit.i18n [--check] PACKAGE…`: put the texts of packages into their catalogues."""

from __future__ import annotations

import argparse
import sys

from deskkit.i18n.catalogue import LANGUAGES, SOURCE_LANGUAGE
from deskkit.i18n.collecting import collect, out_of_order


def main() -> int:
    """Write the catalogues, or with `--check` list those that are out of date; return how many were."""
    parser = argparse.ArgumentParser(prog="python -m deskkit.i18n")
    parser.add_argument("--check", action="store_true", help="change nothing, list what is out of date")
    parser.add_argument("packages", nargs="+")
    given = parser.parse_args()
    act = out_of_order if given.check else collect
    languages = [language for language in LANGUAGES if language != SOURCE_LANGUAGE]
    found = [path for package in given.packages for language in languages for path in act(package, language)]
    for path in found:
        sys.stdout.write(f"{'not in order' if given.check else 'written'}: {path}\n")
    return len(found) if given.check else 0


if __name__ == "__main__":
    sys.exit(main())
