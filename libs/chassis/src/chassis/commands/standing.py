"""Whether a database stands where the code needs it."""

from __future__ import annotations

from chassis.db import migrate
from chassis.runtime import Runtime
from chassis.service import ServiceDefinition


class MigrationsPending(Exception):
    """The database doesn't stand at the newest migration: run `migrate` first."""


def require_migrations(definition: ServiceDefinition, runtime: Runtime) -> None:
    """Let the runtime be ready only while its database stands at the newest migration."""
    url = runtime.settings.database_url.get_secret_value()
    current = False

    async def migrations() -> None:
        nonlocal current
        # Migrations only go forward under a running process: what was found once stays so.
        current = current or await migrate.current(url, definition.migrations)
        if not current:
            raise MigrationsPending

    runtime.checks["migrations"] = migrations
