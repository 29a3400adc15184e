"""The HTTP process of tenancy-svc: the API under /api/tenancy/v1 and the Property Desk."""

from __future__ import annotations

from fastapi import FastAPI

from chassis.feature import api_routers, desk_routers, navigation
from chassis.http import service_app
from chassis.runtime import Runtime
from deskkit.desk import Desk, DeskLink, Search
from deskkit.i18n import N_
from deskkit.mounting import mount
from tenancy_svc.applications.feature import VIEW_APPLICATIONS
from tenancy_svc.features import FEATURES

API_PREFIX = "/api/tenancy/v1"

PROPERTY_DESK = Desk(
    name="Property Desk",
    prefix="/property-desk",
    accent="property",
    package="tenancy_svc",
    routers=desk_routers(FEATURES),
    navigation=navigation(FEATURES),
    home="my_day",
    search=Search("applications", label="Find an application", permission=VIEW_APPLICATIONS),
    neighbours=(DeskLink(N_("Inventory Desk"), "/inventory-desk", kind="inventory"),),
)


def create_app(runtime: Runtime) -> FastAPI:
    """Return the application of one process."""
    app = service_app(
        runtime,
        title="Partywall: tenancies",
        api_routers=api_routers(FEATURES),
        api_prefix=API_PREFIX,
    )
    mount(app, PROPERTY_DESK, runtime)
    return app
