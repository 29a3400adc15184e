"""A fact of a home is declared once in each service; only rules of its own name it besides (U3, P5).

Adding one touches its two declarations, two migrations, the published event with its example, and the name of
its column in the template of an import. CONTRIBUTING says how.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from support_svc.homes.facts import NAMES
from units_svc.inventory.facts import FACTS

ROOT = Path(__file__).parents[2]
CONTRACTS, UNITS, SUPPORT = (
    "libs/contracts/src/contracts",
    "services/units-svc/src/units_svc",
    "services/support-svc/src/support_svc",
)
DECLARED = {
    f"{CONTRACTS}/units.py",
    f"{CONTRACTS}/examples/__init__.py",
    f"{UNITS}/inventory/facts.py",
    f"{UNITS}/imports/mappings/unit-list.toml",
    f"{SUPPORT}/homes/facts.py",
}
"""Where every fact is written."""
ALL = frozenset(fact.name for fact in FACTS)
SEARCHED = ALL - {"building_floors"}
RULES: dict[str, frozenset[str]] = {
    # A floor lies within its building, a year isn't far ahead; the search repeats the year beside each home.
    f"{UNITS}/inventory/buildings.py": frozenset({"floor", "building_floors", "year_built"}),
    f"{UNITS}/inventory/commands.py": frozenset({"floor", "building_floors", "year_built"}),
    f"{UNITS}/inventory/model.py": frozenset({"floor", "year_built"}),
    f"{UNITS}/imports/reading.py": frozenset({"floor", "building_floors", "year_built"}),
    f"{UNITS}/inventory/home_lists.py": frozenset({"year_built"}),
    f"{UNITS}/imports/comparing.py": frozenset({"floor", "building_floors"}),
    f"{UNITS}/imports/statements.py": ALL,
    f"{UNITS}/imports/writing.py": frozenset({"year_built"}),
    f"{UNITS}/imports/mappings/toronto-rentsafe.toml": frozenset({"building_floors", "year_built"}),
    # What can be searched by is chosen fact by fact, and so is what a line of a list has room for.
    f"{UNITS}/inventory/searching.py": SEARCHED,
    f"{UNITS}/inventory/templates/inventory/list.html": frozenset({"bedrooms", "accessible", "shareable"}),
    f"{SUPPORT}/homes/queries.py": SEARCHED,
    f"{SUPPORT}/homes/buildings.py": frozenset({"bedrooms"}),
    f"{SUPPORT}/housing_search/filters.py": frozenset({"bedrooms"}),
    f"{SUPPORT}/housing_search/templates/housing_search/search.html": SEARCHED,
    f"{SUPPORT}/housing_search/templates/housing_search/_words.html": SEARCHED,
    # A home that is proposed is described by the few facts that somebody knows of it.
    "libs/contracts/src/contracts/support.py": frozenset({"bedrooms"}),
    f"{SUPPORT}/placements/templates/placements/_words.html": frozenset({"bedrooms"}),
    **{
        f"{service}/proposals/{file}": frozenset({"bedrooms"})
        for service, page in ((SUPPORT, "propose"), (UNITS, "record"))
        for file in ("commands.py", "events.py", "model.py", "queries.py", f"templates/proposals/{page}.html")
    },
    # How well a home fits a household.
    f"{SUPPORT}/homes/fitting.py": frozenset({"bedrooms"}),
    f"{SUPPORT}/homes/index.py": frozenset({"bedrooms"}),
}
"""Where a fact has a rule of its own."""
OTHERWISE = ("/migrations/", "/text_review/", "/help/", "/deskkit/", "/tenancy_svc/")
"""What doesn't follow the declarations: what was, prose, and the few facts that leases need."""


def written(root: Path) -> Iterator[tuple[str, str]]:
    """Yield each file of what ships, and a fact that it names."""
    word = re.compile(rf"\b({'|'.join(sorted(ALL | set(NAMES)))})\b")
    for folder in ("libs", "services"):
        for path in sorted((root / folder).glob("*/src/**/*")):
            name = path.relative_to(root).as_posix()
            if path.suffix not in {".py", ".html", ".toml"} or any(part in f"/{name}" for part in OTHERWISE):
                continue
            for fact in sorted(set(word.findall(path.read_text(encoding="utf-8")))):
                yield name, fact


def beside_the_declarations(root: Path) -> list[str]:
    return [
        f"{name}: {fact}"
        for name, fact in written(root)
        if name not in DECLARED and fact not in RULES.get(name, ())
    ]


@pytest.mark.row("U3", "P5")
def test_a_fact_of_a_home_is_named_where_it_is_declared_and_where_it_has_a_rule() -> None:
    assert beside_the_declarations(ROOT) == []
    assert set(RULES) - {name for name, _ in written(ROOT)} == set(), "these name no fact any more"


@pytest.mark.row("U3", "P5")
def test_both_services_know_the_same_facts() -> None:
    assert {fact.name for fact in FACTS if fact.shown.published} == set(NAMES)


def test_a_fact_named_in_another_file_is_found(tmp_path: Path) -> None:
    planted = tmp_path / UNITS / "reports" / "queries.py"
    planted.parent.mkdir(parents=True)
    planted.write_text("def small(unit):\n    return unit.area_square_feet < 400\n", encoding="utf-8")
    declared = tmp_path / UNITS / "inventory" / "facts.py"
    declared.parent.mkdir(parents=True)
    declared.write_text("floor = 1\n", encoding="utf-8")
    assert beside_the_declarations(tmp_path) == [f"{UNITS}/reports/queries.py: area_square_feet"]
