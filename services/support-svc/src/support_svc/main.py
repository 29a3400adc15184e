"""The web application of support-svc: its API and the Front Desk."""

from fastapi import FastAPI

from chassis.feature import api_routers, desk_routers, navigation
from chassis.http.app import service_app
from chassis.runtime import Runtime
from deskkit.desk import Desk, Search
from deskkit.mounting import mount
from support_svc.clients.feature import VIEW_CLIENTS
from support_svc.features import FEATURES

FRONT_DESK = Desk(
    name="Front Desk",
    prefix="/front-desk",
    accent="front",
    package="support_svc",
    routers=desk_routers(FEATURES),
    navigation=navigation(FEATURES),
    home="my_day",
    search=Search("clients", label="Find a client", permission=VIEW_CLIENTS),
)


def create_app(runtime: Runtime) -> FastAPI:
    """The application: /api/support/v1 and /front-desk, health and metrics."""
    app = service_app(
        runtime,
        title="Partywall support",
        api_routers=api_routers(FEATURES),
        api_prefix="/api/support/v1",
    )
    mount(app, FRONT_DESK, runtime)
    return app
