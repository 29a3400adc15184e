"""The HTTP edge of a service: guarded routers, problem documents, tokens, health and telemetry."""

from chassis.http.app import service_app
from chassis.http.auth import TokenVerifier
from chassis.http.call import ApiCall, ApiRouter, Call, Created, command_of
from chassis.http.direct import direct

__all__ = ["ApiCall", "ApiRouter", "Call", "Created", "TokenVerifier", "command_of", "direct", "service_app"]
