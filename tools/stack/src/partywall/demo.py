"""`partywall demo`: the main journey, as the staff of the organisations, with the events that cross."""

from __future__ import annotations

import asyncio
import datetime as dt
import statistics
from contextlib import AsyncExitStack
from uuid import UUID

from rich.console import Console

from contracts.words import PartyKind
from partywall.crossings import Crossing, crossings
from partywall.journey import STEPS, Between, Journey
from partywall.parties import BadParties
from partywall.seeding import listings, sign_in
from partywall.stack import Stack
from partywall.staff_api import StaffApi
from partywall.watching import line_of

LAST_EVENTS = 10.0
"""Seconds to wait for the last events after the last step."""


def between(stack: Stack, support: str | None = None, landlord: str | None = None) -> Between:
    """Return who takes part in a journey: the named parties, or else the first that take part.

    Raises BadParties when there are none.
    """
    active = [party for party in stack.layout.parties if not party.suspended]
    for inventory, manager in listings(active):
        if landlord in (None, manager):
            for party in active:
                if PartyKind.SUPPORT in party.kinds and support in (None, party.id):
                    return Between(party.id, manager, inventory)
    wanted = f"{support or 'a support organisation'} and {landlord or 'a property entity with listed homes'}"
    here = ", ".join(party.id for party in active)
    raise BadParties(f"A journey needs {wanted}; this stack has {here}.")


async def journey_of(
    stack: Stack, sessions: AsyncExitStack, given_name: str, family_name: str, parties: Between
) -> Journey:
    """Return a journey whose people are signed in at `stack`; `sessions` closes their clients."""

    async def person(party: str, role: str) -> StaffApi:
        account = sign_in(stack, party, role)
        api = StaffApi(stack.layout.door(party), account.email, account.password)
        return await sessions.enter_async_context(api)

    return Journey(
        caseworker=await person(parties.support, "caseworker"),
        manager=await person(parties.landlord, "property_manager"),
        keeper=await person(parties.inventory, "inventory_keeper"),
        given_name=given_name,
        family_name=family_name,
        between=parties,
    )


async def perform_journey(stack: Stack, console: Console, parties: Between) -> int:
    """Go through a whole journey, printing steps and events; return the exit status."""
    began = dt.datetime.now(dt.UTC)
    shown: dict[UUID, Crossing] = {}
    async with AsyncExitStack() as sessions:
        stamp = began.astimezone().strftime("%H%M%S")
        journey = await journey_of(stack, sessions, "Demo", f"Household {stamp}", parties)
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
