"""The progress line on a placement's page and in the API, along one journey (P3, P10)."""

import datetime as dt

import pytest

from deskkit.testing import parse_page
from support_svc.moving_in.commands import MoveIn, move_in
from support_svc.signings.commands import AnswerSigning, answer_signing
from support_svc.signings.model import Attendance

TURNS = {
    "en": {
        "caseworker": "The caseworker’s turn",
        "inventory": "The inventory’s turn",
        "property_manager": "The property manager’s turn",
        "tenant": "The tenant’s turn",
    },
    "fr": {
        "caseworker": "Au tour de l’intervenant",
        "inventory": "Au tour de l’inventaire",
        "property_manager": "Au tour du gestionnaire immobilier",
        "tenant": "Au tour du locataire",
    },
}


@pytest.mark.row("P3", "P10", "W4", "X1")
@pytest.mark.parametrize("locale", ["en", "fr"])
async def test_the_line_names_whose_turn_it_is_at_every_step(world, locale):
    wanted = await world.placement(await world.client("Ines", "Marrow"))
    unit = await world.home()

    async def now(step, turn):
        async with world.api("caseworker") as caseworker:
            line = (await caseworker.get(f"/placements/{wanted}/progress")).json()
        current = [each for each, reached in line["steps"] if reached == "current"]
        assert (current, line["turn"]) == ([step], turn)
        async with world.desk("caseworker", locale=locale) as browser:
            page = parse_page((await browser.get(f"/front-desk/placements/{wanted}")).text)
        assert TURNS[locale][turn] in page.text
        marked = [item for item in page.root.iter("li") if item.get("aria-current") == "step"]
        assert len(marked) == 1

    await now("searching", "caseworker")
    request = await world.ask_for(wanted, unit)
    await now("secured", "inventory")
    deadline = world.clock.now() + dt.timedelta(days=10)
    await world.receive("unit_secured", request=request, unit=unit, deadline=deadline)
    await now("application", "tenant")
    referral = await world.referral(request)
    await world.receive("application_opened", referral=referral)
    await now("application", "property_manager")
    starts = world.clock.now() + dt.timedelta(days=3)
    await world.receive("signing_scheduled", referral=referral, starts_at=starts)
    await now("signing", "caseworker")
    signing = (await world.rows("SELECT signing FROM signing"))[0]["signing"]
    await world.do(answer_signing, AnswerSigning(signing=signing, attendance=Attendance.ATTENDING))
    await now("signing", "tenant")
    await world.receive("signing_held", referral=referral, signing=signing, outcome="signed")
    await now("move_in", "caseworker")
    await world.receive("referred_tenancy_started", referral=referral, unit=unit, start=world.today)
    await now("move_in", "caseworker")
    await world.do(move_in, MoveIn(placement_id=wanted, moved_in_on=world.today, next_months=1))
    await now("follow_ups", "caseworker")
