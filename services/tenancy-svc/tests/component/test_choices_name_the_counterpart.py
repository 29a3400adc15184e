"""The organisation that a tenant names is one that referred them: nothing is published to another (W5)."""

from __future__ import annotations

from typing import Any

import pytest

ANSWERS = {"given_on": "2026-03-02", "signing": "share", "start": "share", "notices": "share"}


@pytest.mark.row("W5")
async def test_only_the_organisation_that_referred_can_be_named_and_never_by_a_typed_name(world: Any) -> None:
    application, referral, _ = await world.referral(name={"given": "Robin", "family": "Sample"})
    await world.referral(sender="harbour-support", name={"given": "Kit", "family": "Sample"})
    async with world.api("property_manager") as api:

        async def choose(**named: Any) -> Any:
            return await api.post(f"/applications/{application}/choices", json={**ANSWERS, **named})

        async def statement() -> Any:
            (only,) = (await api.get(f"/applications/{application}/disclosures")).json()
            return only

        for named in ({}, {"organisation": "Support organisation"}):
            assert (await choose(**named)).status_code == 422, named
        for stranger in ("Support organisation", "harbour-support", "property", "nobody"):
            refused = await choose(party=stranger)
            assert (refused.status_code, refused.json()["code"]) == (422, "not_the_counterpart")
        assert ((await statement())["party"], (await statement())["referral"]) == ("support", str(referral))
        assert [choice["discloses"] for choice in (await statement())["choices"]] == [False] * 3
        assert (await choose(party="support")).status_code == 204
        assert [choice["discloses"] for choice in (await statement())["choices"]] == [True] * 3


@pytest.mark.row("W5", "T1")
async def test_an_application_that_came_directly_names_nobody(world: Any, visitor: Any) -> None:
    unit = await world.home()
    async with world.api("property_manager") as api:
        opened = (await api.post("/applications", json={"unit": str(unit), "adults": 1})).json()
        path = f"/applications/{opened['id']}"
        refused = await api.post(f"{path}/choices", json={**ANSWERS, "party": "nobody"})
        assert (refused.status_code, refused.json()["code"]) == (409, "not_referred")
    desk = visitor("property_manager")
    page = await desk.go(f"/property-desk{path}/choices/support")
    assert desk.path.endswith("/disclosures")
    assert "directly" in page.html
    assert await world.rows("SELECT id FROM choice") == []
    assert await world.published() == []


@pytest.mark.row("W5", "X2")
async def test_a_choice_to_come_of_another_organisation_names_both(world: Any) -> None:
    application, _, _ = await world.referral(name={"given": "Robin", "family": "Sample"})
    wrong = {**ANSWERS, "given_on": "2026-03-20", "party": "nobody"}
    async with world.api("property_manager") as api:
        refused = await api.post(f"/applications/{application}/choices", json=wrong)
    assert [(one["field"], one["rule"]) for one in refused.json()["errors"]] == [
        ("given_on", "choice_in_the_future"),
        ("party", "not_the_counterpart"),
    ]
