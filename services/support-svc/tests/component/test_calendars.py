"""Subscribing to a caseworker's calendar: over HTTP, at a secret address, with nobody's name in it (F3)."""

import asyncio
import datetime as dt
import socket
import uuid
from zoneinfo import ZoneInfo

import httpx
import pytest
import uvicorn
import vobject

from deskkit.testing import parse_page
from support_svc.moving_in.commands import MoveIn, move_in

DAY = dt.timedelta(days=1)


async def new_address(world, subject="staff-7"):
    """Let a caseworker make an address at the desk, and return the path of it."""
    async with world.desk("caseworker", subject=subject) as browser:
        page = parse_page((await browser.get("/front-desk/calendar")).text)
        answer = await browser.post("/front-desk/calendar", data=page.fields("/front-desk/calendar"))
        assert answer.status_code == 200
        (address,) = {one for one in parse_page(answer.text).links().values() if one.endswith(".ics")}
    assert address.startswith("http://support.localhost/api/support/v1/calendars/")
    return address.removeprefix("http://support.localhost")


def anybody(world):
    """A calendar program: it isn't signed in."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(world.app), base_url="http://support.localhost")


async def subscribed(world, address):
    async with anybody(world) as http:
        answer = await http.get(address)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    return answer.text, getattr(vobject.readOne(answer.text), "vevent_list", [])


async def signing_ahead(world, starts, client=("Ines", "Marrow")):
    """A signing that a landlord reported; return the referral and the signing."""
    wanted = await world.placement(await world.client(*client, address_line="9 Quiet Road"))
    referral = await world.referral(await world.held(wanted, await world.home()))
    signing = uuid.uuid4()
    await world.receive("signing_scheduled", referral=referral, signing=signing, starts_at=starts)
    return referral, signing


@pytest.mark.row("F3")
async def test_a_calendar_has_what_is_due_and_names_neither_people_nor_homes(world):
    person = await world.client("Ines", "Marrow", phones=["416 555 0142"], address_line="9 Quiet Road")
    wanted = await world.placement(person)
    await world.held(wanted, await world.home())
    await world.do(
        move_in,
        MoveIn(placement_id=wanted, moved_in_on=world.today, next_months=3, reported_by_client=True),
    )
    await world.placement(await world.client("Boniface", "Quill"), target_on=world.today + 30 * DAY)
    starts = world.clock.now() + 3 * DAY
    await signing_ahead(world, starts, ("Cyrilla", "Quillon"))
    text, events = await subscribed(world, await new_address(world))
    summaries = {one.summary.value for one in events}
    assert summaries == {"Follow-up", "Home to find", "Signing to answer", "Move-in"}
    unfolded = text.replace("\r\n ", "")
    people = await world.rows("SELECT id, given_name, family_name, address_line FROM client")
    homes = await world.rows("SELECT address FROM securing")
    for secret in (
        *(value for one in people for value in one.values() if value),
        *(one["address"] for one in homes),
        wanted,
        "Example",
        "416",
    ):
        assert str(secret) not in unfolded, secret
    assert {one.url.value for one in events} == {"http://support.localhost/front-desk"}


@pytest.mark.row("F3", "W4")
async def test_case_28_a_signing_that_is_moved_or_cancelled_is_so_in_the_calendar(world):
    starts = world.clock.now() + 3 * DAY
    referral, signing = await signing_ahead(world, starts)
    address = await new_address(world)

    async def appointment():
        _, events = await subscribed(world, address)
        (one,) = [event for event in events if isinstance(event.dtstart.value, dt.datetime)]
        return one

    before = await appointment()
    await world.receive("signing_moved", referral=referral, signing=signing, starts_at=starts + 2 * DAY)
    moved = await appointment()
    await world.receive("signing_cancelled", referral=referral, signing=signing)
    off = await appointment()
    assert before.dtstart.value == starts.replace(microsecond=0)
    assert moved.dtstart.value - before.dtstart.value == 2 * DAY
    assert before.uid.value == moved.uid.value == off.uid.value
    numbers = [int(one.sequence.value) for one in (before, moved, off)]
    assert numbers == sorted(set(numbers))
    assert [one.status.value for one in (before, moved, off)] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]


@pytest.mark.row("F3", "W4")
async def test_a_signing_that_ends_with_its_referral_is_cancelled_in_the_calendar(world):
    starts = world.clock.now() + 3 * DAY
    referral, _ = await signing_ahead(world, starts)
    address = await new_address(world)
    await world.receive("application_declined", referral=referral)
    _, events = await subscribed(world, address)
    (one,) = [event for event in events if isinstance(event.dtstart.value, dt.datetime)]
    assert one.status.value == "CANCELLED"


@pytest.mark.row("F3", "X1", "T5")
@pytest.mark.parametrize("zone", ["America/St_Johns", "America/Vancouver"])
async def test_case_29_page_and_calendar_agree_on_both_sides_of_a_change_of_clocks(world, zone):
    there = ZoneInfo(zone)
    world.runtime.time_zone = there
    world.clock.at = dt.datetime(2026, 10, 28, 15, tzinfo=dt.UTC)
    for day in (dt.date(2026, 10, 31), dt.date(2026, 11, 2)):
        starts = dt.datetime.combine(day, dt.time(14, 30), tzinfo=there)
        await signing_ahead(world, starts, ("Ann", f"Day{day.day}"))
    _, events = await subscribed(world, await new_address(world))
    read = [one.dtstart.value for one in events if isinstance(one.dtstart.value, dt.datetime)]
    assert sorted(one.astimezone(there).strftime("%d %H:%M") for one in read) == ["02 14:30", "31 14:30"]
    async with world.desk("caseworker", subject="staff-7") as browser:
        page = parse_page((await browser.get("/front-desk/signings")).text).text.replace("\u00a0", " ")
    assert page.count("2:30 p.m.") == 2


@pytest.mark.row("F3")
async def test_another_address_ends_the_one_before_at_once_and_none_is_stored(world):
    first = await new_address(world)
    await subscribed(world, first)
    second = await new_address(world)
    assert first != second
    async with anybody(world) as http:
        assert (await http.get(first)).status_code == 404
        assert (await http.get(second)).status_code == 200
        unknown = await http.get(first.replace(first[-20:-4], "A" * 16))
        assert unknown.status_code == 404
    secret = second.rsplit("/", 1)[1].removesuffix(".ics")
    stored = [
        table["name"]
        for table in await world.rows("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'")
        if secret in str(await world.rows(f'SELECT * FROM "{table["name"]}"'))  # noqa: S608 - our own tables
    ]
    assert stored == []


@pytest.mark.row("F3", "W10")
async def test_the_calendar_of_somebody_who_left_ends_with_the_register(world):
    address = await new_address(world)
    for active, status in ((True, 200), (False, 404)):
        staff = {"sub": "staff-7", "name": "Robin Hale", "roles": ["caseworker"], "active": active}
        world.keys.write_register("support", staff)
        await world.app.state.verifier.learn()
        async with anybody(world) as http:
            assert (await http.get(address)).status_code == status


@pytest.mark.row("F3", "X5")
async def test_the_api_makes_an_address_and_repeating_the_request_makes_no_other(world):
    async with world.api("caseworker") as http:
        key = {"Idempotency-Key": "one-press"}
        made = [(await http.post("/calendar-addresses", headers=key)).json()["address"] for _ in range(2)]
        assert made[0] == made[1]
        assert (await http.get("/calendar")).json()["renewed_at"] is not None
        await subscribed(world, made[0].removeprefix("http://support.localhost"))
        (mine,) = await world.rows("SELECT subject FROM calendar_address")
        assert (await http.delete("/calendar-addresses/somebody-else")).status_code == 404
        assert (await http.delete(f"/calendar-addresses/{mine['subject']}")).status_code == 204
        assert (await http.get("/calendar")).json()["renewed_at"] is None
    async with anybody(world) as http:
        gone = await http.get(made[0].removeprefix("http://support.localhost"))
        assert gone.status_code == 404
    async with world.api("support_administrator") as http:
        assert (await http.post("/calendar-addresses")).status_code == 403


@pytest.mark.row("F3")
async def test_a_program_that_asks_over_http_again_is_answered_with_nothing_until_something_changed(world):
    """A real server and a real connection, as a subscription has them."""
    starts = world.clock.now() + 3 * DAY
    referral, signing = await signing_ahead(world, starts)
    address = await new_address(world)
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(world.app, lifespan="off", log_level="error"))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    port = listening.getsockname()[1]
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
            first = await http.get(address)
            assert first.status_code == 200
            known = {"If-None-Match": first.headers["ETag"]}
            world.clock.advance(dt.timedelta(minutes=30))
            again = await http.get(address, headers=known)
            assert (again.status_code, again.content) == (304, b"")
            await world.receive("signing_moved", referral=referral, signing=signing, starts_at=starts + DAY)
            changed = await http.get(address, headers=known)
            assert changed.status_code == 200
            assert changed.headers["ETag"] != first.headers["ETag"]
    finally:
        server.should_exit = True
        await serving
