"""A feature's look-up list has its page, its API and its values by being declared in `FEATURE` alone."""

from typing import Any

import pytest

from chassis.feature import Feature, LookupList
from deskkit.testing import parse_page
from units_svc.features import FEATURES

HEATING = LookupList("heating", label="Kinds of heating")


@pytest.mark.row("U3")
async def test_a_list_that_a_feature_declares_is_edited_like_the_others(world: Any) -> None:
    planted = Feature(module="units_svc.planted.feature", lookups=(HEATING,))
    world.runtime.features = (*FEATURES, planted)
    async with (
        world.desk("property_administrator") as browser,
        world.api("property_administrator") as api,
    ):
        added = {"label_en": "District heat", "label_fr": "Chauffage urbain"}
        assert (await api.post(f"/lookups/{HEATING}", json=added)).status_code == 201
        assert [one["code"] for one in (await api.get(f"/lookups/{HEATING}")).json()] == ["district_heat"]
        assert "Kinds of heating" in parse_page((await browser.get("/inventory-desk/lists")).text).text
        page = parse_page((await browser.get(f"/inventory-desk/lists/{HEATING}")).text)
        assert "District heat" in page.text
        assert "Shared with others" not in page.text


@pytest.mark.row("U3")
async def test_a_list_that_no_feature_declares_is_not_found(world: Any) -> None:
    async with (
        world.desk("property_administrator") as browser,
        world.api("property_administrator") as api,
    ):
        assert (await api.get(f"/lookups/{HEATING}")).status_code == 404
        added = {"label_en": "District heat", "label_fr": "Chauffage urbain"}
        assert (await api.post(f"/lookups/{HEATING}", json=added)).status_code == 404
        assert (await browser.get(f"/inventory-desk/lists/{HEATING}")).status_code == 404
        assert (await browser.get(f"/inventory-desk/lists/{HEATING}/new")).status_code == 404
