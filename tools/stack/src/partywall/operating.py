"""Operators' commands: parked events, and repairs after a loss."""

from __future__ import annotations

from uuid import UUID

from rich.console import Console

from chassis.bus import healing, operating
from chassis.commands.healing import repair, reset_consumer
from chassis.service import ServiceDefinition
from chassis.settings import ServiceSettings
from partywall.layout import BY_NAME, SERVICES
from partywall.runtimes import definition_of, runtime_of, settings_of
from partywall.setting_up import establish_border
from partywall.stack import Stack

OPERATOR = "operator"
"""The actor, as the audit of the service names it."""


async def show_parked(stack: Stack, console: Console, services: tuple[str, ...] = SERVICES) -> int:
    """Print the events that wait for an operator or for another attempt; return how many there are."""
    total = 0
    for service in services:
        async with runtime_of(stack.programs, BY_NAME[service], OPERATOR) as (runtime, actor):
            for event in await operating.list_parked(runtime, actor, waiting=True):
                total += 1
                since = event.first_failed_at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
                # On separate lines: references are copied, and a reason may be long.
                console.print(f"[bold]{service}[/bold]  {event.id}  {event.state}", highlight=False)
                console.print(f"    {event.subject} of {event.aggregate}", highlight=False)
                console.print(f"    {event.attempts} attempts since {since}: ", end="", highlight=False)
                console.print(event.reason, markup=False, highlight=False)
    if not total:
        console.print("Nothing is parked.")
    return total


async def decide(stack: Stack, service: str, events: list[UUID], *, drop: bool = False) -> int:
    """Have parked events of `service` tried again, or dropped; without `events`, all that are parked.

    Returns how many. Raises chassis.errors.NotFound for one that isn't parked.
    """
    async with runtime_of(stack.programs, BY_NAME[service], OPERATOR) as (runtime, actor):
        chosen = events or [event.id for event in await operating.list_parked(runtime, actor, limit=None)]
        await (operating.drop if drop else operating.replay)(runtime, actor, chosen)
    return len(chosen)


async def heal(stack: Stack, console: Console) -> bool:
    """Repair every database and stream; print what was done and what is left to do.

    Returns whether nothing is left for a person to decide. Each service repairs its own part; one that must
    receive a neighbour's events again gets them from that neighbour, as two organisations would agree.
    """
    owners = {definition_of(BY_NAME[service]).part_of_broker().stream: service for service in SERVICES}
    for service in SERVICES:
        await establish_border(stack.programs, stack.report, BY_NAME[service])
    nothing_left = True
    for service in SERVICES:
        healed, behind = await repair(*_service(stack, service))
        for line in healing.in_words(service, healed, []):
            console.print(line, highlight=False, markup=False)
        for source in behind:
            await reset_consumer(*_service(stack, owners[source.stream]), service)
            console.print(f"{service}: the events of {source.stream} are delivered again", highlight=False)
        nothing_left = nothing_left and not healed.left_to_decide
    return nothing_left


def _service(stack: Stack, service: str) -> tuple[ServiceDefinition, ServiceSettings]:
    part = BY_NAME[service]
    settings = settings_of(stack.programs, part)
    if not isinstance(settings, ServiceSettings):
        raise TypeError(f"{service} has no account at the broker")
    return definition_of(part), settings
