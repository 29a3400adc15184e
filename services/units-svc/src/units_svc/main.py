"""The web application of units-svc: its API and the inventory desk."""

from __future__ import annotations

from fastapi import FastAPI

from chassis.feature import api_routers, body_limits, desk_routers, navigation
from chassis.http import service_app
from chassis.runtime import Runtime
from deskkit.desk import Desk, DeskLink, Search
from deskkit.i18n import N_
from deskkit.mounting import mount
from units_svc.features import FEATURES
from units_svc.inventory.feature import VIEW_UNITS

API_PREFIX = "/api/units/v1"

INVENTORY_DESK = Desk(
    name="Inventory Desk",
    prefix="/inventory-desk",
    accent="inventory",
    package="units_svc",
    routers=desk_routers(FEATURES),
    navigation=navigation(FEATURES),
    home="my_day",
    search=Search("units", label="Find a home", permission=VIEW_UNITS),
    neighbours=(DeskLink(N_("Property Desk"), "/property-desk", kind="property"),),
)


def create_app(runtime: Runtime) -> FastAPI:
    """Return the application around a runtime: /api/units/v1 and /inventory-desk, health and metrics."""
    app = service_app(
        runtime,
        title="Partywall: units inventory",
        api_routers=api_routers(FEATURES),
        api_prefix=API_PREFIX,
        body_limits=body_limits(FEATURES, runtime.settings, API_PREFIX, INVENTORY_DESK.prefix),
    )
    mount(app, INVENTORY_DESK, runtime)
    return app
