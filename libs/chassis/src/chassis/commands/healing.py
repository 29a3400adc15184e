"""`heal` and `redeliver`: after a broker's store was lost, or a database was restored from a backup."""

from __future__ import annotations

import sys

from chassis.actor import Actor
from chassis.border import Border, Granted
from chassis.bus import healing
from chassis.bus.connecting import admin_connection, service_connection
from chassis.bus.healing import Healed
from chassis.runtime import Runtime
from chassis.service import ServiceDefinition
from chassis.settings import ServiceSettings, WebSettings


async def heal(definition: ServiceDefinition, settings: WebSettings) -> int:
    """Make database and stream continue each other again; print what was done and what is left to decide.

    Returns 0 when nothing is left to do.
    """
    healed, behind = await repair(definition, _at_the_broker(definition, settings))
    for line in healing.in_words(definition.name, healed, behind):
        sys.stdout.write(f"{line}\n")
    return 1 if healed.left_to_decide or behind else 0


async def redeliver(definition: ServiceDefinition, settings: WebSettings, listener: str) -> int:
    """Reset the consumer of one listener to the first message, and print that it was done."""
    await reset_consumer(definition, _at_the_broker(definition, settings), listener)
    sys.stdout.write(f"{listener} will receive the events of {definition.name} again, from the first\n")
    return 0


async def repair(definition: ServiceDefinition, settings: ServiceSettings) -> tuple[Healed, list[Granted]]:
    """Repair one service's part; return what was done, and whose events must be delivered again."""
    runtime = definition.build_runtime(settings)
    border = _border(runtime)
    actor = Actor.system("operator", settings.entity)
    try:
        async with service_connection(settings, f"{definition.name} heal") as broker:
            healed = await healing.heal(runtime, actor, broker, border.stream, follow=definition.follow_up())
            return healed, await healing.behind(runtime, broker, border.sources)
    finally:
        await runtime.close()


async def reset_consumer(definition: ServiceDefinition, settings: ServiceSettings, listener: str) -> None:
    """Reset the consumer of one listener to the first message. Raises AdminMissing."""
    async with admin_connection(settings, f"{definition.name}-border") as connection:
        await _border(definition.build_runtime(settings)).redeliver(connection, listener)


def _border(runtime: Runtime) -> Border:
    if runtime.border is None:
        raise LookupError(f"{runtime.name} has no part of the broker")
    return runtime.border


def _at_the_broker(definition: ServiceDefinition, settings: WebSettings) -> ServiceSettings:
    if not isinstance(settings, ServiceSettings):
        raise TypeError(f"{definition.name} has no account at the broker")
    return settings
