"""Spans, which cost nothing without a collector, and the W3C trace context, which is always passed on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from opentelemetry import context as otel
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_propagator = TraceContextTextMapPropagator()
_nothing: AbstractContextManager[trace.Span | None] = nullcontext()
# The message of an exception quotes what collided or was refused, often personal data.
SILENT: dict[str, Any] = {"record_exception": False, "set_status_on_exception": False}
_provider: list[trace.TracerProvider] = []


def collect_with(provider: trace.TracerProvider | None) -> None:
    """Send all further spans to `provider`; with None, make none."""
    _provider[:] = [] if provider is None else [provider]


def span(name: str) -> AbstractContextManager[trace.Span | None]:
    """Hold a span for the use case or query `name`; without a collector, do nothing."""
    if not _provider:
        return _nothing
    tracer = _provider[0].get_tracer("chassis")
    return tracer.start_as_current_span(name, attributes={"use_case": name}, **SILENT)


def server_span(method: str, traceparent: str | None) -> AbstractContextManager[trace.Span | None]:
    """Hold the span of one request, as a child of the caller's `traceparent`.

    Without a collector only the caller's context is held, so that it still reaches the outbox.
    """
    if not _provider and traceparent is None:
        return _nothing
    parent = _propagator.extract({"traceparent": traceparent}) if traceparent else None
    if not _provider:
        return _attached(parent or Context())
    tracer = _provider[0].get_tracer("chassis.http")
    return tracer.start_as_current_span(method, context=parent, kind=SpanKind.SERVER, **SILENT)


def traceparent() -> str | None:
    """Return the W3C `traceparent` of the current span, or None."""
    context = trace.get_current_span().get_span_context()
    if not context.is_valid:
        return None
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{int(context.trace_flags):02x}"


@contextmanager
def _attached(context: Context) -> Iterator[None]:
    token = otel.attach(context)
    try:
        yield
    finally:
        otel.detach(token)
