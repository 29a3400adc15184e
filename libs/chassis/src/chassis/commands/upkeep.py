"""`migrate`, `border`, `check`: what an operator does before and beside the running processes."""

from __future__ import annotations

import sys

from chassis.bus.connecting import administering, require_durable, speaking
from chassis.commands.standing import require_standing
from chassis.db.migrate import upgrade
from chassis.http.auth import TokenVerifier
from chassis.http.health import readiness
from chassis.service import ServiceDefinition
from chassis.settings import ServiceSettings, WebSettings


async def migrate(definition: ServiceDefinition, settings: WebSettings) -> int:
    """Bring the database up to the newest migration."""
    await upgrade(settings.database_url.get_secret_value(), definition.migrations)
    return 0


async def border(definition: ServiceDefinition, settings: WebSettings) -> int:
    """Set up this service's streams and the consumers it grants to others."""
    await set_up_border(definition, settings)
    return 0


async def set_up_border(definition: ServiceDefinition, settings: WebSettings) -> None:
    """Make the broker hold exactly what the service has there, as the admin of its account; safe to repeat.

    Does nothing for a service that has nothing at the broker. Raises AdminMissing.
    """
    if isinstance(settings, ServiceSettings) and definition.border is not None:
        async with administering(settings, f"{definition.name}-border") as connection:
            await definition.part_of_broker().establish(connection)


async def check(definition: ServiceDefinition, settings: WebSettings) -> int:
    """Say in one line each whether settings, database, migrations, keys and broker are as they must be."""
    runtime = definition.build_runtime(settings)
    require_standing(definition, runtime)
    verifier = TokenVerifier(settings.issuer, settings.audience, settings.entity, settings.jwks_url)
    runtime.checks["keys"] = verifier.check
    if isinstance(settings, ServiceSettings):
        runtime.checks["broker"] = lambda: _durable_broker(settings)
    try:
        found = {"settings": "ok", **await readiness(runtime)}
    finally:
        await verifier.close()
        await runtime.close()
    for name, state in found.items():
        sys.stdout.write(f"{name:<12}{state}\n")
    return 0 if all(state == "ok" for state in found.values()) else 1


async def _durable_broker(settings: ServiceSettings) -> None:
    async with speaking(settings, "check") as broker:
        await require_durable(broker)
