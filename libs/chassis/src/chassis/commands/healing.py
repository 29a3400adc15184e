"""`heal` and `redeliver`: after a broker's store was lost, or a database was restored from a backup."""

from __future__ import annotations

import sys

from chassis.actor import Actor
from chassis.bus import healing
from chassis.bus.connecting import administering, connect
from chassis.service import ServiceDefinition
from chassis.settings import ServiceSettings, WebSettings


async def heal(definition: ServiceDefinition, settings: WebSettings) -> int:
    """Let database and stream continue each other, and print what was done and what is left to decide.

    Returns 0 when nothing is left to do.
    """
    if not isinstance(settings, ServiceSettings):
        sys.stdout.write(f"{definition.name} has nothing at the broker\n")
        return 0
    border = definition.part_of_broker()
    runtime = definition.build_runtime(settings)
    password = settings.nats_password.get_secret_value()
    broker = await connect(settings.nats_url, settings.nats_user, password, name=f"{definition.name} heal")
    try:
        actor = Actor.system("operator", settings.entity)
        healed = await healing.heal(
            runtime, actor, broker, border.stream, kept=border.kept, follow=border.follow
        )
        behind = await healing.behind(runtime, broker, border.sources)
    finally:
        await broker.close()
        await runtime.close()
    for line in healing.in_words(definition.name, healed, behind):
        sys.stdout.write(f"{line}\n")
    return 1 if healed.taken_back or healed.unreadable or behind else 0


async def redeliver(definition: ServiceDefinition, settings: WebSettings, listener: str) -> int:
    """Let the consumer of one listener begin at the first message again, as the admin of the account."""
    if not isinstance(settings, ServiceSettings):
        sys.stdout.write(f"{definition.name} has nothing at the broker\n")
        return 1
    async with administering(settings, f"{definition.name}-border") as connection:
        await definition.part_of_broker().redeliver(connection, listener)
    sys.stdout.write(f"{listener} receives the events of {definition.name} again, from the first\n")
    return 0
