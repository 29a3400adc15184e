"""`make rows` lists correctly what is proven and shown."""

from __future__ import annotations

from pathlib import Path

from testkit import rows

ROOT = Path(__file__).resolve().parents[2]

ROWS = "| id | row |\n|---|---|\n| P3 | Status |\n| P6 | Secure Unit |\n| P7 | Move In |\n| X1 | French |\n"
TEST = """
import pytest
pytestmark = pytest.mark.row("X1")

@pytest.mark.row("P6", "P3")
async def test_one_wins(): ...

@pytest.mark.row("P7")
class TestMoves:
    def test_inside(self): ...
"""
DESK = '''
"""Pages."""
pages = DeskRouter(prefix="/placements")

@pages.get("/{placement_id}/secure", name="secure")
async def secure(call):
    """Secure Unit: what will be disclosed, word for word (P6)."""

async def unlisted(call):
    """Nothing that has an address (P3)."""
'''


def planted(root: Path) -> Path:
    """Make a project with a table of four rows, one test module and one desk."""
    files = {
        "docs/rows.md": ROWS,
        "services/support-svc/src/support_svc/__init__.py": "",
        "services/support-svc/src/support_svc/placements/__init__.py": "",
        "services/support-svc/src/support_svc/placements/model.py": "",
        "services/support-svc/src/support_svc/placements/desk.py": DESK,
        "services/support-svc/tests/unit/test_secure.py": TEST,
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def test_each_row_is_listed_with_its_tests_and_pages(tmp_path):
    found = {row.id: row for row in rows.rows(planted(tmp_path))}
    module = "services/support-svc/tests/unit/test_secure.py"
    assert found["P6"].tests == (f"{module}::test_one_wins",)
    assert found["P6"].pages == ("GET /placements/{placement_id}/secure",)
    assert found["P3"].pages == ()
    assert found["P7"].tests == (f"{module}::test_inside",)
    assert found["X1"].tests == (f"{module}::test_one_wins", f"{module}::test_inside")


def test_a_row_that_nothing_names_is_shown_as_none(tmp_path):
    root = planted(tmp_path)
    (root / "services/support-svc/tests/unit/test_secure.py").write_text("def test_nothing(): ...\n")
    text = rows.report(rows.rows(root))
    assert "P6   Secure Unit\n     tests: none\n     pages: GET /placements/{placement_id}/secure" in text
    assert text.endswith("4 rows; 0 with tests, 1 with pages")


def test_a_marker_of_no_row_is_found(tmp_path):
    root = planted(tmp_path)
    (root / "services/support-svc/tests/unit/test_secure.py").write_text(TEST.replace('"P3"', '"P33"'))
    assert rows.unknown_rows(root) == ["services/support-svc/tests/unit/test_secure.py::test_one_wins: P33"]


def test_no_test_of_the_project_names_a_row_that_is_none():
    assert rows.unknown_rows(ROOT) == []


def test_a_page_without_rows_of_its_own_shows_its_modules(tmp_path):
    root = planted(tmp_path)
    desk = root / "services/support-svc/src/support_svc/placements/desk.py"
    desk.write_text(DESK.replace("Pages.", "Pages (P3, P7).").replace(" (P6).", "."))
    found = {row.id: row.pages for row in rows.rows(root)}
    page = ("GET /placements/{placement_id}/secure",)
    assert found == {"P3": page, "P6": (), "P7": page, "X1": ()}


def test_ranges_name_all_their_rows():
    known = {f"P{number}": "" for number in range(1, 11)}
    assert rows.rows_in("Placements (P1-P3, P10)", known) == ["P1", "P3", "P10", "P2"]
