"""Every route is guarded or on a short public list; the API's description lists what there is (rule 4)."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI

from chassis.http.routes import RouteAccount, account_for
from partywall.runtimes import definition_of, settings_of
from partywall.stack import Stack

# What anybody may request: health, the API's description, static files.
EVERYWHERE = {"GET /livez", "GET /readyz", "GET /metrics"}
PUBLIC = {
    "units": {"GET /inventory-desk/language/{language}", "GET /inventory-desk/static/{fingerprint}/{name}"},
    # A calendar program can't sign in: the address itself is the secret, and what it shows names nobody.
    "support": {
        "GET /api/support/v1/calendars/{secret}",
        "GET /front-desk/language/{language}",
        "GET /front-desk/static/{fingerprint}/{name}",
    },
    "tenancy": {"GET /property-desk/language/{language}", "GET /property-desk/static/{fingerprint}/{name}"},
    # Signing in can't require a sign-in; keys are public by nature; these pages show nothing about anybody.
    "support/gateway": {
        "GET /",
        "GET /help",
        "GET /.well-known/jwks.json",
        "GET /.well-known/oauth-authorization-server",
        "GET /language/{language}",
        "GET /session/renew",
        "GET /sign-in",
        "GET /sign-in/callback",
        "GET /sign-in/organisation",
        "GET /sign-out",
        "GET /static/gateway/{fingerprint}/{name}",
        "POST /api/gateway/v1/sign-in",
        "POST /oauth/token",
        "POST /session/end",
        "POST /session/renew",
        "POST /sign-in",
    },
}
_DOCUMENTATION = ("/docs", "/redoc", "/openapi.json", "/oauth2-redirect", "/docs/files/*")


def shown(route: RouteAccount) -> str:
    return f"{route.method} {route.path}"


def is_documentation(route: RouteAccount) -> bool:
    return route.method == "GET" and route.path.endswith(_DOCUMENTATION)


def open_routes(app: FastAPI) -> set[str]:
    """Return the routes that anybody may use, without the description of the API."""
    return {shown(route) for route in account_for(app) if route.public and not is_documentation(route)}


def differences_from_description(app: FastAPI) -> set[str]:
    """Return what only the code or only the OpenAPI document lists."""
    described = {
        f"{method.upper()} {path}"
        for path, item in app.openapi()["paths"].items()
        for method in item
        if method in ("get", "post", "put", "patch", "delete")
    }
    return described ^ {shown(route) for route in account_for(app) if route.in_schema}


@pytest.fixture(scope="module")
def app_of(tmp_path_factory) -> Any:
    """Make the application of a part as its process would, without any connection."""
    stack = Stack.open(tmp_path_factory.mktemp("routes"), environment={})

    def make(name: str) -> FastAPI:
        definition = definition_of(stack.layout.part(name))
        runtime = definition.build_runtime(settings_of(stack.programs, stack.layout.part(name)))
        return definition.create_app(runtime)

    return make


@pytest.mark.row("W10", "X3")
@pytest.mark.parametrize("name", PUBLIC)
def test_only_what_is_meant_to_be_is_open(name, app_of):
    assert open_routes(app_of(name)) == EVERYWHERE | PUBLIC[name]


@pytest.mark.parametrize("name", PUBLIC)
def test_the_description_lists_what_there_is(name, app_of):
    app = app_of(name)
    assert differences_from_description(app) == set()
    assert sum(route.in_schema for route in account_for(app)) > 4


@pytest.mark.row("W10")
def test_a_planted_open_route_is_found(app_of):
    app = app_of("units")

    @app.get("/api/units/v1/planted")
    async def planted() -> None:
        """Let anybody in."""

    assert open_routes(app) - EVERYWHERE - PUBLIC["units"] == {"GET /api/units/v1/planted"}


def test_a_planted_difference_from_the_description_is_found(app_of):
    app = app_of("units")
    app.openapi()["paths"]["/api/units/v1/forgotten"] = {"get": {}}
    assert differences_from_description(app) == {"GET /api/units/v1/forgotten"}
