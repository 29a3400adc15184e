"""Homes that support organisations propose: taken in at once, recognised, refused, or decided by a person."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

import pytest

from chassis.parties import NotTheSenders
from contracts.words import BusinessName, HousingType, UnitAddress
from units_svc.holds.queries import hold_record
from units_svc.inventory.queries import unit_record
from units_svc.landlords.model import Relation
from units_svc.proposals.commands import RefuseProposal, TakeIn, refuse_proposal, take_in
from units_svc.proposals.model import ProposalDecided, Refusal
from units_svc.proposals.queries import proposed_home, proposed_homes

HARBOUR = "harbour-support"
MOVE_IN = dt.date(2026, 3, 10)
ADDRESS = {
    "street": "18 Sample Road",
    "unit_number": "2",
    "city": "Toronto",
    "province": "ON",
    "postal_code": "M4K 1P1",
    "region": "toronto-east-york",
}


async def propose(world: Any, sender: str = "support", *, hold: bool = True, **changes: Any) -> uuid.UUID:
    """Receive a proposal and return its reference; names in ADDRESS change the address."""
    request = changes.pop("request", None) or uuid.uuid4()
    address = {
        **ADDRESS,
        **{name: changes.pop(name) for name in list(changes) if name in UnitAddress.model_fields},
    }
    given = {
        "secured_on": dt.date(2026, 3, 2) if hold else None,
        "expected_move_in": MOVE_IN if hold else None,
        "address": UnitAddress(**address),
        **changes,
    }
    await world.receive("unit_proposed", request=request, sender=sender, **given)
    return request


async def withdraw(world: Any, request: uuid.UUID, sender: str = "support") -> None:
    """Receive that a proposed home is no longer wanted."""
    await world.receive("unit_proposal_withdrawn", request=request, sender=sender)


async def answers(world: Any, request: uuid.UUID) -> list[dict[str, Any]]:
    """Return what was published about a request, oldest first: event, addressee and what it says."""
    rows = await world.rows(
        "SELECT type, addressee, data FROM outbox WHERE about = $1 ORDER BY position", str(request)
    )
    return [
        {"event": row["type"].split(".")[1], "to": row["addressee"], **json.loads(row["data"])["data"]}
        for row in rows
    ]


@pytest.mark.row("P11", "U9")
async def test_a_complete_home_is_taken_in_and_held_in_one_step(world: Any) -> None:
    request = await propose(world)
    found = await world.see(proposed_home, request)
    assert (found.state.value, found.proposed_by, found.doubt) == ("taken_in", "support", None)
    unit = await world.see(unit_record, found.unit_id)
    assert (unit.street, unit.unit_number, unit.status) == ("18 Sample Road", "2", "not_inspected")
    assert (unit.landlord, unit.manager.managed_by.value) == ("Sample Road Rentals", "third_party")
    hold = await world.see(hold_record, request)
    assert (hold.state.value, hold.adults, hold.children) == ("held", None, None)
    assert await world.occupancy(found.unit_id) == "secured"
    answered, secured = await answers(world, request)
    assert (answered["event"], answered["outcome"], answered["unit"], answered["to"]) == (
        *("unit_proposal_answered", "taken_in"),
        *(str(found.unit_id), "support"),
    )
    assert (secured["event"], secured["managed_by"]) == ("unit_secured", "third_party")
    published = await world.published()
    assert published.index("unit_published") < published.index("unit_secured")
    page = await world.see(proposed_homes)
    assert [one.request_id for one in page.items] == [request]


@pytest.mark.row("P11")
async def test_received_again_it_changes_nothing_and_another_party_is_not_believed(world: Any) -> None:
    request = await propose(world)
    before = await answers(world, request)
    await propose(world, request=request)
    assert await answers(world, request) == before
    assert await world.value("SELECT count(*) FROM unit") == 1
    with pytest.raises(NotTheSenders):
        await propose(world, HARBOUR, request=request)
    with pytest.raises(NotTheSenders):
        await withdraw(world, request, HARBOUR)


@pytest.mark.row("P11", "P6", "U9")
async def test_of_two_who_propose_one_home_exactly_one_gets_it(world: Any) -> None:
    first = await propose(world)
    second = await propose(world, HARBOUR, street="18 sample rd.", unit_number="Unit 2")
    found = await world.see(proposed_home, second)
    assert found.state.value == "known_already"
    assert found.unit_id == (await world.see(proposed_home, first)).unit_id
    assert [(one["event"], one["to"], one.get("reason")) for one in await answers(world, second)] == [
        ("unit_proposal_answered", HARBOUR, None),
        ("unit_refused", HARBOUR, "secured_by_another"),
    ]
    assert await world.value("SELECT count(*) FROM hold WHERE state = 'held'") == 1


@pytest.mark.row("P11")
async def test_a_home_that_is_known_and_free_is_held_and_one_off_the_list_is_not(world: Any) -> None:
    unit = await world.unit(**ADDRESS)
    request = await propose(world)
    assert (await world.see(proposed_home, request)).unit_id == unit
    assert (await world.see(hold_record, request)).state.value == "held"
    hidden = await world.unit(**{**ADDRESS, "unit_number": "9"})
    await world.rows("UPDATE unit SET active = false WHERE id = $1", hidden)
    other = await propose(world, unit_number="9")
    assert [one.get("reason") for one in await answers(world, other)] == [None, "not_published"]
    alone = await propose(world, hold=False, unit_number="11")
    assert [one["event"] for one in await answers(world, alone)] == ["unit_proposal_answered"]
    assert await world.rows("SELECT 1 FROM hold WHERE request_id = $1", alone) == []


@pytest.mark.row("P11", "U5", "W8")
async def test_what_would_watch_people_or_is_no_address_is_refused_with_a_code(world: Any) -> None:
    watched = await propose(
        world, landlord=BusinessName(name="Hidden camera in every bedroom", organisation=True)
    )
    nowhere = await propose(world, postal_code="T2X 1A1")
    for request, reason in ((watched, "monitoring_device"), (nowhere, "address_not_valid")):
        (answer,) = await answers(world, request)
        assert (answer["outcome"], answer["reason"], answer.get("unit")) == ("refused", reason, None)
    assert await world.value("SELECT count(*) FROM privacy_refusal") == 1
    assert await world.value("SELECT count(*) FROM unit") == 0


@pytest.mark.row("P11", "U6")
@pytest.mark.parametrize(
    ("changes", "doubt"),
    [
        ({"postal_code": None}, "no_postal_code"),
        ({"region": None}, "no_region"),
        ({"region": "atlantis"}, "no_region"),
        ({"unit_number": None}, "no_unit_number"),
        ({"landlord": BusinessName(name="maple homes", organisation=True)}, "landlord_of_entity"),
        ({"housing_type": HousingType.MOBILE_HOME}, "type_not_listed"),
    ],
)
async def test_what_is_doubtful_waits_for_a_person_who_takes_it_in(
    world: Any, changes: dict[str, Any], doubt: str
) -> None:
    await world.landlord(Relation.PROPERTY_ENTITY)
    await world.unit(**{**ADDRESS, "unit_number": "1"})
    await world.rows("UPDATE lookup_value SET active = false WHERE published_as = 'mobile_home'")
    request = await propose(world, **changes)
    found = await world.see(proposed_home, request)
    assert (found.state.value, found.doubt.value) == ("waiting", doubt)
    assert await answers(world, request) == []
    command = TakeIn(request_id=request, version=found.version, housing_type="apartment", **ADDRESS)
    unit = await world.do(take_in, command)
    assert [one["event"] for one in await answers(world, request)] == [
        "unit_proposal_answered",
        "unit_secured",
    ]
    assert (await world.see(hold_record, request)).unit_id == unit
    with pytest.raises(ProposalDecided):
        await world.do(take_in, command)


@pytest.mark.row("P11")
async def test_by_policy_a_person_decides_about_every_home(
    world: Any, make_units: Any, fixed_clock: Any
) -> None:
    careful = make_units(world.database, fixed_clock, proposals_wait=True)
    try:
        request = await propose(careful)
        found = await careful.see(proposed_home, request)
        assert found.doubt.value == "by_policy"
        no = RefuseProposal(request_id=request, version=found.version, refusal=Refusal.OUTSIDE_THE_AREA)
        await careful.do(refuse_proposal, no)
        (answer,) = await answers(careful, request)
        assert answer["reason"] == "outside_the_area"
        with pytest.raises(ProposalDecided):
            await careful.do(refuse_proposal, no)
    finally:
        await careful.runtime.close()


@pytest.mark.row("P11", "P6")
async def test_a_withdrawal_frees_the_home_ends_the_wait_or_comes_first(world: Any) -> None:
    held = await propose(world)
    await withdraw(world, held)
    assert (await world.see(hold_record, held)).state.value == "released"
    assert [one["event"] for one in await answers(world, held)][-1] == "unit_released"
    waiting = await propose(world, region=None, unit_number="5")
    await withdraw(world, waiting)
    assert (await world.see(proposed_home, waiting)).state.value == "withdrawn"
    command = TakeIn(request_id=waiting, version=2, housing_type="apartment", **ADDRESS)
    with pytest.raises(ProposalDecided):
        await world.do(take_in, command)
    early = uuid.uuid4()
    await withdraw(world, early)
    await propose(world, request=early, unit_number="6")
    assert await answers(world, early) == []
    assert await world.value("SELECT count(*) FROM unit") == 1
    assert len((await world.see(proposed_homes)).items) == 2


@pytest.mark.row("P11", "X1")
@pytest.mark.parametrize("locale", ["en", "fr"])
async def test_the_desk_lists_proposed_homes_and_decides(world: Any, visitor: Any, locale: str) -> None:
    taken, first, second = [
        await propose(world, **changes)
        for changes in ({}, {"region": None, "unit_number": "5"}, {"region": None, "unit_number": "6"})
    ]
    keeper = visitor(locale=locale)
    page = await keeper.see("/inventory-desk/proposed-homes")
    assert page.text.count("18 Sample Road") == 3
    waiting = await keeper.see("/inventory-desk/proposed-homes?only=waiting")
    assert waiting.text.count("18 Sample Road") == 2
    day = await keeper.see("/inventory-desk")
    assert "18 Sample Road" in day.text
    await keeper.see(f"/inventory-desk/proposed-homes/{taken}")
    path = f"/inventory-desk/proposed-homes/{first}"
    await keeper.send(path, {"postal_code": "nonsense"}, action=path, status=422)
    assert "/units/" in await keeper.send(path, {"region": "toronto-east-york"}, action=path)
    path = f"/inventory-desk/proposed-homes/{second}/refusal"
    await keeper.send(path, {}, action=path, status=422)
    await keeper.send(path, {"refusal": "landlord_declined"}, action=path)
    manager = visitor("property_manager", locale=locale)
    await manager.see(f"/inventory-desk/proposed-homes/{second}")


@pytest.mark.row("P11", "X5")
async def test_it_is_decided_through_the_api(world: Any) -> None:
    first = await propose(world, region=None)
    second = await propose(world, region=None, unit_number="5")
    async with world.api("inventory_keeper") as api:
        listed = (await api.get("/proposed-homes?waiting=true")).json()
        assert [one["request_id"] for one in listed["items"]] == sorted([str(first), str(second)])
        body = {**ADDRESS, "housing_type": "apartment", "version": 1}
        assert (
            await api.post(f"/proposed-homes/{first}/unit", json=body | {"version": 9})
        ).status_code == 409
        assert (
            await api.post(f"/proposed-homes/{first}/unit", json=body | {"region": "x"})
        ).status_code == 422
        assert (await api.post(f"/proposed-homes/{first}/unit", json=body)).status_code == 201
        no = {"version": 1, "refusal": "not_a_home_to_let"}
        assert (await api.post(f"/proposed-homes/{second}/refusal", json=no)).status_code == 204
        assert (await api.get(f"/proposed-homes/{second}")).json()["refusal"] == "not_a_home_to_let"
        assert (await api.get(f"/proposed-homes/{uuid.uuid4()}")).status_code == 404
    async with world.api("property_manager") as api:
        assert (await api.post(f"/proposed-homes/{second}/refusal", json=no)).status_code == 403
