"""Traces: one request is one trace, from the caller through the use case into the outbox; it names nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from chassis import tracing

Bearer = Callable[..., dict[str, str]]
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    """What a collector would get."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracing.collect_with(provider)
    yield exporter
    tracing.collect_with(None)


async def test_one_request_is_one_trace(
    api: httpx.AsyncClient, bearer: Bearer, spans: InMemorySpanExporter, rows: Callable[..., Any]
) -> None:
    headers = bearer("porter") | {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}
    await api.post("/api/parcels/v1/parcels", json={"label": "Ada's books"}, headers=headers)

    use_case, request = spans.get_finished_spans()
    assert (request.name, use_case.name) == ("POST /api/parcels/v1/parcels", "parcels.shelve_parcel")
    assert f"{request.context.trace_id:032x}" == f"{use_case.context.trace_id:032x}" == TRACE
    assert request.parent is not None
    assert f"{request.parent.span_id:016x}" == "00f067aa0ba902b7"
    assert use_case.parent is not None
    assert use_case.parent.span_id == request.context.span_id
    (message,) = await rows("SELECT traceparent FROM outbox")
    assert message["traceparent"] == f"00-{TRACE}-{use_case.context.span_id:016x}-01"
    assert dict(request.attributes or {}) == {
        "http.request.method": "POST",
        "http.route": "/api/parcels/v1/parcels",
        "http.response.status_code": 201,
    }


async def test_a_trace_holds_neither_values_nor_persons(
    api: httpx.AsyncClient, bearer: Bearer, spans: InMemorySpanExporter
) -> None:
    shelved = await api.post(
        "/api/parcels/v1/parcels", json={"label": "Ada's books"}, headers=bearer("porter")
    )
    claim = f"/api/parcels/v1/parcels/{shelved.json()['id']}/claim"
    for holder in ("Bob", "Cid"):
        answer = await api.post(claim, json={"holder": holder}, headers=bearer("porter"))
    assert "Ada's books" in answer.json()["detail"]
    await api.get("/api/parcels/v1/broken?name=Ada", headers=bearer("porter"))

    traced = " ".join(span.to_json() for span in spans.get_finished_spans())
    for word in ("Ada", "books", "Cid", "Test Person", "parcel 7"):
        assert word not in traced


async def test_without_a_collector_there_are_no_spans(api: httpx.AsyncClient, bearer: Bearer) -> None:
    with tracing.span("anything") as span:
        assert span is None
    assert tracing.traceparent() is None
