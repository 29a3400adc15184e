"""`partywall demo`: the main journey, as the staff of both organisations, with the events that cross."""

from __future__ import annotations

import asyncio
import datetime as dt
import statistics
from contextlib import AsyncExitStack
from uuid import UUID

from rich.console import Console

from partywall.crossings import Crossing, crossings
from partywall.journey import STEPS, Journey
from partywall.seeding import sign_in
from partywall.stack import Stack
from partywall.staff_api import StaffApi
from partywall.watching import line_of

LAST_EVENTS = 10.0
"""Seconds to wait for the last events after the last step."""


async def journey_of(stack: Stack, sessions: AsyncExitStack, given_name: str, family_name: str) -> Journey:
    """Return a journey whose people are signed in at `stack`; `sessions` closes their clients."""

    async def person(entity: str, role: str) -> StaffApi:
        account = sign_in(stack, entity, role)
        api = StaffApi(stack.layout.door(entity), account.email, account.password)
        return await sessions.enter_async_context(api)

    return Journey(
        caseworker=await person("support", "caseworker"),
        manager=await person("property", "property_manager"),
        keeper=await person("property", "inventory_keeper"),
        given_name=given_name,
        family_name=family_name,
    )


async def perform_journey(stack: Stack, console: Console) -> int:
    """Go through the whole journey, printing steps and events; return the exit status."""
    began = dt.datetime.now(dt.UTC)
    shown: dict[UUID, Crossing] = {}
    async with AsyncExitStack() as sessions:
        stamp = began.astimezone().strftime("%H%M%S")
        journey = await journey_of(stack, sessions, "Demo", f"Household {stamp}")
        for number, step in enumerate(STEPS, start=1):
            words = await journey.take(step)
            console.print(f"[bold]{number:2}[/bold]  {words}", highlight=False)
            await _show(stack, console, began, shown)
        missing = await _last_events(stack, console, began, shown)
    delays = [
        delay
        for crossing in shown.values()
        for listener in crossing.listeners
        if (delay := crossing.delay_ms(listener)) is not None
    ]
    if delays:
        middle, worst = statistics.median(delays), max(delays)
        console.print(
            f"{len(shown)} events crossed; time from commit to acted on: median {middle:.0f} ms, "
            f"maximum {worst:.0f} ms."
        )
    if missing:
        console.print(f"[red]{missing} events have not been acted on:[/red] partywall parked")
    return 1 if missing else 0


async def _last_events(
    stack: Stack, console: Console, began: dt.datetime, shown: dict[UUID, Crossing]
) -> int:
    """Wait for the last events; return how many have not been acted on by then."""
    for _ in range(int(LAST_EVENTS / 0.1)):
        if not await _show(stack, console, began, shown):
            return 0
        await asyncio.sleep(0.1)
    return await _show(stack, console, began, shown)


async def _show(stack: Stack, console: Console, began: dt.datetime, shown: dict[UUID, Crossing]) -> int:
    """Print events that are complete by now; return how many are not."""
    waiting = 0
    for crossing in await crossings(stack, began):
        if crossing.id in shown:
            continue
        if crossing.complete:
            shown[crossing.id] = crossing
            console.print(f"      [dim]{line_of(crossing)}[/dim]", highlight=False)
        else:
            waiting += 1
    return waiting
