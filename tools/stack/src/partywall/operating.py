"""The operator's hand tools on events: watch them cross, list what is parked, have it tried again."""

from __future__ import annotations

import asyncio
import datetime as dt
from uuid import UUID

from rich.console import Console
from rich.table import Table

from chassis.bus import operating
from partywall.crossings import Crossing, crossings
from partywall.layout import BY_NAME, SERVICES
from partywall.runtimes import runtime_of
from partywall.stack import Stack

LOOK_EVERY = 0.25
OPERATOR = "operator"
"""Who acts, as the audit of the service names it."""


def line_of(crossing: Crossing) -> str:
    """Return one event as a line: when, what, from whom to whom, and how long each listener took."""
    when = crossing.committed_at.astimezone().strftime("%H:%M:%S.%f")[:-3]
    if crossing.status == "withheld":
        return f"{when}  {crossing.subject}  [yellow]withheld[/yellow]: {crossing.withheld_reason}"
    heard = []
    for listener in crossing.listeners:
        delay = crossing.delay_ms(listener)
        heard.append(f"{listener} …" if delay is None else f"{listener} [green]{delay:.0f} ms[/green]")
    return f"{when}  {crossing.subject}  {crossing.publisher} → {', '.join(heard)}"


async def tail(stack: Stack, console: Console, *, minutes: float = 0.0, forever: bool = True) -> None:
    """Print events as they cross, each once all its listeners have acted, or after five seconds without."""
    since = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=minutes)
    shown: set[UUID] = set()
    while True:
        now = dt.datetime.now(dt.UTC)
        for crossing in await crossings(stack, since):
            waited = now - crossing.committed_at > dt.timedelta(seconds=5)
            if crossing.id not in shown and (crossing.settled or waited or not forever):
                shown.add(crossing.id)
                console.print(line_of(crossing), highlight=False)
        if not forever:
            return
        await asyncio.sleep(LOOK_EVERY)


async def show_parked(stack: Stack, console: Console, services: tuple[str, ...] = SERVICES) -> int:
    """Print the events that wait for an operator or for their next try; return how many there are."""
    table = Table(title="Parked and waiting events", title_justify="left")
    for heading in ("service", "event", "reference", "state", "tries", "why", "since", "id"):
        table.add_column(heading, no_wrap=heading in ("service", "id"))
    total = 0
    for service in services:
        async with runtime_of(stack, BY_NAME[service], OPERATOR) as (runtime, actor):
            for event in await operating.list_parked(runtime, actor, waiting=True):
                total += 1
                since = event.first_failed_at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
                row = (service, event.subject, event.aggregate, event.state, str(event.attempts))
                table.add_row(*row, event.reason, since, str(event.id))
    console.print(table if total else "Nothing is parked.")
    return total


async def decide(stack: Stack, service: str, events: list[UUID], *, drop: bool = False) -> int:
    """Have parked events of `service` tried again, or dropped; without `events`, all that are parked.

    Returns how many. Raises chassis.errors.NotFound for one that isn't parked.
    """
    async with runtime_of(stack, BY_NAME[service], OPERATOR) as (runtime, actor):
        chosen = events or [event.id for event in await operating.list_parked(runtime, actor)]
        for event in chosen:
            await (operating.drop if drop else operating.replay)(runtime, actor, event)
    return len(chosen)
