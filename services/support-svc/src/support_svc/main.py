"""The web application of support-svc: its API and the Front Desk."""

from fastapi import FastAPI

from chassis.http.app import service_app
from chassis.runtime import Runtime
from support_svc.clients import api as clients_api
from support_svc.consents import api as consents_api
from support_svc.homes import api as homes_api
from support_svc.housing_history import api as housing_history_api
from support_svc.lookups import api as lookups_api
from support_svc.my_day import api as my_day_api
from support_svc.placements import api as placements_api
from support_svc.signings import api as signings_api


def create_app(runtime: Runtime) -> FastAPI:
    """The application: /api/support/v1 and /front-desk, health and metrics."""
    app = service_app(
        runtime,
        title="Partywall support",
        api_routers=[
            clients_api.router,
            consents_api.router,
            housing_history_api.router,
            homes_api.router,
            placements_api.router,
            signings_api.router,
            lookups_api.router,
            my_day_api.router,
        ],
    )
    return app
