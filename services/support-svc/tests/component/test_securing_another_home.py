"""Asking for a second home: the first stays held until the second is secured, whatever comes when (P6)."""

import datetime as dt
import itertools
from dataclasses import dataclass
from uuid import UUID

import pytest
import pytest_asyncio

from deskkit.testing import parse_page
from support_svc.moving_in.commands import MoveIn, move_in
from support_svc.placements.commands import RecordAttempt, record_attempt
from support_svc.placements.feature import REASON_NOT_SECURED
from support_svc.placements.listing import PlacementFilter, placements
from support_svc.placements.model import PlacementStatus
from support_svc.placements.queries import placement
from support_svc.securing.commands import GiveUpUnit, give_up_unit
from support_svc.securing.model import (
    AlreadyHoldingThisHome,
    AnswerPending,
    NothingToGiveUp,
    TenancyHasStarted,
)

SECURED, NOT_SECURED = PlacementStatus.HOUSING_SECURED, PlacementStatus.HOUSING_NOT_SECURED
ASKED_FIRST = ["unit_requested", "tenancy_referred"]
ASKED_BOTH = [*ASKED_FIRST, "unit_requested"]


@dataclass
class Two:
    """A placement that holds a first home and asks for a second."""

    placement: UUID
    first: UUID
    first_unit: UUID
    second: UUID
    second_unit: UUID


@pytest_asyncio.fixture
async def two(world):
    wanted = await world.placement(await world.client("Ines", "Marrow"))
    first_unit, second_unit = await world.home(), await world.home()
    first = await world.held(wanted, first_unit)
    move_in_on = world.today + dt.timedelta(days=20)
    second = await world.ask_for(wanted, second_unit, expected_move_in=move_in_on)
    return Two(wanted, first, first_unit, second, second_unit)


async def states(world):
    rows = await world.rows("SELECT state FROM securing ORDER BY asked_at, request")
    return tuple(row["state"] for row in rows)


async def secure_second(world, two):
    deadline = world.clock.now() + dt.timedelta(days=12)
    await world.receive("unit_secured", request=two.second, unit=two.second_unit, deadline=deadline)


@pytest.mark.row("P3", "P6", "P1")
async def test_the_first_stays_held_while_the_second_is_asked_for(world, two):
    assert await states(world) == ("held", "asked")
    assert await world.published() == ASKED_BOTH
    seen = await world.see(placement, two.placement)
    assert (seen.status, seen.request.request, seen.another.request) == (SECURED, two.first, two.second)
    assert (seen.securing, seen.securing_another, seen.can_move_in) == (False, True, True)
    (line,) = (await world.see(placements, PlacementFilter())).items
    assert (line.securing, line.securing_another) == (False, True)
    with pytest.raises(AnswerPending):
        await world.ask_for(two.placement, await world.home())


@pytest.mark.row("P6")
async def test_the_home_that_is_held_is_not_asked_for_again(world):
    wanted = await world.placement(await world.client())
    unit = await world.home()
    await world.held(wanted, unit)
    with pytest.raises(AlreadyHoldingThisHome):
        await world.ask_for(wanted, unit)


@pytest.mark.row("P6")
async def test_the_first_is_released_once_the_second_is_secured(world, two):
    await secure_second(world, two)
    assert await states(world) == ("replaced", "held")
    assert await world.published() == [
        *ASKED_BOTH,
        "unit_request_withdrawn",
        "tenancy_referral_withdrawn",
        "tenancy_referred",
    ]
    seen = await world.see(placement, two.placement)
    assert (seen.status, seen.request.request, seen.another) == (SECURED, two.second, None)
    dates = (await world.rows("SELECT expected_move_in FROM placement"))[0]
    assert dates["expected_move_in"] == world.today + dt.timedelta(days=20)
    # Late and repeated events about either change nothing more.
    published = await world.published()
    await secure_second(world, two)
    await world.receive("unit_secured", request=two.first, unit=two.first_unit)
    await world.receive("unit_released", request=two.first, unit=two.first_unit, reason="request_withdrawn")
    await world.fire("hold_deadline", str(two.first))
    assert await states(world) == ("replaced", "held")
    assert await world.published() == published


@pytest.mark.row("P6")
async def test_a_refused_second_leaves_the_first_as_it_is(world, two):
    for _ in range(2):
        await world.receive(
            "unit_refused", request=two.second, unit=two.second_unit, reason="secured_by_another"
        )
    assert await states(world) == ("held", "refused")
    assert await world.published() == ASKED_BOTH
    seen = await world.see(placement, two.placement)
    assert (seen.status, seen.request.request, seen.asked) == (SECURED, two.first, None)
    assert seen.another.ended_why == "secured_by_another"
    third = await world.home()
    await world.held(two.placement, third)
    assert await states(world) == ("replaced", "refused", "held")


@pytest.mark.row("P6")
@pytest.mark.parametrize("named", [True, False])
async def test_a_second_that_is_withdrawn_leaves_the_first_as_it_is(world, two, named):
    command = GiveUpUnit(placement_id=two.placement, request=two.second if named else None)
    await world.do(give_up_unit, command)
    assert await states(world) == ("held", "given_up")
    assert await world.published() == [*ASKED_BOTH, "unit_request_withdrawn"]
    assert (await world.see(placement, two.placement)).status is SECURED
    # The inventory's answer was under way: it holds nothing for us, and the first stays.
    await secure_second(world, two)
    assert await states(world) == ("held", "given_up")
    if named:
        with pytest.raises(NothingToGiveUp):
            await world.do(give_up_unit, command)


@pytest.mark.row("P6")
async def test_the_first_can_be_given_up_while_the_second_is_asked_for(world, two):
    async with world.api("caseworker") as caseworker:
        path = f"/placements/{two.placement}/give-up-unit"
        assert (await caseworker.post(path, json={"request": str(two.first)})).status_code == 204
    assert await states(world) == ("given_up", "asked")
    seen = await world.see(placement, two.placement)
    assert (seen.status, seen.request.request, seen.securing) == (NOT_SECURED, two.second, True)
    await secure_second(world, two)
    assert (await world.see(placement, two.placement)).status is SECURED


@pytest.mark.row("P6")
@pytest.mark.parametrize("answer", ["secured", "refused"])
async def test_a_first_that_lapses_meanwhile_leaves_the_second_asked_for(world, two, answer):
    for _ in range(2):
        await world.receive("unit_released", request=two.first, unit=two.first_unit, reason="deadline_passed")
    assert await states(world) == ("released", "asked")
    seen = await world.see(placement, two.placement)
    assert (seen.status, seen.request.request, seen.securing) == (NOT_SECURED, two.second, True)
    if answer == "secured":
        await secure_second(world, two)
        expected = (SECURED, "held")
    else:
        await world.receive("unit_refused", request=two.second, unit=two.second_unit)
        expected = (NOT_SECURED, "refused")
    seen = await world.see(placement, two.placement)
    assert (seen.status, seen.request.state.value) == expected


@pytest.mark.row("P6")
async def test_a_tenancy_that_starts_in_the_first_gives_the_second_up(world, two):
    referral = await world.referral(two.first)
    await world.receive("referred_tenancy_started", referral=referral, unit=two.first_unit, start=world.today)
    assert await states(world) == ("let", "given_up")
    assert (await world.published())[-1] == "unit_request_withdrawn"
    await secure_second(world, two)
    assert await states(world) == ("let", "given_up")
    assert (await world.see(placement, two.placement)).request.request == two.first
    with pytest.raises(TenancyHasStarted):
        await world.ask_for(two.placement, await world.home())


@pytest.mark.row("P6", "P7")
async def test_moving_into_the_first_gives_the_second_up(world, two):
    moved = MoveIn(
        placement_id=two.placement, moved_in_on=world.today, next_months=1, reported_by_client=True
    )
    await world.do(move_in, moved)
    assert await states(world) == ("used", "given_up")
    seen = await world.see(placement, two.placement)
    assert (seen.status, seen.request.request) == (PlacementStatus.MOVED_IN, two.first)


@pytest.mark.row("P4", "P6")
async def test_a_final_attempt_gives_both_up(world, two):
    reason = await world.value(REASON_NOT_SECURED, "client_declined")
    attempt = RecordAttempt(
        placement_id=two.placement,
        attempted_on=world.today,
        reason_id=reason,
        caseworker="staff-7",
        final=True,
    )
    await world.do(record_attempt, attempt)
    assert await states(world) == ("given_up", "given_up")
    assert (await world.see(placement, two.placement)).status is PlacementStatus.FAILED


@pytest.mark.row("P6")
@pytest.mark.parametrize("order", list(itertools.permutations(("secured", "ending", "first lapses"))))
async def test_in_any_order_the_second_is_held_and_the_first_is_not(world, two, order):
    for event in order * 2:
        deadline = world.clock.now() + dt.timedelta(days=12)
        if event == "first lapses":
            given = {"request": two.first, "unit": two.first_unit, "reason": "deadline_passed"}
            await world.receive("unit_released", **given)
        else:
            name = "unit_secured" if event == "secured" else "unit_hold_ending"
            await world.receive(name, request=two.second, unit=two.second_unit, deadline=deadline)
    first, second = await states(world)
    assert second == "held"
    assert first in ("released", "replaced")
    assert (await world.published()).count("tenancy_referred") == 2
    assert (await world.published()).count("tenancy_referral_withdrawn") == 1


@pytest.mark.row("P3", "P6", "F2", "X1")
@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en", ("Securing another…", "stays held", "could not be secured")),
        ("fr", ("Réservation d’un autre…", "reste réservé", "n’a pas pu être réservé")),
    ],
)
async def test_the_pages_say_that_the_first_stays_held(world, two, locale, words):
    tag, stays, refused = words
    base = f"/front-desk/placements/{two.placement}"
    async with world.desk("caseworker", locale=locale) as browser:
        page = parse_page((await browser.get(base)).text)
        assert tag in page.text
        assert stays in page.text
        assert f"{base}/give-up?request={two.second}" in page.links().values()
        assert f"{base}/give-up?request={two.first}" in page.links().values()
        assert tag in parse_page((await browser.get("/front-desk/placements")).text).text
        given_up = parse_page((await browser.get(f"{base}/give-up?request={two.second}")).text)
        assert stays in given_up.text
        await world.fire("answer_expected", str(two.second))
        parse_page((await browser.get(base)).text)
        await world.receive("unit_refused", request=two.second, unit=two.second_unit)
        page = parse_page((await browser.get(base)).text)
        assert tag not in page.text
        assert refused in page.text
        assert stays in page.text
        another = await world.home()
        confirm = parse_page((await browser.get(f"{base}/secure/{another}")).text)
        assert stays in confirm.text
