"""The HTTP process of tenancy-svc: the API under /api/tenancy/v1 and the Property Desk."""

from __future__ import annotations

from fastapi import FastAPI

from chassis.http import service_app
from chassis.runtime import Runtime
from deskkit.desk import Desk, DeskLink, NavItem, Search, mount
from deskkit.i18n import N_
from tenancy_svc.applications import api as applications
from tenancy_svc.applications import desk as applications_desk
from tenancy_svc.applications.queries import applications as application_list
from tenancy_svc.clause_review import api as clause_review
from tenancy_svc.clause_review import desk as clause_review_desk
from tenancy_svc.clauses import api as clauses
from tenancy_svc.clauses import desk as clauses_desk
from tenancy_svc.disclosures import api as disclosures
from tenancy_svc.disclosures import desk as disclosures_desk
from tenancy_svc.entry import api as entry
from tenancy_svc.entry import desk as entry_desk
from tenancy_svc.entry.queries import entry_requests
from tenancy_svc.homes import api as homes
from tenancy_svc.homes import desk as homes_desk
from tenancy_svc.homes.queries import homes as home_list
from tenancy_svc.lease_templates import api as lease_templates
from tenancy_svc.lease_templates import desk as lease_templates_desk
from tenancy_svc.lease_templates.queries import lease_templates as template_list
from tenancy_svc.leases import api as leases
from tenancy_svc.leases import desk as leases_desk
from tenancy_svc.leases.queries import leases as lease_list
from tenancy_svc.my_day import api as my_day
from tenancy_svc.my_day import desk as my_day_desk
from tenancy_svc.signings import api as signings
from tenancy_svc.signings import desk as signings_desk
from tenancy_svc.signings.queries import signings as signing_list
from tenancy_svc.statutes import api as statutes
from tenancy_svc.statutes import desk as statutes_desk
from tenancy_svc.statutes.queries import statutes as statute_list

API_PREFIX = "/api/tenancy/v1"

PROPERTY_DESK = Desk(
    name="Property Desk",
    prefix="/property-desk",
    accent="property",
    package="tenancy_svc",
    routers=(
        my_day_desk.router,
        applications_desk.router,
        disclosures_desk.router,
        leases_desk.router,
        signings_desk.router,
        entry_desk.router,
        clauses_desk.router,
        lease_templates_desk.router,
        statutes_desk.router,
        clause_review_desk.router,
        homes_desk.router,
    ),
    navigation=(
        NavItem("My day", "my_day"),
        NavItem("Applications", "applications", application_list.permission),
        NavItem("Leases", "leases", lease_list.permission),
        NavItem("Signings", "signings", signing_list.permission),
        NavItem("Entry requests", "entry_requests", entry_requests.permission),
        NavItem("Lease templates", "lease_templates", template_list.permission),
        NavItem("Legal bars", "statutes", statute_list.permission),
        NavItem("Homes", "homes", home_list.permission),
    ),
    home="my_day",
    search=Search("applications", label="Find an application", permission=application_list.permission),
    neighbours=(DeskLink(N_("Inventory Desk"), "/inventory-desk"),),
)

_API = (
    my_day,
    homes,
    applications,
    disclosures,
    clause_review,
    clauses,
    lease_templates,
    leases,
    signings,
    statutes,
    entry,
)


def create_app(runtime: Runtime) -> FastAPI:
    """Return the application of one process."""
    routers = [module.router for module in _API]
    app = service_app(runtime, title="Partywall: tenancies", api_routers=routers, api_prefix=API_PREFIX)
    mount(app, PROPERTY_DESK, runtime)
    return app
