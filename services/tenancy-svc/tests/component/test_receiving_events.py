"""Events come twice, late and in any order; none replaces what a later one reported."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
import uuid
from typing import Any

import pytest

from chassis.bus.worker import embedded
from contracts.tenancy import ApplicationOpenedV1
from tenancy_svc.worker import DUTIES

EVENTS = (
    ("unit_published", {"listing_version": 1, "occupancy": "available"}),
    ("unit_availability_changed", {"listing_version": 2, "occupancy": "secured"}),
    ("unit_published", {"listing_version": 3, "occupancy": "secured", "bedrooms": 3}),
    ("unit_withdrawn", {"listing_version": 4}),
    ("unit_published", {"listing_version": 5, "occupancy": "available", "bedrooms": 2}),
)


@pytest.mark.row("U9", "T1")
async def test_whatever_the_order_the_newest_listing_stands(world: Any) -> None:
    for order in list(itertools.permutations(EVENTS))[::11]:
        unit = uuid.uuid4()
        for name, fields in (*order, *order):
            await world.receive(name, unit=unit, **fields)
        row = (await world.rows("SELECT * FROM home WHERE unit = $1", unit))[0]
        assert (row["listing_version"], row["availability_version"], row["withdrawn_version"]) == (5, 5, 4)
        assert (row["bedrooms"], row["occupancy"]) == (2, "available"), order


@pytest.mark.row("U9", "T1")
async def test_a_hold_that_was_released_stays_released(world: Any) -> None:
    deadline = world.clock.now() + dt.timedelta(days=2)
    events = (
        ("unit_secured", {"deadline": deadline}),
        ("unit_hold_ending", {"deadline": deadline}),
        ("unit_released", {"reason": "deadline_passed"}),
    )
    for order in itertools.permutations(events):
        request, unit = uuid.uuid4(), uuid.uuid4()
        for name, fields in (*order, *order):
            await world.receive(name, request=request, unit=unit, **fields)
        hold = (await world.rows("SELECT * FROM hold WHERE request = $1", request))[0]
        assert (hold["status"], hold["release_reason"]) == ("released", "deadline_passed"), order


@pytest.mark.row("T1")
@pytest.mark.parametrize("held_first", [True, False])
async def test_a_referral_and_its_hold_may_come_in_either_order(world: Any, held_first: bool) -> None:
    unit, referral, request = await world.home(), uuid.uuid4(), uuid.uuid4()
    deadline = world.clock.now() + dt.timedelta(days=2)
    hold = ("unit_secured", {"request": request, "unit": unit, "deadline": deadline})
    referred = ("tenancy_referred", {"referral": referral, "request": request, "unit": unit})
    for name, fields in (hold, referred) if held_first else (referred, hold):
        await world.receive(name, **fields)
    await world.receive(referred[0], **referred[1])
    rows = await world.rows("SELECT id FROM application")
    assert len(rows) == 1
    async with world.api("property_manager") as api:
        shown = (await api.get(f"/applications/{rows[0]['id']}")).json()
    assert shown["hold"]["stands"]
    assert await world.published() == ["application_opened"]


@pytest.mark.row("T1", "W5")
@pytest.mark.parametrize("withdrawn_first", [True, False])
async def test_after_a_withdrawn_referral_nothing_more_is_disclosed(
    world: Any, withdrawn_first: bool
) -> None:
    unit, referral = await world.home(), uuid.uuid4()
    if withdrawn_first:
        await world.receive("tenancy_referral_withdrawn", referral=referral)
    await world.receive(
        "tenancy_referred", referral=referral, unit=unit, name={"given": "Robin", "family": "Sample"}
    )
    if not withdrawn_first:
        await world.receive("tenancy_referral_withdrawn", referral=referral)
    application = (await world.rows("SELECT id FROM application"))[0]["id"]
    async with world.api("property_manager") as api:
        # The household decides whether it still wants the home; the application goes on.
        assert (await api.get(f"/applications/{application}")).json()["status"] == "received"
        answer = await api.post(f"/applications/{application}/decline", json={"reason": "legal_age_rule"})
        assert answer.status_code == 204
    opened = [] if withdrawn_first else ["application_opened"]
    # The inventory learns that the home is free; support learns nothing any more.
    assert await world.published("pending") == [*opened, "application_closed"]
    assert "application_declined" in await world.published("withheld")


@pytest.mark.row("W4")
async def test_an_answer_to_another_referrals_signing_or_from_before_a_move_does_not_count(
    world: Any,
) -> None:
    application, referral, _ = await world.referral(name={"given": "Robin", "family": "Sample"})
    party = {"part": "tenant", "given_name": "Robin", "family_name": "Sample"}
    arrangement = {"starts_at": "2026-03-05T14:00:00-05:00", "place": "the_unit", "landlord_name": "Dana Roy"}
    async with world.api("property_manager") as api:
        await api.post(f"/applications/{application}/acceptance")
        terms = {"start_on": "2026-04-01", "rent": {"amount": "900.00"}, "parties": [party]}
        lease = (await api.post("/leases", json={"application_id": str(application), **terms})).json()["id"]
        signing = (await api.post(f"/leases/{lease}/signings", json=arrangement)).json()["id"]
        answer = {"signing": signing, "attendance": "attending", "reason": None}
        await world.receive("signing_attendance", referral=uuid.uuid4(), **answer)
        assert (await api.get(f"/signings/{signing}")).json()["invites"][0]["answer"] is None
        await world.receive("signing_attendance", referral=referral, **answer)
        assert (await api.get(f"/signings/{signing}")).json()["invites"][0]["answer"][
            "attendance"
        ] == "attending"
        world.clock.advance(dt.timedelta(minutes=5))
        version = (await api.get(f"/signings/{signing}")).json()["version"]
        await api.post(f"/signings/{signing}/move", json={**arrangement, "version": version})
        assert (await api.get(f"/signings/{signing}")).json()["invites"][0]["answer"] is None


@pytest.mark.row("W1", "T1")
async def test_over_the_real_broker_a_referral_is_received_once_and_answered(
    border: Any, eventually: Any, world_on: Any
) -> None:
    world = await world_on(**border.environment("tenancy"))
    referral = uuid.uuid4()
    async with embedded(world.runtime, DUTIES):
        unit = uuid.uuid4()
        await border.publish("unit_published", unit=unit, listing_version=1)
        await border.publish("tenancy_referred", referral=referral, unit=unit)
        await border.publish("tenancy_referred", referral=referral, unit=unit)

        async def answered() -> None:
            published = await border.published(ApplicationOpenedV1)
            assert [envelope.data.referral for envelope in published] == [referral]

        await eventually(answered)
        await asyncio.sleep(0.3)
        await answered()
    assert len(await world.rows("SELECT 1 FROM application")) == 1
    await world.runtime.close()


@pytest.mark.row("T1")
@pytest.mark.parametrize("typed", ["%", "_ %", "--"])
async def test_a_search_that_means_nothing_finds_nothing(world: Any, typed: str) -> None:
    await world.referral(name={"given": "Robin", "family": "Sample"})
    async with world.api("property_manager") as api:
        for path in ("/applications", "/homes"):
            assert (await api.get(path)).json()["items"]
            assert (await api.get(path, params={"q": typed})).json()["items"] == []


@pytest.mark.row("T1", "W5")
async def test_a_person_with_one_name_arrives_with_one(world: Any) -> None:
    name = {"given": "Suharto", "family": "Suharto", "one_name": True}
    application, _, _ = await world.referral(name=name)
    async with world.api("property_manager") as api:
        shown = (await api.get(f"/applications/{application}")).json()
        assert [(one["given_name"], one["family_name"]) for one in shown["people"]] == [("", "Suharto")]
        lines = (await api.get("/applications")).json()["items"]
    assert [line["name"] for line in lines] == ["Suharto"]
