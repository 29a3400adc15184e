"""Whatever day a neighbour could send, the property entity can act on it and show it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from trade.dates import FIRST, LAST

days = some.dates(FIRST, LAST) | some.sampled_from([FIRST, LAST])
moments = some.datetimes(
    dt.datetime.combine(FIRST, dt.time()),
    dt.datetime.combine(LAST, dt.time.max),
    timezones=some.just(dt.UTC),
)
anything = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.mark.row("T1", "U9")
@anything
@given(expected=days, free=days, deadline=moments)
async def test_referrals_of_any_day_are_acted_on_and_shown(
    world: Any, expected: dt.date, free: dt.date, deadline: dt.datetime
) -> None:
    unit = await world.home(available_from=free)
    application, _, _ = await world.referral(unit=unit, expected_move_in=expected, deadline=deadline)
    async with world.api("property_manager") as api:
        shown = await api.get(f"/applications/{application}")
        assert (shown.status_code, shown.json()["expected_move_in"]) == (200, expected.isoformat())


@pytest.mark.row("T11")
@anything
@given(window=some.tuples(moments, moments).map(sorted).filter(lambda window: window[0] < window[1]))
async def test_requests_to_enter_at_any_moment_are_stored(world: Any, window: list[dt.datetime]) -> None:
    request = uuid.uuid4()
    asked = {"request": request, "unit": uuid.uuid4(), "purpose": "inspection"}
    await world.receive("entry_requested", **asked, starts_at=window[0], ends_at=window[1])
    (stored,) = await world.rows("SELECT starts_at, ends_at FROM entry_request WHERE id = $1", request)
    assert [stored["starts_at"], stored["ends_at"]] == window
