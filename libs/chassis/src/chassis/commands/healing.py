"""`heal` and `redeliver`: after a broker's store was lost, or a database was restored from a backup."""

from __future__ import annotations

import sys

from chassis.actor import Actor
from chassis.bus import healing
from chassis.bus.connecting import administering, speaking
from chassis.bus.healing import Healed
from chassis.bus.listening import Granted
from chassis.service import ServiceDefinition
from chassis.settings import ServiceSettings, WebSettings


async def heal(definition: ServiceDefinition, settings: WebSettings) -> int:
    """Let database and stream continue each other, and print what was done and what is left to decide.

    Returns 0 when nothing is left to do.
    """
    healed, behind = await mend(definition, _of_the_broker(definition, settings))
    for line in healing.in_words(definition.name, healed, behind):
        sys.stdout.write(f"{line}\n")
    return 1 if healed.left_to_decide or behind else 0


async def redeliver(definition: ServiceDefinition, settings: WebSettings, listener: str) -> int:
    """Let the consumer of one listener begin at the first message again, and say so."""
    await deliver_again(definition, _of_the_broker(definition, settings), listener)
    sys.stdout.write(f"{listener} receives the events of {definition.name} again, from the first\n")
    return 0


async def mend(definition: ServiceDefinition, settings: ServiceSettings) -> tuple[Healed, list[Granted]]:
    """Heal one service's own part; return what was done, and whose events must be delivered again."""
    border = definition.part_of_broker()
    runtime = definition.build_runtime(settings)
    actor = Actor.system("operator", settings.entity)
    try:
        async with speaking(settings, f"{definition.name} heal") as broker:
            healed = await healing.heal(
                runtime, actor, broker, border.stream, kept=border.kept, follow=definition.follow_up()
            )
            return healed, await healing.behind(runtime, broker, border.sources)
    finally:
        await runtime.close()


async def deliver_again(definition: ServiceDefinition, settings: ServiceSettings, listener: str) -> None:
    """Let the consumer of one listener begin at the first message again. Raises AdminMissing."""
    async with administering(settings, f"{definition.name}-border") as connection:
        await definition.part_of_broker().redeliver(connection, listener)


def _of_the_broker(definition: ServiceDefinition, settings: WebSettings) -> ServiceSettings:
    if not isinstance(settings, ServiceSettings):
        raise TypeError(f"{definition.name} has no account at the broker")
    return settings
