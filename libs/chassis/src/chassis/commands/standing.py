"""Readiness checks: whether the database has the newest migration and agrees on the time."""

from __future__ import annotations

import structlog

from chassis.db import migrate
from chassis.db.time_zone import TimeZonesDisagree, require_same_time
from chassis.errors import Hindrance
from chassis.runtime import Runtime
from chassis.service import ServiceDefinition

_log = structlog.get_logger(__name__)


class MigrationsPending(Hindrance):
    """The database isn't at the newest migration: run `migrate` first."""


def require_ready_database(definition: ServiceDefinition, runtime: Runtime) -> None:
    """Have the runtime ready only when its database has the newest migration and agrees on the time."""
    url = runtime.settings.database_url.get_secret_value()
    current = same_time = False

    async def migrations() -> None:
        nonlocal current
        # Migrations are only ever added while a process runs: once current is enough.
        current = current or await migrate.current(url, definition.migrations)
        if not current:
            raise MigrationsPending("migrations are pending: run migrate")

    async def time_zone() -> None:
        nonlocal same_time
        if same_time:
            return
        try:
            await require_same_time(runtime.database, runtime.time_zone, runtime.clock.now())
        except TimeZonesDisagree as error:
            _log.error("time_zones_disagree", problem=str(error))
            raise
        same_time = True

    runtime.checks |= {"migrations": migrations, "time_zone": time_zone}
