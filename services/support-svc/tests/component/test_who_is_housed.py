"""Who a placement starts for and who heads a household: nobody who has died, no child unasked (P2, C2)."""

import datetime as dt

import pytest

from deskkit.testing import parse_page
from support_svc.clients.commands import (
    AddMember,
    ChooseHead,
    EditClient,
    FormHousehold,
    add_member,
    choose_head,
    edit_client,
    form_household,
)
from support_svc.clients.model import ClientState, HeadIsAChild
from support_svc.clients.queries import client
from support_svc.placements.model import PersonArchived, PersonDeceased
from support_svc.placements.queries import placement


async def mark(world, person, state):
    seen = await world.see(client, person)
    given = {name: getattr(seen, name) for name in ("given_name", "family_name", "date_of_birth")}
    await world.do(edit_client, EditClient(client_id=person, version=seen.version, state=state, **given))


@pytest.mark.row("P2", "C1")
@pytest.mark.parametrize(
    ("state", "refusal"), [(ClientState.DECEASED, PersonDeceased), (ClientState.ARCHIVED, PersonArchived)]
)
async def test_no_placement_starts_for_somebody_who_died_or_is_archived(world, state, refusal):
    head, child = await world.family()
    await mark(world, child, state)
    with pytest.raises(refusal) as refused:
        await world.placement(head, child)
    assert refused.value.field == "member_ids"
    alone = await world.client("Ines", "Marrow")
    await mark(world, alone, state)
    supervisor = world.api("supervisor")
    async with supervisor:
        body = {
            "client_id": str(alone),
            "caseworker": "staff-7",
            "housing_types": [str(one) for one in await sought(world, head)],
            "search_started_on": str(world.today),
        }
        answer = await supervisor.post("/placements", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, refusal.code)


async def sought(world, head):
    wanted = await world.placement(head)
    return (await world.see(placement, wanted)).housing_types


@pytest.mark.row("P2", "C2")
async def test_a_child_is_asked_about_before_it_heads_a_placement(world):
    child = await world.client("Milo", "Marrow", date_of_birth=dt.date(2015, 2, 3))
    with pytest.raises(HeadIsAChild):
        await world.placement(child)
    wanted = await world.placement(child, child_as_head=True)
    assert (await world.see(placement, wanted)).people[0].is_head


@pytest.mark.row("C2")
async def test_a_child_is_asked_about_before_it_heads_a_household(world):
    child = await world.client("Milo", "Marrow", date_of_birth=dt.date(2015, 2, 3))
    young = await world.client("Ada", "Marrow", estimated_age=17)
    adult = await world.client("Ines", "Marrow")
    for make, command in (
        (form_household, FormHousehold(head_id=child, member_ids=[adult])),
        (add_member, AddMember(client_id=young, member_id=adult)),
    ):
        with pytest.raises(HeadIsAChild) as refused:
            await world.do(make, command)
        assert refused.value.field == "child_as_head"
    await world.do(add_member, AddMember(client_id=adult, member_id=child))
    with pytest.raises(HeadIsAChild):
        await world.do(choose_head, ChooseHead(client_id=adult, head_id=child))
    await world.do(choose_head, ChooseHead(client_id=adult, head_id=child, child_as_head=True))
    await world.do(add_member, AddMember(client_id=young, member_id=await world.client(), child_as_head=True))


@pytest.mark.row("C2", "X1")
@pytest.mark.parametrize(
    ("locale", "question"), [("en", "Yes, make the child the head"), ("fr", "Oui, faire de l’enfant")]
)
async def test_the_desk_asks_and_takes_yes_for_an_answer(world, locale, question):
    head, child = await world.family()
    async with world.desk("caseworker", locale=locale) as browser:
        address = f"/front-desk/clients/{head}/household/{child}"
        fields = parse_page((await browser.get(address)).text).fields(f"{address}/head")
        refused = await browser.post(f"{address}/head", data=fields)
        assert refused.status_code == 422
        page = parse_page(refused.text)
        assert question in page.text
        fields = page.fields(f"{address}/head")
        assert fields["child_as_head"] == "yes"
        assert (await browser.post(f"{address}/head", data=fields)).status_code == 303


@pytest.mark.row("P2", "X1")
@pytest.mark.parametrize(
    ("locale", "why"), [("en", "is recorded as deceased"), ("fr", "inscrit comme décédé")]
)
async def test_the_form_says_beforehand_that_no_placement_can_start(world, locale, why):
    person = await world.client("Ines", "Marrow")
    await mark(world, person, ClientState.DECEASED)
    async with world.desk("caseworker", locale=locale) as browser:
        answer = await browser.get(f"/front-desk/placements/new?client={person}")
        assert why in parse_page(answer.text).text
