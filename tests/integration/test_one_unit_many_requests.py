"""Twenty caseworkers want one home at once: one gets it, the others are refused (P6, U9)."""

from __future__ import annotations

import asyncio

import pytest

from testkit.live import Live

REQUESTS = 20


@pytest.mark.row("P6", "U9")
async def test_exactly_one_of_twenty_simultaneous_requests_wins(live: Live) -> None:
    """The inventory decides; nineteen see the reason and may search again."""
    async with live.journeys("Rush", REQUESTS) as rush:
        for journey in rush:
            await journey.take("record_the_client")
            await journey.take("start_the_placement")
        first = rush[0]
        await first.take("search_a_home")
        for journey in rush[1:]:
            journey.unit = first.unit

        await asyncio.gather(*(journey.take("secure_the_unit") for journey in rush))
        records = await asyncio.gather(*(journey.until_answered() for journey in rush))

        outcomes = sorted(record["request"]["state"] for record in records)
        assert outcomes == ["held"] + ["refused"] * (REQUESTS - 1)
        assert sorted(record["status"] for record in records) == (
            ["housing_not_secured"] * (REQUESTS - 1) + ["housing_secured"]
        )
        reasons = {
            record["request"]["ended_why"] for record in records if record["request"]["state"] == "refused"
        }
        assert reasons <= {"secured_by_another", "not_available"}
        holds = await live.rows("units", "SELECT state FROM hold WHERE unit_id = $1", first.unit)
        assert len([hold for hold in holds if hold["state"] == "held"]) == 1
    await live.all_acted_on()
