"""Traefik's configuration for the local stack: a host for each entity, and behind it only its services."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from partywall.layout import ENTITIES, ENTITY_OF, SERVICES, Layout

DESKS = {"units": "/inventory-desk", "support": "/front-desk", "tenancy": "/property-desk"}
# Operators and the entity's services ask these at the service's own port; the public has no route to them.
_PRIVATE = (
    "!Path(`/livez`) && !Path(`/readyz`) && !PathPrefix(`/metrics`) && !Path(`/.well-known/staff-register`)"
)
_NEVER_ENCODED = ("allowEncodedSlash", "allowEncodedBackSlash", "allowEncodedNullCharacter")
_SIGN_IN = "Path(`/sign-in`) || Path(`/oauth/token`) || Path(`/api/gateway/v1/sign-in`)"


def static_configuration(layout: Layout) -> dict[str, Any]:
    """Return what Traefik reads once when it starts. It phones nobody."""
    return {
        "global": {"checkNewVersion": False, "sendAnonymousUsage": False},
        "log": {"level": "WARN", "noColor": True},
        "entryPoints": {
            "web": {
                "address": f"127.0.0.1:{layout.base}",
                # No path and no header may mean one thing here and another in a service.
                "http": {
                    "aliasHeadersStrategy": "delete",
                    "encodedCharacters": dict.fromkeys(_NEVER_ENCODED, False),
                },
                "transport": {"lifeCycle": {"requestAcceptGraceTimeout": "0s", "graceTimeOut": "5s"}},
            }
        },
        # Answered by a route like any other, so that it says "ready" only when the routes are in force.
        "ping": {"manualRouting": True},
        "providers": {"file": {"filename": str(_seen_from(layout, "routes.yaml")), "watch": True}},
    }


def routes(layout: Layout) -> dict[str, Any]:
    """Return the routers and services of both hosts."""
    routers: dict[str, Any] = {"ping": _router("Path(`/ping`)", "ping@internal", 1000)}
    backends: dict[str, Any] = {}
    for entity in ENTITIES:
        host = f"Host(`{entity}.localhost`)"
        gateway = f"gateway-{entity}"
        backends[gateway] = _backend(layout, gateway)
        # An API that no router names ends at the gateway's 404 for its own part, never at another service.
        routers[gateway] = _router(f"{host} && {_PRIVATE}", gateway, 1)
        routers[f"{gateway}-sign-in"] = _router(f"{host} && ({_SIGN_IN})", gateway, 100, ["sign-in-rate"])
        for service in SERVICES:
            if ENTITY_OF[service] != entity:
                continue
            backends[service] = _backend(layout, service)
            desk = DESKS[service]
            mine = f"Path(`{desk}`) || PathPrefix(`{desk}/`) || PathPrefix(`/api/{service}/`)"
            routers[service] = _router(f"{host} && ({mine})", service, 50)
    return {
        "http": {
            "routers": routers,
            "services": backends,
            "middlewares": {"sign-in-rate": {"rateLimit": {"average": 20, "burst": 60}}},
        }
    }


def _seen_from(layout: Layout, name: str) -> Path:
    # Traefik takes a `$` in a path for a variable, so it's told none of the folders above.
    return (layout.traefik_folder / name).relative_to(layout.state)


def write_configuration(layout: Layout) -> Path:
    """Write both files (JSON is YAML); return `configuration_file`."""
    layout.traefik_folder.mkdir(parents=True, exist_ok=True)
    for name, content in (("traefik.yaml", static_configuration(layout)), ("routes.yaml", routes(layout))):
        (layout.traefik_folder / name).write_text(json.dumps(content, indent=2))
    return configuration_file(layout)


def configuration_file(layout: Layout) -> Path:
    """Return what Traefik is started with, seen from the state folder, which it has to be started in."""
    return _seen_from(layout, "traefik.yaml")


def _router(rule: str, service: str, priority: int, middlewares: list[str] | None = None) -> dict[str, Any]:
    router: dict[str, Any] = {
        "rule": rule,
        "service": service,
        "entryPoints": ["web"],
        "priority": priority,
    }
    if middlewares:
        router["middlewares"] = middlewares
    return router


def _backend(layout: Layout, part: str) -> dict[str, Any]:
    return {"loadBalancer": {"servers": [{"url": f"http://127.0.0.1:{layout.port(part)}"}]}}
