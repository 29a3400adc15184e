"""Whatever day a neighbour could send, the inventory can act on it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from trade.dates import FIRST, LAST
from units_svc.landlords.model import Relation

days = some.dates(FIRST, LAST) | some.sampled_from([FIRST, LAST])
anything = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.mark.row("U9", "P6", "P7")
@anything
@given(secured=days, expected=days, moved_in=days, moved_out=days)
async def test_requests_and_moves_of_any_day_are_acted_on(
    world: Any, secured: dt.date, expected: dt.date, moved_in: dt.date, moved_out: dt.date
) -> None:
    unit = await world.unit(landlord_id=await world.landlord(Relation.THIRD_PARTY, name=f"L {uuid.uuid4()}"))
    asked = {"unit": unit, "request": uuid.uuid4()}
    await world.receive("unit_requested", **asked, secured_on=secured, expected_move_in=expected)
    assert await world.occupancy(unit) == "secured"
    await world.receive("household_moved_in", **asked, moved_in_on=moved_in)
    await world.receive("household_moved_out", **asked, moved_out_on=moved_out)


@pytest.mark.row("U9", "T5")
@anything
@given(start=days)
async def test_tenancies_of_any_day_are_acted_on(world: Any, start: dt.date) -> None:
    unit = await world.unit()
    await world.receive("tenancy_started", unit=unit, tenancy=uuid.uuid4(), start=start, request=None)
    assert await world.occupancy(unit) == "occupied_by_other"
