"""The one place where support-svc is put together."""

from zoneinfo import ZoneInfo

from chassis.access import Access
from chassis.clock import SystemClock
from chassis.db import Database
from chassis.runtime import Runtime
from support_svc.access import ROLES
from support_svc.clients.open_matters import offer
from support_svc.housing_history.commands import stays_open
from support_svc.messaging.publishing import SupportPublisher
from support_svc.placements.rows import placements_open
from support_svc.settings import Settings


def build_runtime(settings: Settings) -> Runtime:
    """Everything a running support-svc is made of; opens no connection yet."""
    offer("placements", placements_open)
    offer("housing_history", stays_open)
    return Runtime(
        name="support",
        entity=settings.entity,
        settings=settings,
        database=Database(
            settings.database_url.get_secret_value(), pool=settings.database_pool, application="support-svc"
        ),
        clock=SystemClock(),
        access=Access(ROLES, entity=settings.entity),
        publisher=SupportPublisher(settings.entity),
        time_zone=ZoneInfo(settings.time_zone),
    )
