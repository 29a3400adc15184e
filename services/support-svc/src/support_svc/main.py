"""The web application of support-svc: its API and the Front Desk."""

from fastapi import FastAPI

from chassis.http.app import service_app
from chassis.runtime import Runtime
from deskkit.desk import Desk, NavItem, Search, mount
from support_svc.clients import api as clients_api
from support_svc.clients import desk as clients_desk
from support_svc.clients.queries import search_clients
from support_svc.consents import api as consents_api
from support_svc.consents import desk as consents_desk
from support_svc.history import api as history_api
from support_svc.history import desk as history_desk
from support_svc.homes import api as homes_api
from support_svc.homes.following import homes_in_memory
from support_svc.housing_history import api as housing_history_api
from support_svc.housing_history import desk as housing_history_desk
from support_svc.housing_search import api as housing_search_api
from support_svc.housing_search import desk as housing_search_desk
from support_svc.lookups import api as lookups_api
from support_svc.lookups import desk as lookups_desk
from support_svc.lookups.commands import change_lookup_value
from support_svc.my_day import api as my_day_api
from support_svc.my_day import desk as my_day_desk
from support_svc.my_day.queries import my_day
from support_svc.placements import api as placements_api
from support_svc.placements import desk as placements_desk
from support_svc.placements import desk_correcting as correcting_desk
from support_svc.placements import desk_follow_ups as follow_ups_desk
from support_svc.placements import desk_securing as securing_desk
from support_svc.placements.queries import placements
from support_svc.signings import api as signings_api
from support_svc.signings import desk as signings_desk
from support_svc.signings.queries import signings

PREFIX = "/front-desk"

FRONT_DESK = Desk(
    name="Front Desk",
    prefix=PREFIX,
    accent="front",
    package="support_svc",
    routers=(
        my_day_desk.router,
        clients_desk.router,
        consents_desk.router,
        housing_history_desk.router,
        history_desk.router,
        housing_search_desk.router,
        securing_desk.router,
        follow_ups_desk.router,
        placements_desk.router,
        correcting_desk.router,
        signings_desk.router,
        lookups_desk.router,
    ),
    navigation=(
        NavItem("My day", "my_day", my_day.permission),
        NavItem("Clients", "clients", search_clients.permission),
        NavItem("Housing Placements", "placements", placements.permission),
        NavItem("Signings", "signings", signings.permission),
        NavItem("Lists", "lookups", change_lookup_value.permission),
    ),
    home="my_day",
    search=Search("clients", label="Find a client", permission=search_clients.permission),
)


def create_app(runtime: Runtime) -> FastAPI:
    """The application: /api/support/v1 and /front-desk, health and metrics."""
    app = service_app(
        runtime,
        title="Partywall support",
        api_routers=[
            clients_api.router,
            consents_api.router,
            housing_history_api.router,
            history_api.router,
            homes_api.router,
            housing_search_api.router,
            placements_api.router,
            signings_api.router,
            lookups_api.router,
            my_day_api.router,
        ],
    )
    mount(app, FRONT_DESK, runtime)
    runtime.companions.append(lambda: homes_in_memory.reading_ahead(runtime.database))
    return app
