"""The one place where units-svc is put together."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from chassis.access import Access
from chassis.clock import Clock, SystemClock
from chassis.db import Database
from chassis.feature import permissions_of
from chassis.runtime import Runtime
from units_svc.border import UnitsPublisher
from units_svc.features import FEATURES
from units_svc.settings import UnitsSettings

NAME = "units"


def build_runtime(settings: UnitsSettings, clock: Clock | None = None) -> Runtime:
    """Return the parts of a running inventory; tests give a clock of their own."""
    return Runtime(
        name=NAME,
        entity=settings.entity,
        settings=settings,
        database=Database(
            settings.database_url.get_secret_value(), pool=settings.database_pool, application="units-svc"
        ),
        clock=clock or SystemClock(),
        access=Access(permissions_of(FEATURES), entity=settings.entity),
        publisher=UnitsPublisher(settings.entity),
        time_zone=ZoneInfo(settings.time_zone),
        features=FEATURES,
    )
