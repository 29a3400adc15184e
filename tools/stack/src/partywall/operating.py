"""Operators' commands: parked events, and repairs after a loss."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from rich.console import Console

from chassis.bus import healing, operating
from chassis.commands.healing import repair, reset_consumer
from chassis.service import ServiceDefinition
from chassis.settings import ServiceSettings
from contracts.seats import Seat
from partywall.runtimes import definition_of, runtime_of, settings_of
from partywall.setting_up import establish_border
from partywall.stack import Stack

OPERATOR = "operator"
"""The actor, as the audit of the service names it."""


async def show_parked(stack: Stack, console: Console, seats: Sequence[Seat] = ()) -> int:
    """Print the events that wait for an operator or for another attempt, at these seats or at all.

    Returns how many there are.
    """
    total = 0
    for seat in seats or stack.layout.seats:
        async with runtime_of(stack.programs, stack.layout.of_seat(seat), OPERATOR) as (runtime, actor):
            for event in await operating.list_parked(runtime, actor, waiting=True):
                total += 1
                since = event.first_failed_at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
                # On separate lines: references are copied, and a reason may be long.
                console.print(f"[bold]{seat}[/bold]  {event.id}  {event.state}", highlight=False)
                console.print(f"    {event.subject} of {event.aggregate}", highlight=False)
                console.print(f"    {event.attempts} attempts since {since}: ", end="", highlight=False)
                console.print(event.reason, markup=False, highlight=False)
    if not total:
        console.print("Nothing is parked.")
    return total


async def decide(stack: Stack, seat: Seat, events: list[UUID], *, drop: bool = False) -> int:
    """Have parked events of a seat tried again, or dropped; without `events`, all that are parked.

    Returns how many. Raises chassis.errors.NotFound for one that isn't parked.
    """
    async with runtime_of(stack.programs, stack.layout.of_seat(seat), OPERATOR) as (runtime, actor):
        chosen = events or [event.id for event in await operating.list_parked(runtime, actor, limit=None)]
        await (operating.drop if drop else operating.replay)(runtime, actor, chosen)
    return len(chosen)


async def heal(stack: Stack, console: Console) -> bool:
    """Repair every database and stream; print what was done and what is left to do.

    Returns whether nothing is left for a person to decide. Each service repairs its own part; one that must
    receive a neighbour's events again gets them from that neighbour, as two organisations would agree.
    """
    owners = {seat.stream: seat for seat in stack.layout.seats}
    for seat in stack.layout.seats:
        await establish_border(stack.programs, stack.report, stack.layout.of_seat(seat))
    nothing_left = True
    for seat in stack.layout.seats:
        healed, behind = await repair(*_service(stack, seat))
        for line in healing.in_words(str(seat), healed, []):
            console.print(line, highlight=False, markup=False)
        for source in behind:
            await reset_consumer(*_service(stack, owners[source.stream]), str(seat))
            console.print(f"{seat}: the events of {source.stream} are delivered again", highlight=False)
        nothing_left = nothing_left and not healed.left_to_decide
    return nothing_left


def _service(stack: Stack, seat: Seat) -> tuple[ServiceDefinition, ServiceSettings]:
    part = stack.layout.of_seat(seat)
    settings = settings_of(stack.programs, part)
    if not isinstance(settings, ServiceSettings):
        raise TypeError(f"{seat} has no account at the broker")
    return definition_of(part), settings
