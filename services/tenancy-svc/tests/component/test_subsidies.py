"""Rent paid by others: received, in any order, from its own referral only, and shown (S1, T6)."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from typing import Any

import pytest

from chassis.parties import NotTheSenders

SUBSIDY = uuid.UUID(int=70)
COMMITTED = {
    "amount": {"amount": "1033.33"},
    "first_on": dt.date(2026, 4, 1),
    "counted_from": dt.date(2026, 3, 31),
}
EVENTS = (
    ("subsidy_committed", 2, COMMITTED),
    (
        "subsidy_changed",
        3,
        {"amount": {"amount": "900.00"}, "first_on": dt.date(2026, 9, 1), "last_on": None},
    ),
    (
        "subsidy_changed",
        4,
        {"amount": {"amount": "500.00"}, "first_on": dt.date(2026, 7, 1), "last_on": None},
    ),
    ("subsidy_ended", 5, {"last_on": dt.date(2026, 12, 31)}),
)
EXPECTED = [("1033.33", "2026-04-01", "2026-06-30"), ("500.00", "2026-07-01", "2026-12-31")]


async def _shown(world: Any, application: uuid.UUID) -> list[tuple[str, str, str]]:
    async with world.api("property_manager") as api:
        answer = await api.get(f"/applications/{application}/subsidies")
    assert answer.status_code == 200, answer.text
    return [(one["amount"], one["first_on"], one["last_on"]) for one in answer.json()]


@pytest.mark.row("S1", "T6")
async def test_case_34_what_is_reported_is_shown_with_the_application_and_the_lease(world: Any) -> None:
    application, referral, _ = await world.referral()
    assert await _shown(world, application) == []
    for name, number, event in EVENTS:
        await world.receive(name, version=number, referral=referral, subsidy=SUBSIDY, **event)
    assert await _shown(world, application) == EXPECTED
    async with world.desk("property_manager") as browser:
        page = (await browser.get(f"/property-desk/applications/{application}")).text
        assert "Rent paid by others" in page
        assert "$1,033.33" in page
    async with world.desk("property_manager", locale="fr") as browser:
        page = (await browser.get(f"/property-desk/applications/{application}")).text
        assert "Loyer payé par d’autres" in page


@pytest.mark.row("S1", "W1")
async def test_in_any_order_it_comes_out_the_same(world: Any) -> None:
    for order in itertools.permutations(EVENTS):
        application, referral, _ = await world.referral()
        subsidy = uuid.uuid4()
        for name, number, event in order:
            await world.receive(name, version=number, referral=referral, subsidy=subsidy, **event)
        assert await _shown(world, application) == EXPECTED, [number for _, number, _ in order]


@pytest.mark.row("S1", "W1")
async def test_nobody_reports_of_anothers_referral(world: Any) -> None:
    application, referral, _ = await world.referral()
    with pytest.raises(NotTheSenders):
        await world.receive("subsidy_committed", sender="harbour-support", referral=referral, subsidy=SUBSIDY)
    for name, number, event in EVENTS[:1]:
        await world.receive(name, version=number, referral=referral, subsidy=SUBSIDY, **event)
    with pytest.raises(NotTheSenders):
        await world.receive("subsidy_ended", sender="harbour-support", referral=referral, subsidy=SUBSIDY)
    assert await _shown(world, application) == [("1033.33", "2026-04-01", None)]


@pytest.mark.row("S1")
async def test_it_may_arrive_before_its_referral(world: Any) -> None:
    referral = uuid.uuid4()
    await world.receive("subsidy_committed", version=2, referral=referral, subsidy=SUBSIDY, **COMMITTED)
    application, _, _ = await world.referral(referral=referral)
    assert await _shown(world, application) == [("1033.33", "2026-04-01", None)]
