"""Work in somebody's home is scheduled once the property entity answered; support learns nothing of it."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from partywall.staff_api import ApiRefused
from testkit.live import Live
from testkit.waiting import eventually

ZONE = ZoneInfo("America/Toronto")


def _window(days: int) -> dict[str, str]:
    """Return a window of a morning, some days ahead."""
    day = dt.datetime.now(ZONE).date() + dt.timedelta(days=days)
    first, last = (dt.datetime.combine(day, dt.time(hour), ZONE) for hour in (9, 12))
    return {"starts_at": first.isoformat(), "ends_at": last.isoformat()}


@pytest.mark.row("U7", "W1")
async def test_entry_is_asked_for_answered_and_the_work_is_scheduled(live: Live) -> None:
    """The keeper asks, the property manager answers; another window is another request."""
    async with live.journey("Integration", "Entry Asked") as journey:
        await journey.run()
        keeper, manager = journey.keeper, journey.manager
        body = {"unit_id": journey.unit, "type": "plumbing", "description": "New tap"}
        path = f"/api/units/v1/maintenance/{(await keeper.post('/api/units/v1/maintenance', body))['id']}"

        async def ask(days: int) -> str:
            version = (await keeper.get(path))["version"]
            found = await keeper.post(f"{path}/entry", {**_window(days), "version": version})
            return str(found["id"])

        async def known(request: str) -> Any:
            async def look() -> Any:
                try:
                    return await manager.get(f"/api/tenancy/v1/entry-requests/{request}")
                except ApiRefused as refused:
                    raise AssertionError("the request hasn't arrived") from refused

            return await eventually(look, timeout=60)

        async def stands(state: str) -> None:
            async def look() -> None:
                assert (await keeper.get(path))["entry"] == state

            await eventually(look, timeout=60)

        first = await ask(5)
        await known(first)
        second = await ask(6)
        record = await known(second)
        answered = {"answer": "tenant_agreed", "version": record["request"]["version"]}
        await manager.post(f"/api/tenancy/v1/entry-requests/{second}/answer", answered)
        await stands("agreed")
        await keeper.post(f"{path}/schedule", {"version": (await keeper.get(path))["version"]})
        assert (await keeper.get(path))["scheduled_start"] == _window(6)["starts_at"][:10]

        async def given_up() -> None:
            assert (await known(first))["request"]["state"] == "withdrawn"

        await eventually(given_up, timeout=60)
    await live.all_acted_on()
    stored = await live.everything_stored("support")
    assert first not in stored
    assert second not in stored
