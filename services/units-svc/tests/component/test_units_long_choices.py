"""Long choices are grouped, work without scripts, and a reversed range is refused with field and rule."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.row("U1", "U3", "X2")
@pytest.mark.parametrize(("locale", "words"), [("en", "Accessibility"), ("fr", "Accessibilité")])
async def test_types_and_features_are_chosen_in_groups(
    world: Any, visitor: Any, locale: str, words: str
) -> None:
    keeper = visitor("inventory_keeper", locale=locale)
    page = await keeper.see("/inventory-desk/units/new")
    groups = [group.get("label") for group in page.root.iter("optgroup")]
    assert len(groups) >= 4
    listed = next(part for part in page.root.iter("div") if "data-shorten" in part.attrib)
    titles = [
        "".join(part.itertext()) for part in listed.iter("p") if part.get("class") == "choice-group-title"
    ]
    assert words in titles
    assert len([box for box in listed.iter("input") if box.get("type") == "checkbox"]) >= 31
    target = await keeper.send(
        "/inventory-desk/units/new",
        {
            "street": "1 Grouped Way", "city": "Toronto", "province": "ON", "postal_code": "M5A 1A1",
            "region": "scarborough", "housing_type": "duplex", "status": "good", "features": "grab_bars",
            "status_observed_on-day": "1", "status_observed_on-month": "3", "status_observed_on-year": "2026",
        },
    )  # fmt: skip
    assert "/inventory-desk/units/" in str(target)
    row = (await world.rows("SELECT housing_type, features FROM unit"))[0]
    assert (row["housing_type"], list(row["features"])) == ("duplex", ["grab_bars"])


@pytest.mark.row("U1", "U7", "X2")
async def test_a_reversed_range_is_refused_at_its_field(world: Any, visitor: Any) -> None:
    keeper = visitor("inventory_keeper")
    page = await keeper.see("/inventory-desk/units?rent_from=1200&rent_to=900&area_from=9&area_to=3")
    assert "“Rent, at most” must be at least 1,200, where the range begins" in page.text
    assert "“Area, at most” must be at least 9, where the range begins" in page.text
    await keeper.see("/inventory-desk/maintenance?cost_from=9&cost_to=3")
    async with world.api("inventory_keeper") as client:
        answer = await client.get("/units", params={"rent_from": "1200", "rent_to": "900"})
        assert answer.status_code == 422
        (wrong,) = answer.json()["errors"]
        assert (wrong["field"], wrong["rule"]) == ("rent_to", "range_upside_down")
        assert "1,200" in wrong["detail"]
