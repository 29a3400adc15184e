"""Every rule that a line of an imported file can break has words in both languages (C7, U8)."""

import re
from pathlib import Path

import pytest

from deskkit.i18n import SHARED, load_catalogue
from deskkit.i18n.catalogue import folder_of
from deskkit.labels import label_of

RAISED = re.compile(r"""Wrong\(\s*["'](\w+)["']""")
FOUND = re.compile(r"INSERT INTO import_problem \([^)]*\)\s*SELECT \S+, \S+, [^']*'(\w+)'")
pytestmark = pytest.mark.row("C7", "U8")


def rules_in(folder: Path) -> set[str]:
    """Return the rules that the code below a folder reports, in Python and in SQL."""
    texts = [path.read_text(encoding="utf-8") for path in folder.rglob("*.py")]
    return {rule for text in texts for pattern in (RAISED, FOUND) for rule in pattern.findall(text)}


@pytest.mark.parametrize("package", ["support_svc", "units_svc"])
def test_every_rule_of_an_import_has_french_words(package: str) -> None:
    rules = set().union(*(rules_in(folder_of(one)) for one in ("trade", "importing", package)))
    assert len(rules) > 25
    french = load_catalogue("fr", (*SHARED, package)).messages
    assert [rule for rule in sorted(rules) if not any(french.get(label_of(rule), ()))] == []
