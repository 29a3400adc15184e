"""Homes shown, viewed, offered and refused by the client, so that a choice can be shown (P12)."""

import datetime as dt
import uuid

import pytest

from chassis.errors import EditedMeanwhile, NotFound
from deskkit.testing import parse_page
from support_svc.homes.model import UnknownHome
from support_svc.placements.model import PlacementEnded, PlacementStatus
from support_svc.placements.queries import attempts, placement
from support_svc.placements.timeline import timeline
from support_svc.viewings import commands
from support_svc.viewings.commands import RecordViewing, RemoveViewing, record_viewing, remove_viewing
from support_svc.viewings.feature import REASON_REFUSED
from support_svc.viewings.model import TooManyShown
from support_svc.viewings.queries import Choice, choice, viewings

DAY = dt.timedelta(days=1)


async def record(world, wanted, unit, **fields):
    fields = {"shown_on": world.today, **fields}
    return await world.do(record_viewing, RecordViewing(placement_id=wanted, unit=unit, **fields))


async def refused(world, wanted, unit, code="location", **fields):
    reason = await world.value(REASON_REFUSED, code)
    return await record(world, wanted, unit, refused_on=world.today, reason_id=reason, **fields)


@pytest.mark.row("P12")
async def test_a_choice_between_homes_is_shown(world):
    wanted = await world.placement(await world.client())
    first, second, third = [await world.home() for _ in range(3)]
    await record(world, wanted, first, viewed_on=world.today, offered_on=world.today)
    await record(world, wanted, second)
    await refused(world, wanted, third, viewed_on=world.today)
    assert await world.see(choice, wanted) == Choice(shown=3, viewed=2, offered=1, refused=1)
    assert {one.unit for one in await world.see(viewings, wanted)} == {first, second, third}
    async with world.desk("caseworker") as browser:
        page = parse_page((await browser.get(f"/front-desk/placements/{wanted}")).text)
        assert "3 homes shown, 2 viewed, 1 offered, 1 refused by the client" in page.text
        lines = parse_page((await browser.get(f"/front-desk/placements/{wanted}/timeline")).text).text
        assert "The client refused" in lines
        assert "Location" in lines
    async with world.desk("caseworker", locale="fr") as browser:
        page = parse_page((await browser.get(f"/front-desk/placements/{wanted}")).text)
        assert "3 logements présentés, 2 visités" in page.text
        assert (
            "Emplacement"
            in parse_page((await browser.get(f"/front-desk/placements/{wanted}/timeline")).text).text
        )


@pytest.mark.row("P12", "P4")
async def test_a_refusal_is_no_attempt_and_has_no_consequence(world):
    wanted = await world.placement(await world.client())
    before = await world.see(placement, wanted)
    unit = await world.home()
    for code in ("location", "not_said"):
        await refused(world, wanted, unit, code, version=0 if code == "location" else 1)
    assert await world.see(attempts, wanted) == []
    after = await world.see(placement, wanted)
    assert (after.status, after.request, after.version) == (before.status, None, before.version)
    assert await world.rows("SELECT 1 FROM outbox WHERE about = $1", str(wanted)) == []
    request = await world.held(wanted, unit)
    assert (await world.see(placement, wanted)).status is PlacementStatus.HOUSING_SECURED
    assert request


@pytest.mark.row("P12", "X4")
async def test_what_is_recorded_is_corrected_and_removed(world):
    wanted = await world.placement(await world.client())
    unit = await world.home()
    await record(world, wanted, unit)
    with pytest.raises(EditedMeanwhile):
        await record(world, wanted, unit, viewed_on=world.today)
    assert await record(world, wanted, unit, shown_on=world.today - DAY, version=1) == 2
    assert await record(world, wanted, unit, shown_on=world.today - DAY, version=2) == 2
    kinds = [line.kind.value for line in await world.see(timeline, wanted)]
    assert kinds == ["viewing_corrected", "home_shown", "started"]
    remove = RemoveViewing(placement_id=wanted, unit=unit)
    await world.do(remove_viewing, remove)
    assert await world.see(viewings, wanted) == []
    assert (await world.see(timeline, wanted))[0].kind.value == "viewing_removed"
    with pytest.raises(NotFound):
        await world.do(remove_viewing, remove)


@pytest.mark.row("P12", "P2")
async def test_only_homes_of_the_inventory_and_only_while_the_placement_is_open(world, monkeypatch):
    wanted = await world.placement(await world.client())
    with pytest.raises(UnknownHome):
        await record(world, wanted, uuid.uuid4())
    gone = await world.home()
    await world.receive("unit_withdrawn", unit=gone)
    await record(world, wanted, gone)
    monkeypatch.setattr(commands, "MOST", 1)
    with pytest.raises(TooManyShown):
        await record(world, wanted, await world.home())
    await world.rows(
        "UPDATE placement SET status = 'failed', ended_on = $2 WHERE id = $1", wanted, world.today
    )
    with pytest.raises(PlacementEnded):
        await record(world, wanted, gone, version=1)


@pytest.mark.row("P12", "X5")
async def test_days_and_reasons_that_make_no_sense_are_refused_by_the_api(world):
    wanted = await world.placement(await world.client())
    unit = await world.home()
    today = world.today.isoformat()
    reason = str(await world.value(REASON_REFUSED, "location"))
    path = f"/placements/{wanted}/viewings/{unit}"
    async with world.api("caseworker") as api:
        for body in (
            {"shown_on": (world.today + DAY).isoformat()},
            {"shown_on": today, "viewed_on": (world.today - DAY).isoformat()},
            {"shown_on": today, "refused_on": today},
            {"shown_on": today, "reason_id": reason},
            {"shown_on": today, "refused_on": today, "reason_id": str(uuid.uuid4())},
            {"shown_on": "0001-01-01"},
            {},
        ):
            assert (await api.put(path, json=body)).status_code == 422, body
        good = {"shown_on": today, "refused_on": today, "reason_id": reason}
        assert (await api.put(path, json=good)).status_code == 204
        found = (await api.get(f"/placements/{wanted}/viewings")).json()
        assert found["counts"] == {"shown": 1, "viewed": 0, "offered": 0, "refused": 1}
        assert found["homes"][0]["reason_en"] == "Location"
        assert (await api.delete(path)).status_code == 204
        assert (await api.delete(path)).status_code == 404
        assert (await api.get(f"/placements/{uuid.uuid4()}/viewings")).status_code == 404
    async with world.api("support_administrator") as api:
        assert (await api.put(path, json=good)).status_code == 403


@pytest.mark.row("P12", "P5")
@pytest.mark.parametrize("locale", ["en", "fr"])
async def test_it_is_recorded_from_the_home_and_the_short_list(world, locale):
    wanted = await world.placement(await world.client())
    unit = await world.home()
    base = f"/front-desk/placements/{wanted}"
    path = f"{base}/viewings/{unit}"
    async with world.desk("caseworker", locale=locale) as browser:
        assert path in (await browser.get(f"{base}/homes/{unit}")).text
        typed = parse_page((await browser.get(path)).text).fields(path)
        wrong = await browser.post(path, data={**typed, "refused_on": world.today.isoformat()})
        assert wrong.status_code == 422
        parse_page(wrong.text)
        done = await browser.post(
            path, data={**typed, "viewed_on": world.today.isoformat()}, follow_redirects=True
        )
        page = parse_page(done.text)
        assert ("1 home shown, 1 viewed" if locale == "en" else "1 logement présenté, 1 visité") in page.text
        assert path in done.text
        assert ("viewed on" if locale == "en" else "visité le") in parse_page(
            (await browser.get(f"{base}/homes/{unit}")).text
        ).text
        stale = await browser.post(path, data={**typed, "offered_on": world.today.isoformat()})
        assert stale.status_code in (409, 422)
        form = parse_page((await browser.get(path)).text).fields(f"{path}/removal")
        gone = await browser.post(f"{path}/removal", data=form, follow_redirects=True)
        assert path not in gone.text
    async with world.desk("support_administrator") as browser:
        assert (await browser.get(path)).status_code == 403
