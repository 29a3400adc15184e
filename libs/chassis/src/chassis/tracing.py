"""Spans that cost nothing while nobody collects them, and the W3C context that goes on in any case."""

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
# The message of an exception says what collided or was refused: a person's data, as like as not.
SILENT: dict[str, Any] = {"record_exception": False, "set_status_on_exception": False}
_provider: list[trace.TracerProvider] = []


def collect_with(provider: trace.TracerProvider | None) -> None:
    """Give every span from now on to `provider`; None stops making spans."""
    _provider[:] = [] if provider is None else [provider]


def span(name: str) -> AbstractContextManager[trace.Span | None]:
    """Hold a span called `name`, a use case or query; without a collector, hold nothing."""
    if not _provider:
        return _nothing
    tracer = _provider[0].get_tracer("chassis")
    return tracer.start_as_current_span(name, attributes={"use_case": name}, **SILENT)


def server_span(method: str, traceparent: str | None) -> AbstractContextManager[trace.Span | None]:
    """Hold the span of one request, going on from the caller's `traceparent`.

    Without a collector the caller's context is held alone, so that it still reaches the outbox.
    """
    if not _provider and traceparent is None:
        return _nothing
    parent = _propagator.extract({"traceparent": traceparent}) if traceparent else None
    if not _provider:
        return _attached(parent or Context())
    tracer = _provider[0].get_tracer("chassis.http")
    return tracer.start_as_current_span(method, context=parent, kind=SpanKind.SERVER, **SILENT)


def traceparent() -> str | None:
    """Return the W3C `traceparent` of the span that is open, or None."""
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
