"""Setting up this service's own stream at the broker, with what it grants to its neighbours."""

from chassis.bus.connecting import connect
from contracts.border import establish
from support_svc.settings import Settings


class NoBorderAdministrator(Exception):
    """The border can be set up only with the account's administrator."""


async def set_up_border(settings: Settings) -> None:
    """Make the broker hold our stream and the consumers it grants. Raises NoBorderAdministrator."""
    if settings.nats_admin_user is None or settings.nats_admin_password is None:
        raise NoBorderAdministrator("SUPPORT_NATS_ADMIN_USER and SUPPORT_NATS_ADMIN_PASSWORD are missing")
    connection = await connect(
        settings.nats_url,
        settings.nats_admin_user,
        settings.nats_admin_password.get_secret_value(),
        name="support border",
    )
    try:
        await establish("support", connection)
    finally:
        await connection.close()
