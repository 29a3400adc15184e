"""Long choices are grouped; a reversed price range and a wrong telephone number are reported."""

import pytest

from deskkit.testing import parse_page


@pytest.mark.row("P2", "P5", "X2")
async def test_types_and_features_are_chosen_in_groups(world):
    head = await world.client()
    placement = await world.placement(head)
    async with world.desk("caseworker") as browser:
        base = f"/front-desk/placements/{placement}"
        edit = parse_page((await browser.get(f"{base}/edit")).text)
        assert "Rooms and shared homes" in edit.text
        action = f"{base}/edit"
        fields = edit.fields(action)
        assert fields["housing_types"] is not None
        wrong = await browser.post(action, data={**fields, "referral_phone": "ask Jo"})
        assert wrong.status_code == 422
        assert "telephone number with its area code" in parse_page(wrong.text).text
        search = parse_page((await browser.get(f"{base}/search?rent_from=1200&rent_to=900")).text)
        assert "“Rent up to” must be at least 1,200, where the range begins" in search.text
        assert "Included in the rent" in search.text
    async with world.api("caseworker") as api:
        answer = await api.get(f"/placements/{placement}/buildings?rent_from=1200&rent_to=900")
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "rent_to"
