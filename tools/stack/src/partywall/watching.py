"""Prints events as they cross."""

from __future__ import annotations

import asyncio
import datetime as dt
from uuid import UUID

from rich.console import Console

from partywall.crossings import Crossing, crossings
from partywall.stack import Stack

LOOK_EVERY = 0.25
"""Seconds between two queries."""


def line_of(crossing: Crossing) -> str:
    """Return one event as a line: time, subject, listeners and how long each took."""
    when = crossing.committed_at.astimezone().strftime("%H:%M:%S.%f")[:-3]
    if crossing.status == "withheld":
        return f"{when}  {crossing.subject}  [yellow]withheld[/yellow]: {crossing.withheld_reason}"
    reached = []
    for listener in crossing.listeners:
        delay = crossing.delay_ms(listener)
        reached.append(f"{listener} …" if delay is None else f"{listener} [green]{delay:.0f} ms[/green]")
    return f"{when}  {crossing.subject} → {', '.join(reached) or 'nobody'}"


async def tail(stack: Stack, console: Console, *, minutes: float = 0.0, forever: bool = True) -> None:
    """Print events as they cross, each once all its listeners have acted, or after five seconds without."""
    since = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=minutes)
    shown: set[UUID] = set()
    while True:
        now = dt.datetime.now(dt.UTC)
        for crossing in await crossings(stack, since):
            waited = now - crossing.committed_at > dt.timedelta(seconds=5)
            if crossing.id not in shown and (crossing.complete or waited or not forever):
                shown.add(crossing.id)
                console.print(line_of(crossing), highlight=False)
        if not forever:
            return
        await asyncio.sleep(LOOK_EVERY)
