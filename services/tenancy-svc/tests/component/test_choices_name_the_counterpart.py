"""The organisation that a tenant names is a reference: nothing is published to any other (W5)."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

ANSWERS = {"given_on": "2026-03-02", "signing": "tell", "start": "tell", "notices": "tell"}
TERMS = {
    "start_on": "2026-04-01",
    "rent": {"amount": "900.00"},
    "parties": [{"part": "tenant", "given_name": "Robin", "family_name": "Sample"}],
}
MEETING = {"starts_at": "2026-03-05T14:00:00-05:00", "place": "the_unit", "landlord_name": "Dana Roy"}
ASK = "Ask what may be shared with the support organisation"


@pytest.mark.row("W5")
async def test_only_the_organisation_that_referred_can_be_named_and_never_by_a_typed_name(world: Any) -> None:
    application, referral, _ = await world.referral(name={"given": "Robin", "family": "Sample"})
    _, other, _ = await world.referral(name={"given": "Kit", "family": "Sample"})
    async with world.api("property_manager") as api:

        async def choose(**named: Any) -> Any:
            return await api.post(f"/applications/{application}/choices", json={**ANSWERS, **named})

        for named in ({}, {"organisation": "Harbour Support"}, {"counterpart": "Harbour Support"}):
            assert (await choose(**named)).status_code == 422, named
        for stranger in (uuid.uuid4(), other):
            refused = await choose(counterpart=str(stranger))
            assert (refused.status_code, refused.json()["code"]) == (422, "not_the_counterpart")
        statement = (await api.get(f"/applications/{application}/disclosures")).json()[0]
        assert statement["counterpart"] == str(referral)
        assert [choice["discloses"] for choice in statement["choices"]] == [False] * 3
        assert (await choose(counterpart=str(referral))).status_code == 204
        statement = (await api.get(f"/applications/{application}/disclosures")).json()[0]
    assert [choice["discloses"] for choice in statement["choices"]] == [True] * 3
    assert {choice["organisation"] for choice in statement["choices"]} == {"Harbour Support"}


@pytest.mark.row("W5", "W13")
async def test_a_choice_with_a_name_typed_by_hand_discloses_nothing_until_asked_again(
    world: Any, visitor: Any
) -> None:
    """Older choices hold a name and no reference, so it isn't known whom the tenant meant."""
    application, referral, _ = await world.referral(name={"given": "Robin", "family": "Sample"})
    connection = await world.database.connect()
    await connection.execute(
        """INSERT INTO choice (id, version, application_id, purpose, answer, organisation, given_on,
            recorded_by)
        SELECT gen_random_uuid(), 1, $1, purpose, 'tell', 'Another Charity', '2026-03-01', 'Dana Roy'
        FROM unnest(ARRAY['signing', 'start', 'notices']) AS purpose""",
        application,
    )
    await connection.close()
    desk = visitor("property_manager")
    assert ASK in (await desk.go("/property-desk")).html
    shown = await desk.go(f"/property-desk/applications/{application}/told")
    assert "doesn&#39;t name the organisation" in shown.html
    async with world.api("property_manager") as api:
        await api.post(f"/applications/{application}/acceptance")
        drawn = await api.post("/leases", json={"application_id": str(application), **TERMS})
        lease = drawn.json()["id"]
        arranged = await api.post(f"/leases/{lease}/signings", json=MEETING)
        statement = (await api.get(f"/applications/{application}/disclosures")).json()[0]
        assert await world.published("withheld") == ["signing_scheduled"]
        assert statement["crossings"][-1]["why"].startswith("The tenant's choice doesn't name")
        body = {**ANSWERS, "party": "support"}
        assert (await api.post(f"/applications/{application}/choices", json=body)).status_code == 204
        await api.post(f"/signings/{arranged.json()['id']}/cancellation")
    assert await world.published("pending") == ["application_opened", "signing_cancelled"]
    rows = await world.rows("SELECT aggregate_version FROM outbox WHERE status = 'pending' ORDER BY position")
    numbers = [row["aggregate_version"] for row in rows]
    assert numbers == [1, 2], "support can't count what was withheld between them"
    assert ASK not in (await desk.go("/property-desk")).html


@pytest.mark.row("W5", "T1")
async def test_an_application_that_came_directly_names_nobody(world: Any, visitor: Any) -> None:
    unit = await world.home()
    async with world.api("property_manager") as api:
        opened = (await api.post("/applications", json={"unit": str(unit), "adults": 1})).json()
        path = f"/applications/{opened['id']}"
        refused = await api.post(f"{path}/choices", json={**ANSWERS, "counterpart": str(uuid.uuid4())})
        assert (refused.status_code, refused.json()["code"]) == (409, "not_referred")
    desk = visitor("property_manager")
    page = await desk.go(f"/property-desk{path}/choices")
    assert desk.path.endswith("/told")
    assert "directly" in page.html
    assert await world.rows("SELECT id FROM choice") == []
    assert await world.published() == []


@pytest.mark.row("W5", "X2")
async def test_a_choice_to_come_of_another_organisation_names_both(world: Any) -> None:
    application, _, _ = await world.referral(name={"given": "Robin", "family": "Sample"})
    wrong = {**ANSWERS, "given_on": "2026-03-20", "counterpart": str(uuid.uuid4())}
    async with world.api("property_manager") as api:
        refused = await api.post(f"/applications/{application}/choices", json=wrong)
    assert [(one["field"], one["rule"]) for one in refused.json()["errors"]] == [
        ("given_on", "choice_in_the_future"),
        ("counterpart", "not_the_counterpart"),
    ]
