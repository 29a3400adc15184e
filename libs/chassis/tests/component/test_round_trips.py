"""What a command costs, counted on the wire: the gate is a number of round trips, never a time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from parcels import service, trade
from pydantic import SecretStr

from chassis.actor import Actor
from chassis.errors import NotPermitted
from chassis.ids import new_id
from chassis.perform import ask, perform
from chassis.runtime import Runtime
from testkit.wire import Wire, counting


@pytest_asyncio.fixture
async def wired(parcels_settings: service.ParcelSettings) -> AsyncIterator[tuple[Runtime, Wire]]:
    """A parcels service whose database is reached through a counting wire."""
    async with counting(parcels_settings.database_url.get_secret_value()) as wire:
        runtime = service.build_runtime(
            parcels_settings.model_copy(update={"database_url": SecretStr(wire.dsn)})
        )
        yield runtime, wire
        await runtime.close()


async def warm(wire: Wire, command: Callable[[], Awaitable[Any]]) -> tuple[int, int]:
    """Return (round trips, statements) of one command after the statements have been prepared."""
    for _ in range(3):
        await command()
    wire.reset()
    await command()
    return wire.round_trips, wire.statements


async def test_a_guarded_command_is_one_round_trip(wired: tuple[Runtime, Wire], porter: Actor) -> None:
    runtime, wire = wired
    parcels = [
        await perform(runtime, porter, trade.shelve_parcel, trade.ShelveParcel(str(n))) for n in range(4)
    ]

    async def claim() -> None:
        await perform(runtime, porter, trade.claim_parcel, trade.ClaimParcel(parcels.pop(), "Ada"))

    assert await warm(wire, claim) == (1, 1)


async def test_an_idempotency_key_costs_no_round_trip(wired: tuple[Runtime, Wire], porter: Actor) -> None:
    runtime, wire = wired
    parcels = [
        await perform(runtime, porter, trade.shelve_parcel, trade.ShelveParcel(str(n))) for n in range(4)
    ]

    async def claim() -> None:
        command = trade.ClaimParcel(parcels.pop(), "Ada")
        await perform(runtime, porter, trade.claim_parcel, command, idempotency_key=str(new_id()))

    assert await warm(wire, claim) == (1, 1)


async def test_an_ordinary_command_that_only_adds_is_one_round_trip(
    wired: tuple[Runtime, Wire], porter: Actor
) -> None:
    runtime, wire = wired

    async def shelve() -> None:
        await perform(runtime, porter, trade.shelve_parcel, trade.ShelveParcel("books"))

    assert await warm(wire, shelve) == (1, 1)


async def test_what_is_refused_at_the_door_costs_nothing(wired: tuple[Runtime, Wire]) -> None:
    runtime, wire = wired
    visitor = Actor("v", "property", frozenset({"visitor"}))

    async def refused() -> None:
        with pytest.raises(NotPermitted):
            await perform(runtime, visitor, trade.shelve_parcel, trade.ShelveParcel("books"))

    assert await warm(wire, refused) == (0, 0)


async def test_a_query_is_begin_select_rollback_and_one_row_in_the_access_log(
    wired: tuple[Runtime, Wire], porter: Actor
) -> None:
    runtime, wire = wired
    parcel = await perform(runtime, porter, trade.shelve_parcel, trade.ShelveParcel("books"))

    assert await warm(wire, lambda: ask(runtime, porter, trade.parcel, parcel)) == (4, 4)
