"""Nobody's record is archived while something is open for them, and a new one of them warns (C1, C3)."""

import asyncio
import datetime as dt

import pytest

from chassis.actor import Actor
from chassis.errors import NotFound
from chassis.perform import perform_in
from deskkit.testing import parse_page
from deskkit.testing.pages import fields_of
from support_svc.clients.commands import (
    AddMember,
    CreateClient,
    EditClient,
    add_member,
    create_client,
    edit_client,
)
from support_svc.clients.finding import alike, anybody_alike
from support_svc.clients.model import ArchivedAlike, ClientState, StillOpen
from support_svc.clients.open_matters import MatterKind
from support_svc.housing_history.commands import AddHousing, add_housing
from support_svc.housing_history.feature import HOUSING_TYPE
from support_svc.moving_in.commands import MoveIn, move_in
from support_svc.placements.commands import StartPlacement, start_placement
from support_svc.placements.model import PersonArchived
from support_svc.securing.commands import GiveUpUnit, give_up_unit

CASEWORKER = Actor("staff-7", "support", frozenset({"caseworker"}), "Robin Hale")


async def archive(world, client, family="Marrow", given="Ines"):
    version = (await world.rows("SELECT version FROM client WHERE id = $1", client))[0]["version"]
    await world.do(
        edit_client,
        EditClient(
            client_id=client,
            given_name=given,
            family_name=family,
            state=ClientState.ARCHIVED,
            version=version,
        ),
    )


async def open_for(world, client):
    with pytest.raises(StillOpen) as refused:
        await archive(world, client)
    return [(matter.kind, matter.named) for matter in refused.value.matters]


@pytest.mark.row("C1", "P2", "P6", "C5")
async def test_what_is_open_is_named_until_nothing_is(world):
    head, child = await world.client("Ines", "Marrow"), await world.client("Ola", "Marrow")
    await world.do(add_member, AddMember(client_id=head, member_id=child))
    placement = await world.placement(head, child)
    for person in (head, child):
        ((kind, named),) = await open_for(world, person)
        assert kind is MatterKind.PLACEMENT
        assert named.startswith("placement ")
    await world.held(placement, await world.home(managed_by="third_party"))
    assert [kind for kind, _ in await open_for(world, head)] == [MatterKind.PLACEMENT, MatterKind.HOME]
    await world.do(move_in, MoveIn(placement_id=placement, moved_in_on=world.today, next_months=1))
    kinds = [kind for kind, _ in await open_for(world, child)]
    assert kinds == [MatterKind.PLACEMENT, MatterKind.STAY]


@pytest.mark.row("C1", "C3")
async def test_the_api_and_the_desk_name_what_is_open(world):
    client = await world.client("Ines", "Marrow")
    placement = await world.placement(client)
    await world.ask_for(placement, await world.home())
    async with world.api("caseworker") as api:
        body = {"given_name": "Ines", "family_name": "Marrow", "state": "archived", "version": 1}
        answer = await api.put(f"/clients/{client}", json=body)
        assert answer.status_code == 409
        problem = answer.json()
        assert problem["code"] == "still_open"
        assert "placement " in problem["detail"]
        assert "Example Street" in problem["detail"]
    for locale, words in (("en", "Home asked for or held:"), ("fr", "Logement demandé ou réservé")):
        async with world.desk("caseworker", locale=locale) as browser:
            address = f"/front-desk/clients/{client}/edit"
            form = parse_page((await browser.get(address)).text)
            (sent,) = [one for one in form.root.iter("form") if (one.get("action") or "").endswith("/edit")]
            answer = await browser.post(address, data={**dict(fields_of(sent)), "state": "archived"})
            assert answer.status_code == 422
            page = parse_page(answer.text)
            assert words in page.text
            assert f"/front-desk/placements/{placement}" in page.html
    await world.do(give_up_unit, GiveUpUnit(placement_id=placement))
    assert [kind for kind, _ in await open_for(world, client)] == [MatterKind.PLACEMENT]


@pytest.mark.row("C3")
async def test_a_new_record_of_somebody_archived_warns(world):
    client = await world.client("Ines", "Marrow", date_of_birth=dt.date(1980, 4, 4))
    await archive(world, client)
    again = CreateClient(given_name="Ines", family_name="Marrow", date_of_birth=dt.date(1980, 4, 4))
    with pytest.raises(ArchivedAlike):
        await world.do(create_client, again)
    async with world.desk("caseworker") as browser:
        form = parse_page((await browser.get("/front-desk/clients/new")).text)
        (sent,) = [one for one in form.root.iter("form") if (one.get("action") or "").endswith("/new")]
        typed = {**dict(fields_of(sent)), "given_name": "Ines", "family_name": "Marrow"}
        answer = await browser.post("/front-desk/clients/new", data=typed)
        assert answer.status_code == 422
        page = parse_page(answer.text)
        assert "has an archived record" in page.text
        assert str(client) not in page.html
    await world.do(create_client, again.model_copy(update={"checked": True}))


async def until_it_waits(task):
    """Let a task go on until it waits for a lock of another transaction; fail when it waits for nothing."""
    done, _ = await asyncio.wait({task}, timeout=1)
    assert not done, "it didn't wait"


@pytest.mark.row("C1", "P2", "C5")
@pytest.mark.parametrize("what", ["placement", "member", "stay"])
async def test_who_archives_while_something_is_being_opened_waits_and_is_refused(world, what):
    client, child = await world.client("Ines", "Marrow"), await world.client("Ola", "Marrow")
    await world.do(add_member, AddMember(client_id=client, member_id=child))
    kind = await world.value(HOUSING_TYPE, "apartment")
    archived, given = (child, "Ola") if what == "member" else (client, "Ines")
    async with world.runtime.transaction(CASEWORKER, use_case="test") as tx:
        if what == "stay":
            stay = AddHousing(client_id=client, housing_type_id=kind, started_on=world.today)
            await perform_in(tx, add_housing, stay)
        else:
            search = {"housing_types": [kind], "search_started_on": world.today}
            members = [child] if what == "member" else []
            search |= {"caseworker": CASEWORKER.subject, "member_ids": members}
            await perform_in(tx, start_placement, StartPlacement(client_id=client, **search))
        waiting = asyncio.create_task(archive(world, archived, given=given))
        await until_it_waits(waiting)
    with pytest.raises(StillOpen):
        await waiting
    (stored,) = await world.rows("SELECT state FROM client WHERE id = $1", archived)
    assert stored["state"] == "active"


@pytest.mark.row("C1", "P2")
@pytest.mark.parametrize("who", ["client", "member"])
async def test_who_starts_a_placement_while_a_record_is_archived_waits_and_is_refused(world, who):
    client, child = await world.client("Ines", "Marrow"), await world.client("Ola", "Marrow")
    await world.do(add_member, AddMember(client_id=client, member_id=child))
    archived, given = (child, "Ola") if who == "member" else (client, "Ines")
    edit = EditClient(
        client_id=archived,
        given_name=given,
        family_name="Marrow",
        state=ClientState.ARCHIVED,
        new_head_id=child if who == "client" else None,
        version=1,
    )
    async with world.runtime.transaction(CASEWORKER, use_case="test") as tx:
        await perform_in(tx, edit_client, edit)
        waiting = asyncio.create_task(world.placement(client, child))
        await until_it_waits(waiting)
    with pytest.raises(PersonArchived if who == "member" else NotFound):
        await waiting
    assert await world.rows("SELECT id FROM placement") == []


@pytest.mark.row("C3")
async def test_whether_anybody_is_alike_is_what_the_list_of_them_shows(world):
    """With names near and far, days of birth near and far, archived and not, seen by everybody's eyes."""
    day = dt.date(1990, 5, 1)
    await world.client("Ines", "Marrow", date_of_birth=day)
    await world.client("Ana", "Quill")
    for given, family in (("Ynez", "Marrow"), ("Olga", "Brandt")):
        gone = await world.client(given, family, date_of_birth=day)
        await archive(world, gone, family, given)
    asked = [
        (given, family, born)
        for given in ("Ines", "Inez", "Olga", "Ana", "Zdenka", "")
        for family in ("Marrow", "Morrow", "Brandt", "Quill", "Xu", "Vrba")
        for born in (None, day, day + dt.timedelta(days=300), day + dt.timedelta(days=800))
    ]
    seen = set()
    for actor in (CASEWORKER, world.STAFF):
        for who in asked:
            async with world.runtime.reading(actor) as tx:
                lists = await alike(tx, *who), await alike(tx, *who, archived=True)
            async with world.runtime.transaction(actor) as tx:
                found = await anybody_alike(tx, *who)
            assert found == (bool(lists[0]), bool(lists[1])), (actor.name, who)
            seen.add(found)
    assert seen == {(False, False), (False, True), (True, False), (True, True)}
