"""The web application of units-svc: its API and the inventory desk."""

from __future__ import annotations

from chassis.http import service_app
from chassis.runtime import Runtime
from fastapi import FastAPI

from units_svc.holds.api import router as holds_api
from units_svc.imports.api import router as imports_api
from units_svc.inventory.api import router as inventory_api
from units_svc.landlords.api import router as landlords_api
from units_svc.lookups.api import router as lookups_api

API_PREFIX = "/api/units/v1"


def create_app(runtime: Runtime) -> FastAPI:
    """Return the application around a runtime."""
    return service_app(
        runtime,
        title="Partywall: units inventory",
        api_routers=[inventory_api, holds_api, landlords_api, imports_api, lookups_api],
        body_limit=getattr(runtime.settings, "upload_limit", 64_000_000),
        api_prefix=API_PREFIX,
    )
