"""The operator's decisions on events that could not be acted on: listed, tried again, dropped."""

from __future__ import annotations

from uuid import UUID

from rich.console import Console

from chassis.bus import operating
from partywall.layout import BY_NAME, SERVICES
from partywall.runtimes import runtime_of
from partywall.stack import Stack

OPERATOR = "operator"
"""Who acts, as the audit of the service names it."""


async def show_parked(stack: Stack, console: Console, services: tuple[str, ...] = SERVICES) -> int:
    """Print the events that wait for an operator or for their next try; return how many there are."""
    total = 0
    for service in services:
        async with runtime_of(stack, BY_NAME[service], OPERATOR) as (runtime, actor):
            for event in await operating.list_parked(runtime, actor, waiting=True):
                total += 1
                since = event.first_failed_at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
                # On lines of their own: references are for copying, and a reason may be long.
                console.print(f"[bold]{service}[/bold]  {event.id}  {event.state}", highlight=False)
                console.print(f"    {event.subject} of {event.aggregate}", highlight=False)
                console.print(f"    {event.attempts} tries since {since}: ", end="", highlight=False)
                console.print(event.reason, markup=False, highlight=False)
    if not total:
        console.print("Nothing is parked.")
    return total


async def decide(stack: Stack, service: str, events: list[UUID], *, drop: bool = False) -> int:
    """Have parked events of `service` tried again, or dropped; without `events`, all that are parked.

    Returns how many. Raises chassis.errors.NotFound for one that isn't parked.
    """
    async with runtime_of(stack, BY_NAME[service], OPERATOR) as (runtime, actor):
        chosen = events or [event.id for event in await operating.list_parked(runtime, actor, limit=None)]
        await (operating.drop if drop else operating.replay)(runtime, actor, chosen)
    return len(chosen)
