"""A home of which the inventory doesn't know who manages it is shown so, and asked about before a referral
(P5, P6, U6).
"""

import datetime as dt

import pytest

from deskkit.testing.pages import parse_page
from support_svc.consents.model import GivenHow
from support_svc.homes.model import ManagedBy
from support_svc.homes.queries import HomeFilter, search_homes
from support_svc.placements.asking import SecureUnit, secure_unit
from support_svc.placements.moving_in import MoveIn, move_in
from support_svc.placements.previews import what_is_told
from support_svc.placements.problems import ManagerNotKnown
from support_svc.placements.queries import placement


async def asked(world, *, hot: bool, refer: bool | None):
    """Secure a home that nobody is known to manage, as the page or the API does; return both ids."""
    wanted = await world.placement(await world.client(), agrees_to_share_contact=GivenHow.WRITTEN)
    unit = await world.home(managed_by="not_known")
    day = world.today + dt.timedelta(days=14)
    given = {"placement_id": wanted, "unit": unit, "secured_on": world.today, "expected_move_in": day}
    if hot:
        told = await world.see(what_is_told, wanted, unit, day)
        assert (told.refers, told.asks_who_manages) == (True, True)
        given |= {"adults": told.adults, "children": told.children, "consent": told.consent}
    started = await world.do(secure_unit, SecureUnit(refer=refer, **given))
    deadline = world.clock.now() + dt.timedelta(days=10)
    heard = {"request": started.request, "unit": unit, "deadline": deadline, "managed_by": "not_known"}
    await world.hear("unit_secured", **heard)
    return wanted, heard


@pytest.mark.row("P6", "W5")
@pytest.mark.parametrize("hot", [True, False])
async def test_the_caseworker_is_asked_before_anybody_is_referred(world, hot):
    with pytest.raises(ManagerNotKnown) as refused:
        await asked(world, hot=hot, refer=None)
    assert refused.value.field == "refer"
    assert await world.told() == []


@pytest.mark.row("P6", "W5")
@pytest.mark.parametrize("hot", [True, False])
async def test_the_household_is_referred_when_the_caseworker_says_so(world, hot):
    wanted, heard = await asked(world, hot=hot, refer=True)
    assert await world.told() == ["unit_requested", "tenancy_referred"]
    await world.hear("unit_secured", **{**heard, "deadline": heard["deadline"] + dt.timedelta(days=1)})
    assert (await world.see(placement, wanted)).request.managed_by is ManagedBy.PROPERTY_ENTITY


@pytest.mark.row("P6", "P7", "U4", "W5")
@pytest.mark.parametrize("hot", [True, False])
async def test_otherwise_nobody_is_told_and_the_move_in_is_ours_to_tell(world, hot):
    wanted, _ = await asked(world, hot=hot, refer=False)
    assert await world.told() == ["unit_requested"]
    await world.do(move_in, MoveIn(placement_id=wanted, moved_in_on=world.today, next_months=1))
    assert await world.told() == ["unit_requested", "household_moved_in"]


@pytest.mark.row("P6", "U6", "W5")
async def test_a_manager_corrected_by_the_inventory_is_kept_and_refers_nobody_by_itself(world):
    wanted, heard = await asked(world, hot=True, refer=False)
    await world.hear("unit_secured", **{**heard, "managed_by": "property_entity"})
    seen = (await world.see(placement, wanted)).request
    assert (seen.managed_by, seen.referred) == (ManagedBy.PROPERTY_ENTITY, False)
    assert await world.told() == ["unit_requested"]
    async with world.desk("caseworker") as browser:
        page = (await browser.get(f"/front-desk/placements/{wanted}")).text
    assert "hasn’t been referred to it" in page


@pytest.mark.row("P5", "P6", "X1")
@pytest.mark.parametrize(
    ("locale", "words", "asks"),
    [
        ("en", "Not known who manages it", "refer the household to nobody"),
        ("fr", "On ne sait pas qui le gère", "n’aiguiller le ménage vers personne"),
    ],
)
async def test_search_and_securing_say_that_it_is_not_known(world, locale, words, asks):
    wanted = await world.placement(await world.client())
    unit, other = await world.home(managed_by="not_known"), await world.home()
    found = await world.see(search_homes, HomeFilter(managed_by=ManagedBy.NOT_KNOWN))
    assert [one.unit for one in found.items] == [unit]
    base = f"/front-desk/placements/{wanted}"
    async with world.desk("caseworker", locale=locale) as browser:
        searched = await browser.get(f"{base}/search?managed_by=not_known")
        assert words in searched.text
        shown = parse_page((await browser.get(f"{base}/secure/{unit}")).text)
        assert asks in shown.html
        form = shown.fields(f"{base}/secure/{unit}")
        refused = await browser.post(f"{base}/secure/{unit}", data=form)
        assert refused.status_code == 422
        parse_page(refused.text)
        sent = await browser.post(f"{base}/secure/{unit}", data={**form, "refer": "no"})
        assert sent.status_code == 303
        (asked_for,) = await world.rows("SELECT request, unit FROM securing")
        deadline = world.clock.now() + dt.timedelta(days=10)
        await world.hear("unit_secured", **asked_for, deadline=deadline, managed_by="not_known")
        assert words in (await browser.get(base)).text
        assert asks not in (await browser.get(f"{base}/secure/{other}")).text
