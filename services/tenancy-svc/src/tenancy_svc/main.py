"""The HTTP process of tenancy-svc: the API under /api/tenancy/v1 and the Property Desk."""

from __future__ import annotations

from chassis.http import service_app
from chassis.runtime import Runtime
from fastapi import APIRouter, FastAPI

from tenancy_svc.applications import api as applications
from tenancy_svc.clause_review import api as clause_review
from tenancy_svc.disclosures import api as disclosures
from tenancy_svc.homes import api as homes
from tenancy_svc.lease_templates import api as lease_templates
from tenancy_svc.leases import api as leases
from tenancy_svc.my_day import api as my_day
from tenancy_svc.signings import api as signings

API_PREFIX = "/api/tenancy/v1"

API = (my_day, homes, applications, disclosures, clause_review, lease_templates, leases, signings)


def create_app(runtime: Runtime) -> FastAPI:
    """Return the application of one process."""
    api = APIRouter(prefix=API_PREFIX)
    for module in API:
        api.include_router(module.router)
    return service_app(runtime, title="Partywall: tenancies", api_routers=[api])
