"""Setting up this service's own stream at the broker, with what it grants to its neighbours."""

from __future__ import annotations

from chassis.bus.connecting import administering
from contracts.border import establish
from support_svc.settings import Settings


async def set_up_border(settings: Settings) -> None:
    """Make the broker hold exactly this service's stream and the consumers it grants; safe to repeat.

    Raises AdminMissing.
    """
    async with administering(settings, "support-border") as connection:
        await establish("support", connection)
