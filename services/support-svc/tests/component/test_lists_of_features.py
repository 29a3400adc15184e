"""A feature's look-up list has its page, its API and its values by being declared in `FEATURE` alone."""

import pytest

from chassis.feature import Feature, LookupList
from deskkit.testing import parse_page
from support_svc.features import FEATURES

LANGUAGE = LookupList("support_language", label="Languages of support", hint="Its code", stands_for=("en",))
VALUE = {"code": "cree", "label_en": "Cree", "label_fr": "Cri"}


@pytest.mark.row("C1", "P4")
async def test_a_list_that_a_feature_declares_is_edited_like_the_others(world):
    planted = Feature(module="support_svc.planted.feature", lookups=(LANGUAGE,))
    world.runtime.features = (*FEATURES, planted)
    async with world.desk("support_administrator") as browser, world.api("support_administrator") as api:
        assert (await api.post(f"/lookups/{LANGUAGE}", json=VALUE)).status_code == 201
        (one,) = (await api.get(f"/lookups/{LANGUAGE}")).json()
        assert (one["list"], one["code"], one["published_as"]) == (LANGUAGE, "cree", None)
        page = parse_page((await browser.get("/front-desk/lists")).text)
        assert "Languages of support" in page.text
        assert "Cree" in page.text
        form = parse_page((await browser.get(f"/front-desk/lists/values/{one['id']}")).text)
        assert "Its code" in form.text
        wrong = await api.post(f"/lookups/{LANGUAGE}", json=VALUE | {"code": "other", "published_as": "cr"})
        assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "published_as")


@pytest.mark.row("C1", "P4")
async def test_a_list_that_no_feature_declares_is_not_found(world):
    async with world.desk("support_administrator") as browser, world.api("support_administrator") as api:
        assert (await api.get(f"/lookups/{LANGUAGE}")).status_code == 404
        assert (await api.post(f"/lookups/{LANGUAGE}", json=VALUE)).status_code == 404
        assert (await browser.get(f"/front-desk/lists/{LANGUAGE}/new")).status_code == 404


@pytest.mark.row("C1", "W1")
async def test_values_of_a_list_that_stands_for_nothing_have_no_published_word(world):
    async with world.api("support_administrator") as api:
        refused = await api.post("/lookups/gender", json=VALUE | {"published_as": "apartment"})
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "published_as")
