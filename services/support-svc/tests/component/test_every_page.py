"""Every page of the Front Desk in both languages: valid HTML5, one h1, forms that are safe."""

import datetime as dt

import pytest

from deskkit.testing import parse_page
from support_svc.consents.model import GivenHow
from support_svc.moving_in.commands import MoveIn, move_in
from support_svc.placements.feature import REFERRAL_SOURCE


async def visit(browser, address, *, fragment=False):
    answer = await browser.get(address)
    assert answer.status_code == 200, f"{address}: {answer.status_code} {answer.text[:300]}"
    return parse_page(answer.text, fragment=fragment)


@pytest.mark.row("C1", "C2", "C5", "C6", "P1", "P2", "P4", "P5", "P6", "P7", "P8", "P10", "W4", "F2", "X1")
@pytest.mark.parametrize("locale", ["en", "fr"])
async def test_pages_hold_the_house_rules(world, locale):
    head, child = await world.family()
    consent = {"agrees_to_share_contact": GivenHow.WRITTEN}
    first = await world.placement(head, child, target_on=world.today + dt.timedelta(days=5), **consent)
    unit = await world.home()
    async with world.desk("caseworker", locale=locale) as browser:
        base = f"/front-desk/placements/{first}"
        person = f"/front-desk/clients/{head}"
        await visit(browser, f"{base}/search")
        await visit(browser, f"{base}/search?q=elm&bedrooms_from=1&rent_to=abc&features=balcony&sort=rent")
        confirm = await visit(browser, f"{base}/secure/{unit}")
        assert "Zdenka" in confirm.text
        request = await world.ask_for(first, unit)
        pending = await visit(browser, base)
        assert f"{base}/securing" in pending.html
        await visit(browser, f"{base}/securing", fragment=True)
        await world.fire("answer_expected", str(request))
        await visit(browser, base)
        deadline = world.clock.now() + dt.timedelta(days=10)
        await world.receive("unit_secured", request=request, unit=unit, deadline=deadline)
        referral = await world.referral(request)
        await world.receive("application_opened", referral=referral)
        await world.receive("signing_scheduled", referral=referral, starts_at=deadline)
        await world.receive("unit_hold_ending", request=request, unit=unit, deadline=deadline)
        for address in (
            "/front-desk",
            "/front-desk/clients",
            "/front-desk/clients?q=Quilfether",
            "/front-desk/clients?q=nobody",
            "/front-desk/clients/new",
            person,
            f"{person}/edit",
            f"{person}/household",
            f"{person}/household?q=milo",
            f"{person}/household/{child}",
            f"{person}/consents",
            f"{person}/consents/new",
            f"{person}/housing-history",
            f"{person}/housing-history/new",
            "/front-desk/placements",
            "/front-desk/placements?urgent=upcoming_target_date&q=milo",
            "/front-desk/placements/new",
            "/front-desk/placements/new?q=milo",
            f"/front-desk/placements/new?client={head}",
            base,
            f"{base}/edit",
            f"{base}/attempts",
            f"{base}/attempts/new",
            f"{base}/timeline",
            f"{base}/give-up",
            f"{base}/move-in",
            "/front-desk/signings",
            "/front-desk/signings?whose=all",
        ):
            await visit(browser, address)
        signing = (await world.rows("SELECT signing FROM signing"))[0]["signing"]
        await visit(browser, f"/front-desk/signings/{signing}")
        given = (await world.rows("SELECT id FROM consent LIMIT 1"))[0]["id"]
        await visit(browser, f"{person}/consents/{given}/withdraw")
        moved = MoveIn(placement_id=first, moved_in_on=world.today, next_months=1, reported_by_client=True)
        await world.do(move_in, moved)
        for address in (f"{base}/follow-ups", f"{base}/follow-ups/new", base, f"{person}/housing-history"):
            await visit(browser, address)
        stay = (await world.rows("SELECT id FROM housing_record WHERE client_id = $1", head))[0]["id"]
        await visit(browser, f"{person}/housing-history/{stay}/end")
        await visit(browser, f"{person}/housing-history/{stay}/rent")
    async with world.desk("support_administrator", locale=locale) as browser:
        value = await world.value(REFERRAL_SOURCE, "outreach")
        for address in (
            "/front-desk",
            "/front-desk/lists",
            "/front-desk/lists/housing_type/new",
            f"/front-desk/lists/values/{value}",
        ):
            await visit(browser, address)
        assert (await browser.get(person)).status_code == 403
