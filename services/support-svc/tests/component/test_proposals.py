"""A home found outside of the inventory: proposed to it, and secured in one step (P11)."""

import datetime as dt
import json
import uuid

import pytest

from chassis.errors import InvalidInput, NotFound
from chassis.lookups import NotOnTheList
from chassis.parties import NotTheSenders
from deskkit.testing import parse_page
from support_svc.consents.model import ConsentMissing
from support_svc.placements.model import NotSearching, PlacementStatus
from support_svc.placements.queries import placement
from support_svc.placements.timeline import crossing, timeline
from support_svc.proposals.commands import ProposeHome, WithdrawProposal, propose_home, withdraw_proposal
from support_svc.proposals.model import InventoryNotKnown, NoPostalCode, OtherProvince, ProposalAnswered
from support_svc.proposals.queries import proposals
from support_svc.securing.commands import GiveUpUnit, give_up_unit
from support_svc.securing.model import AnswerPending, MoveInBeforeSecuring

DAY = dt.timedelta(days=1)
INVENTORY = "property"
OTHER = "city-inventory"


async def propose(world, wanted, **changes):
    given = {
        "inventory": INVENTORY,
        "street": "18 Sample Road",
        "unit_number": "2",
        "city": "Toronto",
        "province": "on",
        "postal_code": "m4k1p1",
        "region": "toronto-east-york",
        "housing_type": "apartment",
        "rent": "1290",
        "landlord_name": "Sample Road Rentals",
        "landlord_is_organisation": True,
        "hold": True,
        "expected_move_in": world.today + 14 * DAY,
        **changes,
    }
    return await world.do(propose_home, ProposeHome(placement_id=wanted, **given))


async def published(world, name):
    rows = await world.rows(
        "SELECT data, addressee FROM outbox WHERE type = $1 ORDER BY position", f"support.{name}.v1"
    )
    return [(json.loads(row["data"])["data"], row["addressee"]) for row in rows]


async def secured(world, request, unit, **more):
    deadline = world.clock.now() + 10 * DAY
    given = {"managed_by": "third_party", "request": request, "unit": unit, "deadline": deadline}
    await world.receive("unit_secured", **{**given, **more})


async def answered(world, request, outcome="taken_in", unit=None, reason=None, **more):
    given = {"request": request, "outcome": outcome, "unit": unit, "reason": reason}
    await world.receive("unit_proposal_answered", **given, **more)


async def state(world, wanted):
    return (await world.see(proposals, wanted))[0].state.value


@pytest.mark.row("P11", "P6")
@pytest.mark.parametrize("held_first", [False, True])
async def test_a_home_is_proposed_and_secured_in_one_step(world, held_first):
    wanted = await world.placement(await world.client())
    request = await propose(world, wanted)
    one = await world.see(placement, wanted)
    assert (one.securing, one.asked.unit) == (True, None)
    assert await state(world, wanted) == "waiting"
    unit = uuid.uuid4()
    if held_first:
        await secured(world, request, unit)
    await answered(world, request, unit=unit)
    if not held_first:
        await secured(world, request, unit)
    one = await world.see(placement, wanted)
    assert (one.status, one.request.unit) == (PlacementStatus.HOUSING_SECURED, unit)
    assert one.request.referred is False
    assert await state(world, wanted) == "taken_in"


@pytest.mark.row("P11", "W1")
async def test_only_the_address_and_facts_of_a_listing_cross(world):
    head, child = await world.family()
    wanted = await world.placement(head, child)
    request = await propose(world, wanted)
    ((sent, to),) = await published(world, "unit_proposed")
    assert to == INVENTORY
    move_in = (world.today + 14 * DAY).isoformat()
    address = {"street": "18 Sample Road", "unit_number": "2", "city": "Toronto", "province": "ON"}
    assert {key: value for key, value in sent.items() if value is not None} == {
        "request": str(request),
        "address": {
            **{"country": "CA", "postal_code": "M4K 1P1"},
            **{**address, "region": "toronto-east-york"},
        },
        "housing_type": "apartment",
        "rent": {"amount": "1290.00", "currency": "CAD"},
        "landlord": {"name": "Sample Road Rentals", "organisation": True},
        "secured_on": world.today.isoformat(),
        "expected_move_in": move_in,
    }
    assert "Quillfeather" not in json.dumps(sent)
    (line,) = await world.see(crossing, wanted)
    assert (line.event, line.under_consent) == ("unit_proposed", True)


@pytest.mark.row("P11", "P3")
@pytest.mark.parametrize("hold", [True, False])
async def test_an_inventory_that_knows_the_home_or_refuses_it_says_so(world, hold):
    wanted = await world.placement(await world.client())
    known = await propose(world, wanted, hold=hold)
    unit = await world.home()
    await answered(world, known, "known_already", unit)
    if hold:
        await world.receive("unit_refused", request=known, unit=unit, reason="not_available")
    assert (await world.see(placement, wanted)).status is PlacementStatus.HOUSING_NOT_SECURED
    (one,) = await world.see(proposals, wanted)
    assert (one.state.value, one.unit, one.listed) == ("known_already", unit, True)
    refused = await propose(world, wanted, hold=hold)
    await answered(world, refused, "refused", reason="monitoring_device")
    (newest, _) = await world.see(proposals, wanted)
    assert (newest.state.value, newest.reason) == ("refused", "monitoring_device")
    one = await world.see(placement, wanted)
    assert not one.securing
    async with world.desk("caseworker") as browser:
        page = parse_page((await browser.get(f"/front-desk/placements/{wanted}")).text).text
        assert "knows this home already" in page
        assert "would put a device in the home" in page
        lines = parse_page((await browser.get(f"/front-desk/placements/{wanted}/timeline")).text).text
        assert "didn’t take 2 – 18 Sample Road, Toronto in." in lines


@pytest.mark.row("P11", "P10")
async def test_answers_that_come_again_late_or_from_somebody_else_change_nothing(world):
    wanted = await world.placement(await world.client())
    request = await propose(world, wanted)
    unit = uuid.uuid4()
    with pytest.raises(NotTheSenders):
        await answered(world, request, unit=unit, sender=OTHER)
    with pytest.raises(NotTheSenders):
        await secured(world, request, unit, sender=OTHER)
    for _ in range(2):
        await secured(world, request, unit)
        await answered(world, request, unit=unit)
    await answered(world, request, "refused", reason="outside_the_area")
    assert await state(world, wanted) == "taken_in"
    assert (await world.see(placement, wanted)).status is PlacementStatus.HOUSING_SECURED
    kinds = [line.kind.value for line in await world.see(timeline, wanted)]
    assert kinds.count("proposal_taken_in") == kinds.count("secured") == 1
    await answered(world, uuid.uuid4(), unit=uuid.uuid4())


@pytest.mark.row("P11", "P6")
@pytest.mark.parametrize("by", ["proposal", "home"])
async def test_a_withdrawal_that_crosses_the_answer_frees_the_home(world, by):
    wanted = await world.placement(await world.client())
    request = await propose(world, wanted)
    if by == "proposal":
        await world.do(withdraw_proposal, WithdrawProposal(placement_id=wanted, request=request))
    else:
        await world.do(give_up_unit, GiveUpUnit(placement_id=wanted))
    assert await state(world, wanted) == "withdrawn"
    assert await published(world, "unit_proposal_withdrawn") == [({"request": str(request)}, INVENTORY)]
    assert await published(world, "unit_request_withdrawn") == []
    unit = uuid.uuid4()
    await secured(world, request, unit)
    await answered(world, request, unit=unit)
    one = await world.see(placement, wanted)
    assert (one.status, one.request.state.value) == (PlacementStatus.HOUSING_NOT_SECURED, "given_up")
    with pytest.raises(ProposalAnswered):
        await world.do(withdraw_proposal, WithdrawProposal(placement_id=wanted, request=request))


@pytest.mark.row("P11")
async def test_a_proposal_alone_secures_nothing_and_can_be_withdrawn(world):
    wanted = await world.placement(await world.client())
    request = await propose(world, wanted, hold=False, expected_move_in=None)
    assert not (await world.see(placement, wanted)).securing
    ((sent, _),) = await published(world, "unit_proposed")
    assert (sent.get("secured_on"), sent.get("expected_move_in")) == (None, None)
    command = WithdrawProposal(placement_id=wanted, request=request)
    await world.do(withdraw_proposal, command)
    assert await published(world, "unit_proposal_withdrawn") == [({"request": str(request)}, INVENTORY)]
    with pytest.raises(ProposalAnswered):
        await world.do(withdraw_proposal, command)
    with pytest.raises(NotFound):
        await world.do(withdraw_proposal, WithdrawProposal(placement_id=wanted, request=uuid.uuid4()))


@pytest.mark.row("P11", "N2")
async def test_the_inventory_is_chosen_where_there_are_several(world):
    wanted = await world.placement(await world.client())
    for unknown in (None, "nobody-here", "support"):
        with pytest.raises(InventoryNotKnown):
            await propose(world, wanted, inventory=unknown)
    request = await propose(world, wanted, inventory=OTHER)
    assert [to for _, to in await published(world, "unit_proposed")] == [OTHER]
    unit = uuid.uuid4()
    await secured(world, request, unit, sender=OTHER)
    assert (await world.see(placement, wanted)).request.inventory == OTHER


@pytest.mark.row("P11", "P6", "C6")
async def test_what_stands_in_the_way_is_said(world):
    person = await world.client()
    wanted = await world.placement(person)
    for changes, error in (
        ({"postal_code": "nonsense"}, NoPostalCode),
        ({"postal_code": "T2X 1A1"}, OtherProvince),
        ({"province": "ZZ"}, InvalidInput),
        ({"street": "---"}, InvalidInput),
        ({"housing_type": "castle"}, NotOnTheList),
        ({"expected_move_in": None}, InvalidInput),
        ({"expected_move_in": world.today - DAY}, MoveInBeforeSecuring),
    ):
        with pytest.raises(error):
            await propose(world, wanted, **changes)
    await propose(world, wanted)
    with pytest.raises(AnswerPending):
        await propose(world, wanted)
    await propose(world, wanted, hold=False)
    await world.rows(
        "UPDATE placement SET status = 'failed', ended_on = $2 WHERE id = $1", wanted, world.today
    )
    with pytest.raises(NotSearching):
        await propose(world, wanted)
    unasked = await world.placement(await world.client("Kim", "Without"), agrees_to_be_housed=None)
    with pytest.raises(ConsentMissing):
        await propose(world, unasked)


@pytest.mark.row("P11", "X5")
async def test_it_works_through_the_api(world):
    wanted = await world.placement(await world.client())
    path = f"/placements/{wanted}/proposed-homes"
    body = {
        "inventory": INVENTORY,
        "street": "18 Sample Road",
        "city": "Toronto",
        "province": "ON",
        "housing_type": "apartment",
        "landlord_name": "Sample Road Rentals",
    }
    async with world.api("caseworker") as api:
        for wrong in ({"landlord_name": "<b>"}, {"rent": "-1"}, {"bedrooms": 99}, {"country": "Canada"}):
            assert (await api.post(path, json={**body, **wrong})).status_code == 422, wrong
        made = await api.post(path, json=body)
        assert made.status_code == 201
        (one,) = (await api.get(path)).json()
        assert (one["request"], one["state"]) == (made.json()["id"], "waiting")
        assert (await api.delete(f"{path}/{one['request']}")).status_code == 204
        assert (await api.delete(f"{path}/{one['request']}")).status_code == 409
    async with world.api("support_administrator") as api:
        assert (await api.post(path, json=body)).status_code == 403


@pytest.mark.row("P11", "X1")
@pytest.mark.parametrize("locale", ["en", "fr"])
async def test_it_is_proposed_by_hand_and_the_page_says_what_is_waiting(world, locale):
    wanted = await world.placement(await world.client())
    page, path = f"/front-desk/placements/{wanted}", f"/front-desk/placements/{wanted}/proposed-homes/new"
    typed = {
        "inventory": INVENTORY,
        "street": "18 Sample Road",
        "city": "Toronto",
        "housing_type": "apartment",
        "landlord_name": "Sample Road Rentals",
    }
    async with world.desk("caseworker", locale=locale) as browser:
        assert path in (await browser.get(page)).text
        assert path in (await browser.get(f"{page}/search")).text
        fields = parse_page((await browser.get(path)).text).fields(path)
        wrong = await browser.post(path, data={**fields, **typed, "postal_code": "nonsense"})
        assert wrong.status_code == 422
        parse_page(wrong.text)
        done = await browser.post(path, data={**fields, **typed}, follow_redirects=True)
        shown = parse_page(done.text)
        assert ("Waiting for" if locale == "en" else "En attente") in shown.text
        assert (await world.see(placement, wanted)).securing
        (request,) = [one.request for one in await world.see(proposals, wanted)]
        action = f"{page}/proposed-homes/{request}/withdrawal"
        gone = await browser.post(action, data=shown.fields(action), follow_redirects=True)
        assert ("Withdrawn" if locale == "en" else "Retir") in parse_page(gone.text).text
