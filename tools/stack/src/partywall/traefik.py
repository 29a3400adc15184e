"""Traefik's configuration for the local stack: a host for each party, which reaches only its services."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from partywall.layout import GATEWAY, Layout

DESKS = {"units": "/inventory-desk", "support": "/front-desk", "tenancy": "/property-desk"}
# Operators and the entity's services use these at the service's own port; there is no public route.
_PRIVATE = (
    "!Path(`/livez`) && !Path(`/readyz`) && !PathPrefix(`/metrics`) && !Path(`/.well-known/staff-register`)"
)
_NEVER_ENCODED = ("allowEncodedSlash", "allowEncodedBackSlash", "allowEncodedNullCharacter")
_SIGN_IN = "Path(`/sign-in`) || Path(`/oauth/token`) || Path(`/api/gateway/v1/sign-in`)"


def static_configuration(layout: Layout) -> dict[str, Any]:
    """Return what Traefik reads once when it starts; it contacts no other host."""
    return {
        "global": {"checkNewVersion": False, "sendAnonymousUsage": False},
        "log": {"level": "WARN", "noColor": True},
        "entryPoints": {
            "web": {
                "address": f"127.0.0.1:{layout.base}",
                # No path or header may be understood differently here and in a service.
                "http": {
                    "aliasHeadersStrategy": "delete",
                    "encodedCharacters": dict.fromkeys(_NEVER_ENCODED, False),
                },
                "transport": {"lifeCycle": {"requestAcceptGraceTimeout": "0s", "graceTimeOut": "5s"}},
            }
        },
        # An ordinary route, so that it answers only when the routes are active.
        "ping": {"manualRouting": True},
        "providers": {"file": {"filename": str(_relative(layout, "routes.yaml")), "watch": True}},
    }


def routes(layout: Layout) -> dict[str, Any]:
    """Return the routers and services of every party's host."""
    routers: dict[str, Any] = {"ping": _router("Path(`/ping`)", "ping@internal", 1000)}
    backends: dict[str, Any] = {}
    for party in layout.parties:
        host = f"Host(`{party.id}.localhost`)"
        gateway = f"{party.id}-{GATEWAY}"
        backends[gateway] = _backend(layout, f"{party.id}/{GATEWAY}")
        # An API that no router names ends at the gateway's 404, never at another service.
        routers[gateway] = _router(f"{host} && {_PRIVATE}", gateway, 1)
        routers[f"{gateway}-sign-in"] = _router(f"{host} && ({_SIGN_IN})", gateway, 100, ["sign-in-rate"])
        for seat in party.seats:
            # A name of Traefik's can't have a slash; no service's name has a hyphen.
            name = f"{seat.party}-{seat.service}"
            backends[name] = _backend(layout, str(seat))
            desk = DESKS[seat.service]
            mine = f"Path(`{desk}`) || PathPrefix(`{desk}/`) || PathPrefix(`/api/{seat.service}/`)"
            routers[name] = _router(f"{host} && ({mine})", name, 50)
    return {
        "http": {
            "routers": routers,
            "services": backends,
            "middlewares": {"sign-in-rate": {"rateLimit": {"average": 20, "burst": 60}}},
        }
    }


def _relative(layout: Layout, name: str) -> Path:
    # Traefik treats a `$` in a path as a variable, so the path is relative to the state folder.
    return (layout.traefik_folder / name).relative_to(layout.state)


def write_configuration(layout: Layout) -> Path:
    """Write both files (JSON is YAML); return `configuration_file`."""
    layout.traefik_folder.mkdir(parents=True, exist_ok=True)
    for name, content in (("traefik.yaml", static_configuration(layout)), ("routes.yaml", routes(layout))):
        file = layout.traefik_folder / name
        fresh = file.with_suffix(".new")
        fresh.write_text(json.dumps(content, indent=2))
        # Traefik watches the routes and reads them again; it never finds half a file.
        fresh.replace(file)
    return configuration_file(layout)


def configuration_file(layout: Layout) -> Path:
    """Return the path of Traefik's configuration, relative to the state folder, in which it is started."""
    return _relative(layout, "traefik.yaml")


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
