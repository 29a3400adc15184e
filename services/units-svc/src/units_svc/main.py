"""The web application of units-svc: its API and the inventory desk."""

from __future__ import annotations

from fastapi import FastAPI

from chassis.http import service_app
from chassis.runtime import Runtime
from deskkit.desk import Desk, DeskLink, NavItem, Search, mount
from deskkit.i18n import N_
from units_svc.holds import api as holds_api
from units_svc.holds import desk as holds_desk
from units_svc.holds.queries import active_holds
from units_svc.imports import api as imports_api
from units_svc.imports import desk as imports_desk
from units_svc.imports.queries import import_list
from units_svc.inspections import api as inspections_api
from units_svc.inspections import desk as inspections_desk
from units_svc.inventory import api as inventory_api
from units_svc.inventory import desk as inventory_desk
from units_svc.inventory.index import FOLLOWER
from units_svc.inventory.queries import unit_list
from units_svc.landlords import api as landlords_api
from units_svc.landlords import desk as landlords_desk
from units_svc.landlords.queries import landlord_list
from units_svc.lookups import api as lookups_api
from units_svc.lookups import desk as lookups_desk
from units_svc.lookups.commands import edit_value
from units_svc.maintenance import api as maintenance_api
from units_svc.maintenance import desk as maintenance_desk
from units_svc.maintenance.queries import work_list
from units_svc.my_day import desk as my_day_desk
from units_svc.my_day.queries import my_day
from units_svc.photos import api as photos_api
from units_svc.photos import desk as photos_desk
from units_svc.privacy import api as privacy_api
from units_svc.privacy import desk as privacy_desk
from units_svc.reports import api as reports_api
from units_svc.reports import desk as reports_desk
from units_svc.reports.queries import vacancy

API_PREFIX = "/api/units/v1"
PHOTO_LIMIT = 48_000_000

API = (
    inventory_api,
    holds_api,
    landlords_api,
    maintenance_api,
    photos_api,
    inspections_api,
    imports_api,
    lookups_api,
    privacy_api,
    reports_api,
)

INVENTORY_DESK = Desk(
    name="Inventory Desk",
    prefix="/inventory-desk",
    accent="inventory",
    package="units_svc",
    routers=(
        my_day_desk.router,
        inventory_desk.router,
        holds_desk.router,
        landlords_desk.router,
        imports_desk.router,
        lookups_desk.router,
        maintenance_desk.router,
        photos_desk.router,
        inspections_desk.router,
        privacy_desk.router,
        reports_desk.router,
    ),
    navigation=(
        NavItem("My day", "my_day", my_day.permission),
        NavItem("Housing Units", "units", unit_list.permission),
        NavItem("Holds", "holds", active_holds.permission),
        NavItem("Landlords", "landlords", landlord_list.permission),
        NavItem("Maintenance", "maintenance", work_list.permission),
        NavItem("Reports", "reports", vacancy.permission),
        NavItem("Imports", "imports", import_list.permission),
        NavItem("Lists", "lookups", edit_value.permission),
    ),
    home="my_day",
    search=Search("units", label="Find a home", permission=unit_list.permission),
    neighbours=(DeskLink(N_("Property Desk"), "/property-desk"),),
)


def create_app(runtime: Runtime) -> FastAPI:
    """Return the application around a runtime: /api/units/v1 and /inventory-desk, health and metrics."""
    upload_limit = getattr(runtime.settings, "upload_limit", 64_000_000)
    app = service_app(
        runtime,
        title="Partywall: units inventory",
        api_routers=[module.router for module in API],
        api_prefix=API_PREFIX,
        body_limits={
            f"{API_PREFIX}/imports": upload_limit,
            f"{INVENTORY_DESK.prefix}/imports/new": upload_limit,
            # A photo that is too large is refused in the words of its page, if it isn't far too large.
            f"{API_PREFIX}/units/": PHOTO_LIMIT,
            f"{INVENTORY_DESK.prefix}/units/": PHOTO_LIMIT,
            f"{INVENTORY_DESK.prefix}/inspections/": PHOTO_LIMIT,
        },
    )
    mount(app, INVENTORY_DESK, runtime)
    runtime.companions.append(lambda: FOLLOWER.reading_ahead(runtime.database))
    return app
