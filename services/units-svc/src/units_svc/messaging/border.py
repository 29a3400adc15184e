"""The service's place at the broker: what it may hear, and what it grants to others."""

from __future__ import annotations

from chassis.bus.connecting import connect
from contracts.border import establish, sources_for
from units_svc.settings import UnitsSettings

SOURCES = sources_for("units")
"""The consumers that the other publishers granted to this service."""


class AdminMissing(Exception):
    """The border is set up by the admin user of the account, whose name or password the settings lack."""


async def set_up_border(settings: UnitsSettings) -> None:
    """Make the broker hold exactly this service's stream and the consumers it grants; safe to repeat.

    Raises AdminMissing.
    """
    if settings.nats_admin_user is None or settings.nats_admin_password is None:
        raise AdminMissing("UNITS_NATS_ADMIN_USER and UNITS_NATS_ADMIN_PASSWORD")
    connection = await connect(
        settings.nats_url,
        settings.nats_admin_user,
        settings.nats_admin_password.get_secret_value(),
        name="units-border",
    )
    try:
        await establish("units", connection)
    finally:
        await connection.close()
