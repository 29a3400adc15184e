"""`migrate`, `border`, `check`: what an operator runs before the processes, and while they run."""

from __future__ import annotations

import sys

from chassis.bus.connecting import admin_connection, require_durable, service_connection
from chassis.commands.standing import require_ready_database
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
    """Set up exactly what the service has at the broker, as the admin of its account; safe to repeat.

    Does nothing for a service that has nothing at the broker. Raises AdminMissing.
    """
    border = definition.build_runtime(settings).border
    if isinstance(settings, ServiceSettings) and border is not None:
        async with admin_connection(settings, f"{definition.name}-border") as connection:
            await border.establish(connection)


async def check(definition: ServiceDefinition, settings: WebSettings) -> int:
    """Print a line each: are settings, database, migrations, keys and broker as they must be?"""
    runtime = definition.build_runtime(settings)
    require_ready_database(definition, runtime)
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
    async with service_connection(settings, "check") as broker:
        await require_durable(broker)
