"""The service's place at the broker: what it may hear, and what it grants to others."""

from __future__ import annotations

from chassis.bus.connecting import administering
from contracts.border import establish, sources_for
from support_svc.settings import Settings

SOURCES = sources_for("support")
"""The consumers that the other publishers granted to this service."""


async def set_up_border(settings: Settings) -> None:
    """Make the broker hold exactly this service's stream and the consumers it grants; safe to repeat.

    Raises AdminMissing.
    """
    async with administering(settings, "support-border") as connection:
        await establish("support", connection)
