"""The one place where the gateway's parts are put together."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from chassis.access import Access
from chassis.clock import SystemClock
from chassis.db import Database
from chassis.feature import permissions_of
from chassis.publisher import NothingPublished
from chassis.runtime import Runtime
from gateway.features import FEATURES
from gateway.settings import GatewaySettings


def build_runtime(settings: GatewaySettings) -> Runtime:
    """Return the running parts of one entity's gateway. It publishes nothing."""
    return Runtime(
        name="gateway",
        entity=settings.entity,
        settings=settings,
        database=Database(
            settings.database_url.get_secret_value(), pool=settings.database_pool, application="gateway"
        ),
        clock=SystemClock(),
        access=Access(permissions_of(FEATURES), entity=settings.entity),
        publisher=NothingPublished(),
        time_zone=ZoneInfo(settings.time_zone),
        features=FEATURES,
    )
