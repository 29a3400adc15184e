"""HTTP for a service: guarded routers, problem documents, tokens, health and telemetry."""

from chassis.http.app import service_app
from chassis.http.auth import TokenVerifier
from chassis.http.call import ApiCall, ApiRouter, Call, Created, command_of
from chassis.http.direct import direct
from chassis.http.paging import After, Limit

__all__ = [
    "After",
    "ApiCall",
    "ApiRouter",
    "Call",
    "Created",
    "Limit",
    "TokenVerifier",
    "command_of",
    "direct",
    "service_app",
]
