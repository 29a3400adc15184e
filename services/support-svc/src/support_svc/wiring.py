"""The one place where support-svc is put together."""

from zoneinfo import ZoneInfo

from chassis.access import Access
from chassis.clock import SystemClock
from chassis.db import Database
from chassis.feature import permissions_of
from chassis.runtime import Runtime
from support_svc.border import publisher
from support_svc.features import FEATURES
from support_svc.settings import Settings


def build_runtime(settings: Settings) -> Runtime:
    """Everything a running support-svc is made of; opens no connection yet."""
    return Runtime(
        name="support",
        entity=settings.entity,
        settings=settings,
        database=Database(
            settings.database_url.get_secret_value(), pool=settings.database_pool, application="support-svc"
        ),
        clock=SystemClock(),
        access=Access(permissions_of(FEATURES), entity=settings.entity),
        publisher=publisher(settings.entity),
        time_zone=ZoneInfo(settings.time_zone),
        features=FEATURES,
    )
