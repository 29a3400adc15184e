"""The outermost layer of the application: limits, security headers, and a log line for each request.

One ASGI middleware does all of it, because each layer costs time in every request.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from secrets import token_hex
from typing import Any

import structlog
from opentelemetry import trace
from prometheus_client import Histogram
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis import tracing
from chassis.http import problems
from chassis.http.routes import route_of
from chassis.runtime import Runtime
from chassis.telemetry import failure

SECURITY_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (
        b"content-security-policy",
        b"default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'",
    ),
    (b"cache-control", b"no-store"),
)
HSTS = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")

_seconds = Histogram(
    "http_request_seconds",
    "Time from the first byte in to the last byte out.",
    ["service", "method", "route", "status"],
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_UNSEEN = frozenset({"/livez", "/readyz", "/metrics"})
_log = structlog.get_logger("chassis.http")


class _TooLarge(HTTPException):
    """The body grew beyond the limit while it was read.

    An HTTPException, because FastAPI treats any other failure of reading a body as a malformed one (400).
    """

    def __init__(self) -> None:
        super().__init__(413)


class Edge:
    """Refuses bodies over `body_limit` bytes (413), adds security headers, and logs, counts and traces.

    Only route templates, references and codes are recorded: no path as requested, no query, no body.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        runtime: Runtime,
        body_limit: int,
        body_limits: Mapping[str, int],
        secure: bool,
    ) -> None:
        self.app = app
        self.runtime = runtime
        self.body_limit = body_limit
        self.body_limits = tuple(body_limits.items())
        self.headers = (*SECURITY_HEADERS, HSTS) if secure else SECURITY_HEADERS
        self._names = {name for name, _ in self.headers}
        self._series: dict[tuple[str, str, int], Any] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        limit = self.body_limit
        for start, own in self.body_limits:
            if scope["path"].startswith(start):
                limit = own
        exchange = _Exchange(receive, send, limit, self.headers, self._names)
        scope.setdefault("state", {})
        announced = traceparent = None
        for name, value in scope["headers"]:
            if name == b"content-length":
                announced = value
            elif name == b"traceparent":
                traceparent = value.decode("latin-1")
        failed: BaseException | None = None
        reference: str | None = None
        with tracing.server_span(scope["method"], traceparent) as span:
            try:
                if announced is not None and not (announced.isdigit() and int(announced) <= limit):
                    answer = await self._too_large(scope, receive)
                    await answer(scope, receive, exchange.send)
                else:
                    await self.app(scope, exchange.receive, exchange.send)
            except Exception as unexpected:
                failed = unexpected
                if exchange.status:
                    raise
                reference = token_hex(4)
                page = await self.runtime.error_page(Request(scope, receive), 500, reference)
                answer = page or problems.of_failure(
                    self.runtime, problems.locale_of(HTTPConnection(scope)), reference
                )
                await answer(scope, receive, exchange.send)
            finally:
                seconds = time.perf_counter() - began
                self._record(scope, exchange.status or 499, seconds, failed, reference)
                if span is not None:
                    _describe(span, scope, exchange.status or 499)

    async def _too_large(self, scope: Scope, receive: Receive) -> Response:
        page = await self.runtime.error_page(Request(scope, receive), 413, "")
        return page or problems.of_http(_TooLarge(), self.runtime, problems.locale_of(HTTPConnection(scope)))

    def _record(
        self,
        scope: Scope,
        status: int,
        seconds: float,
        failed: BaseException | None,
        reference: str | None,
    ) -> None:
        route = template(scope)
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        series = self._series.get((method, route, status))
        if series is None:
            series = _seconds.labels(self.runtime.name, method, route, str(status))
            self._series[method, route, status] = series
        series.observe(seconds)
        if failed is None and route in _UNSEEN:
            return
        actor = scope["state"].get("actor")
        line = {"method": method, "route": route, "status": status, "ms": round(seconds * 1000, 1)}
        if actor is not None:
            line["actor"] = actor.subject
        if failed is not None:
            _log.error("request_failed", reference=reference, **line, **failure(failed))
        else:
            _log.info("request", **line)


class _Exchange:
    """One request and its answer: counts the bytes received, and completes the headers sent."""

    __slots__ = ("_headers", "_limit", "_names", "_read", "_receive", "_send", "status")

    def __init__(
        self,
        receive: Receive,
        send: Send,
        limit: int,
        headers: tuple[tuple[bytes, bytes], ...],
        names: set[bytes],
    ) -> None:
        self._receive = receive
        self._send = send
        self._limit = limit
        self._headers = headers
        self._names = names
        self._read = 0
        self.status = 0

    async def receive(self) -> Message:
        """Pass on what is received, up to the limit."""
        message = await self._receive()
        if message["type"] == "http.request":
            self._read += len(message.get("body", b""))
            if self._read > self._limit:
                raise _TooLarge
        return message

    async def send(self, message: Message) -> None:
        """Pass on what is sent, with the security headers that the handler didn't set itself."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            own = [pair for pair in message["headers"] if pair[0] in self._names]
            if own:
                present = {name for name, _ in own}
                added = [pair for pair in self._headers if pair[0] not in present]
            else:
                added = list(self._headers)
            message = {**message, "headers": [*message["headers"], *added]}
        await self._send(message)


def template(scope: Scope) -> str:
    """Return the template of the route that handled the request, with all prefixes, or `unmatched`."""
    route = route_of(scope)
    path = getattr(route, "path_format", None) or getattr(route, "path", None)
    if path is None and "app_root_path" in scope and scope.get("root_path"):
        return f"{scope['root_path']}/*"
    return path if isinstance(path, str) else "unmatched"


def _describe(span: trace.Span, scope: Scope, status: int) -> None:
    method, route = scope["method"], template(scope)
    span.update_name(f"{method} {route}")
    span.set_attributes(
        {"http.request.method": method, "http.route": route, "http.response.status_code": status}
    )
    if status >= 500:
        span.set_status(trace.StatusCode.ERROR)
