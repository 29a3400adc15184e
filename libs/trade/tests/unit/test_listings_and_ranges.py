"""Groups of long lists, and ranges that are the right way up."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from trade.listings import FEATURES, HOUSING_TYPES, OTHERS, grouped
from trade.ranges import in_order

LISTS = Path(__file__).parents[4] / "services/units-svc/src/units_svc/migrations/values/inventory.csv"


def codes(name: str) -> set[str]:
    with LISTS.open(encoding="utf-8") as stream:
        return {row["code"] for row in csv.DictReader(stream) if row["list"] == name}


@pytest.mark.row("U3", "P5")
def test_every_type_and_feature_that_ships_has_a_group() -> None:
    assert codes("housing_type") == {code for group in HOUSING_TYPES.values() for code in group} | {"other"}
    assert codes("feature") == {code for group in FEATURES.values() for code in group}


def test_groups_keep_their_order_and_lose_nothing() -> None:
    found = grouped([("pool", 1), ("sauna", 2), ("grab_bars", 3)], FEATURES)
    assert found == [("Accessibility", [3]), ("In the building", [1]), (OTHERS, [2])]


class Asked(BaseModel):
    rent_from: int | None = None
    rent_to: int | None = None

    _rent_in_order = in_order("rent_from", "rent_to")


@pytest.mark.row("P5", "U1")
def test_a_range_upside_down_is_refused_at_its_end() -> None:
    assert Asked(rent_from=1, rent_to=1).rent_to == 1
    assert Asked(rent_to=1).rent_from is None
    with pytest.raises(ValidationError) as refused:
        Asked(rent_from=2, rent_to=1)
    (one,) = refused.value.errors()
    assert (one["type"], one["ctx"]) == ("range_upside_down", {"at": "rent_to", "least": 2})
