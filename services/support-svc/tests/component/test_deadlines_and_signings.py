"""A deadline and a signing are worded alike on every page that shows them (X1, P6, W4)."""

import datetime as dt

import pytest

from deskkit.testing import parse_page


@pytest.mark.row("X1", "P6", "P10", "F2", "W4")
@pytest.mark.parametrize(
    ("locale", "until", "meeting"),
    [
        ("en", "the end of 13 March 2026", ("10 March 2026 at 2:00 p.m.", "The unit")),
        ("fr", "la fin du 13 mars 2026", ("10 mars 2026 à 14 h 00", "Le logement")),
    ],
)
async def test_pages_say_deadlines_and_signings_alike(world, locale, until, meeting):
    client = await world.client("Ines", "Marrow")
    wanted = await world.placement(client)
    unit = await world.home()
    request = await world.ask_for(wanted, unit)
    zone = world.runtime.time_zone
    deadline = dt.datetime(2026, 3, 14, tzinfo=zone)
    await world.receive("unit_secured", request=request, unit=unit, deadline=deadline)
    referral = await world.referral(request)
    starts = dt.datetime(2026, 3, 10, 14, 0, tzinfo=zone)
    await world.receive("signing_scheduled", referral=referral, starts_at=starts, place="the_unit")
    base = f"/front-desk/placements/{wanted}"
    async with world.desk("caseworker", locale=locale, subject="staff-7") as browser:
        texts = {}
        for page in ("/front-desk", base, f"{base}/timeline", "/front-desk/signings"):
            text = parse_page((await browser.get(page)).text).text
            texts[page] = text.replace("\u00a0", " ").replace("\u202f", " ")
        await world.receive("unit_hold_ending", request=request, unit=unit, deadline=deadline)
        ending = parse_page((await browser.get(base)).text).text.replace("\u00a0", " ")
    for page, text in texts.items():
        if not page.endswith("signings"):
            assert until in text, page
        for words in meeting:
            assert words in text, (page, words)
    assert until in ending
