"""Who looked at a record, for supervisors (X3); and addresses that nothing shows unless asked to (C8)."""

import datetime as dt
import re

import pytest

from chassis.actor import Actor
from chassis.http.routes import account_for
from contracts import support
from contracts.catalogue import events_in
from support_svc.clients.commands import EditClient, edit_client
from support_svc.clients.queries import client, mailing_address
from support_svc.history.model import Looked
from support_svc.history.queries import history
from support_svc.housing_history.commands import (
    AddHousing,
    CorrectHousing,
    add_housing,
    correct_housing,
)
from support_svc.housing_history.feature import HOUSING_TYPE
from support_svc.housing_history.model import HomeOfPlacement
from support_svc.housing_history.queries import address_of_stay, housing_history
from support_svc.placements.queries import active_placement
from support_svc.restrictions.commands import RestrictClient, restrict_client
from support_svc.view_log.queries import ViewFilter, views

CASEWORKER = Actor("staff-7", "support", frozenset({"caseworker"}), "Robin Hale")
SUPERVISOR = Actor("staff-8", "support", frozenset({"supervisor"}), "Sam Okafor")
STREET, CITY, CODE, HOME = "77 Hidden Lane", "Whitby", "L1N 9Z9", "5 Secret Court"
DAY = dt.timedelta(days=1)


async def safe_client(world):
    """A client whose mailing address is safe, and whose present stay is."""
    known = {"address_line": STREET, "city": CITY, "province": "ON", "postal_code": CODE}
    person = await world.client("Rae", "Marrow", safe_address=True, phones=["416 555 0142"], **known)
    room = await world.value(HOUSING_TYPE, "room")
    stay = AddHousing(
        client_id=person, housing_type_id=room, address=HOME, safe_address=True, started_on=world.today - DAY
    )
    return person, await world.do(add_housing, stay)


@pytest.mark.row("X3")
async def test_supervisors_see_who_looked_by_colleague_client_and_day(world):
    head, child = await world.family()
    for one in (head, child, head):
        await world.see(client, one)
    await world.see(housing_history, head, actor=SUPERVISOR)
    seen = await world.see(views, ViewFilter(), actor=SUPERVISOR)
    assert [(one.client_id, one.person_name, one.looked) for one in seen.items] == [
        (head, "Sam Okafor", Looked.STAYS),
        (head, "Robin Hale", Looked.RECORD),
        (child, "Robin Hale", Looked.RECORD),
        (head, "Robin Hale", Looked.RECORD),
    ]
    mine = await world.see(views, ViewFilter(person="staff-8"), actor=SUPERVISOR)
    assert [one.person for one in mine.items] == ["staff-8"]
    of_child = await world.see(views, ViewFilter(client=child), actor=SUPERVISOR)
    assert [one.client_id for one in of_child.items] == [child]
    world.clock.advance(40 * DAY)
    assert (await world.see(views, ViewFilter(), actor=SUPERVISOR)).items == []
    days = ViewFilter(since=world.today - 41 * DAY, until=world.today - 39 * DAY)
    assert len((await world.see(views, days, actor=SUPERVISOR)).items) == 4


@pytest.mark.row("X3")
async def test_views_come_in_pages_and_only_to_supervisors(world):
    person = await world.client()
    for _ in range(51):
        await world.see(client, person)
    async with world.api("supervisor") as supervisor, world.api("caseworker") as caseworker:
        first = (await supervisor.get("/views")).json()
        second = (await supervisor.get("/views", params={"after": first["next"]})).json()
        assert (await supervisor.get("/views", params={"after": "nowhere"})).status_code == 422
        assert (await caseworker.get("/views")).status_code == 403
    assert (len(first["items"]), len(second["items"]), second["next"]) == (50, 1, None)
    async with world.desk("supervisor") as browser:
        page = await browser.get(f"/front-desk/views?person=staff-7&client={person}")
    assert page.status_code == 200
    assert "Jordan Davis" in page.text


@pytest.mark.row("X3", "C8")
async def test_views_of_a_restricted_client_are_seen_by_who_is_named(world):
    head, _ = await world.family()
    await world.see(client, head)
    command = RestrictClient(client_id=head, reason="publicity", people=["staff-8"])
    await world.do(restrict_client, command, SUPERVISOR)
    named = await world.see(views, ViewFilter(), actor=SUPERVISOR)
    assert [one.client_id for one in named.items] == [head]
    other = Actor("staff-9", "support", frozenset({"supervisor"}), "Alex Wren")
    assert (await world.see(views, ViewFilter(), actor=other)).items == []


@pytest.mark.row("C8", "X3")
async def test_a_safe_address_is_shown_only_to_who_asks_and_that_is_logged(world):
    person, stay = await safe_client(world)
    seen = await world.see(client, person)
    assert (seen.safe_address, seen.address_line, seen.city, seen.postal_code) == (True, None, None, None)
    assert [one.address for one in await world.see(housing_history, person)] == [None]
    assert (await world.see(mailing_address, person)).address_line == STREET
    assert await world.see(address_of_stay, person, stay) == HOME
    looked = [one.looked for one in (await world.see(views, ViewFilter(), actor=SUPERVISOR)).items]
    assert looked[:2] == [Looked.ADDRESS, Looked.ADDRESS]
    async with world.desk("caseworker") as browser:
        page = await browser.get(f"/front-desk/clients/{person}")
        assert STREET not in page.text
        assert "Show the address" in page.text
        form = {"_csrf": re.search(r'name="_csrf" value="([^"]*)"', page.text)[1]}
        shown = await browser.post(f"/front-desk/clients/{person}/address", data=form)
        assert (shown.status_code, STREET in shown.text) == (200, True)
        of_stay = f"/front-desk/clients/{person}/housing-history/{stay}/address"
        shown = await browser.post(of_stay, data=form)
        assert (shown.status_code, HOME in shown.text) == (200, True)


@pytest.mark.row("C8")
async def test_a_form_that_does_not_show_a_safe_address_leaves_it(world):
    person, stay = await safe_client(world)
    seen = await world.see(client, person)
    same = {name: getattr(seen, name) for name in ("given_name", "family_name", "version", "state")}
    change = EditClient(client_id=person, safe_address=True, comments="Calls at noon", **same)
    await world.do(edit_client, change)
    assert (await world.see(mailing_address, person)).address_line == STREET
    (found,) = await world.see(housing_history, person)
    unchanged = {name: getattr(found, name) for name in ("housing_type_id", "started_on", "version")}
    correction = CorrectHousing(
        client_id=person, record_id=stay, safe_address=True, other_people=2, reason="Counted", **unchanged
    )
    await world.do(correct_housing, correction)
    assert await world.see(address_of_stay, person, stay) == HOME


@pytest.mark.row("C8")
async def test_a_home_of_a_placement_cannot_be_a_safe_address(world, two_stages):
    _, moved_in = await two_stages()
    person = moved_in.ids["client_id"]
    stay = next(one for one in await world.see(housing_history, person) if one.placement_id is not None)
    unchanged = {
        name: getattr(stay, name) for name in ("housing_type_id", "started_on", "ended_on", "version")
    }
    command = CorrectHousing(
        client_id=person, record_id=stay.id, safe_address=True, reason="Hide it", **unchanged
    )
    with pytest.raises(HomeOfPlacement):
        await world.do(correct_housing, command)


def parts(text):
    """What of the safe addresses a text contains."""
    return [one for one in (STREET, CITY, CODE, CODE.replace(" ", ""), HOME) if one in text]


@pytest.mark.row("C8", "X3")
async def test_no_page_list_event_or_audit_has_a_safe_address(world):
    person, stay = await safe_client(world)
    # Marked only now: what was recorded openly before isn't shown any more either.
    seen = await world.see(client, person)
    same = {name: getattr(seen, name) for name in ("given_name", "family_name", "state")}
    before = {"address_line": STREET, "city": CITY, "postal_code": CODE}
    await world.do(edit_client, EditClient(client_id=person, **same, **before, version=seen.version))
    version = (await world.see(client, person)).version
    await world.do(
        edit_client,
        EditClient(client_id=person, **same, **before | {"city": "Ajax"}, version=version),
    )
    version = (await world.see(client, person)).version
    marked = EditClient(client_id=person, **same, **before, version=version, safe_address=True)
    await world.do(edit_client, marked)
    wanted = await world.placement(person, agrees_to_share_contact="written")
    request = await world.held(wanted, await world.home())
    assert request
    ids = {"client_id": person, "placement_id": wanted, "record_id": stay}
    asked = 0
    async with (
        world.desk("caseworker", "supervisor") as browser,
        world.api("caseworker", "supervisor") as http,
    ):
        for route in account_for(world.app):
            names = re.findall(r"\{(\w+)(?::\w+)?\}", route.path)
            if route.method != "GET" or any(name not in ids for name in names):
                continue
            if route.path.endswith(("/mailing-address", "/address")):
                continue
            address = re.sub(r"\{(\w+)(?::\w+)?\}", lambda found: str(ids[found[1]]), route.path)
            asking = http if address.startswith("/api") else browser
            answer = await asking.get(f"http://support.localhost{address}")
            assert not parts(answer.text), route.path
            asked += 1
    assert asked > 30
    assert not parts(str(await world.see(history, person)))
    (published,) = await world.rows("SELECT coalesce(string_agg(data::text, ' '), '') AS text FROM outbox")
    assert not parts(published["text"])
    (corrected,) = await world.rows(
        "SELECT coalesce(string_agg(changes::text, ' '), '') AS text FROM correction"
    )
    assert not parts(corrected["text"])
    assert await world.see(active_placement, person) == wanted


ABOUT_HOMES = frozenset({"unit_proposed"})
"""Events of this service that may have an address: that of a home that is offered, which is no person's."""


@pytest.mark.row("C8")
def test_no_published_event_has_a_field_for_an_address_of_a_client():
    published = [model for model in events_in(support) if model.terms.name not in ABOUT_HOMES]
    assert len(published) > 5
    for model in published:
        schema = model.model_json_schema()
        forms = [schema, *schema.get("$defs", {}).values()]
        fields = {name for form in forms for name in form.get("properties", {})}
        assert fields
        assert not [name for name in fields if re.search("address|street|postal|city", name)], model.__name__
