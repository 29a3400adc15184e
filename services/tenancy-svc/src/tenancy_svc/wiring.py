"""The one place where tenancy-svc is put together."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from chassis.access import Access
from chassis.clock import SystemClock
from chassis.db import Database
from chassis.feature import permissions_of
from chassis.runtime import Runtime
from tenancy_svc.border import publisher
from tenancy_svc.features import FEATURES
from tenancy_svc.settings import TenancySettings


def build_runtime(settings: TenancySettings) -> Runtime:
    """Return the service's parts, connected to nothing yet."""
    return Runtime(
        name="tenancy",
        entity=settings.entity,
        settings=settings,
        database=Database(
            settings.database_url.get_secret_value(), pool=settings.database_pool, application="tenancy-svc"
        ),
        clock=SystemClock(),
        access=Access(permissions_of(FEATURES), entity=settings.entity),
        publisher=publisher(settings.entity),
        time_zone=ZoneInfo(settings.time_zone),
        features=FEATURES,
    )
