"""What a collector receives of one journey: one trace through all services and the broker, and no name."""

from __future__ import annotations

import secrets
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import pytest_asyncio
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from testkit.live import Live
from testkit.local import LocalBack
from testkit.waiting import eventually

TRACED = ("units", "units-worker", "support", "support-worker", "tenancy", "tenancy-worker")
# Who acts on which event of the journey, and who published it.
CROSSINGS = {
    ("units", "support.unit_requested.v1"): "support",
    ("support", "units.unit_secured.v1"): "units",
    ("tenancy", "support.tenancy_referred.v1"): "support",
    ("support", "tenancy.application_opened.v1"): "tenancy",
    ("support", "tenancy.signing_scheduled.v1"): "tenancy",
    ("tenancy", "support.signing_attendance.v1"): "support",
    ("support", "tenancy.referred_tenancy_started.v1"): "tenancy",
    ("units", "tenancy.tenancy_started.v1"): "tenancy",
}


@dataclass
class Span:
    """The parts of a span that the test checks."""

    service: str
    name: str
    trace: str
    id: str
    parent: str
    attributes: dict[str, str]


# All that a span may contain: templates of routes, codes, names of use cases, subjects and ids of events.
ATTRIBUTES = {
    "use_case",
    "http.request.method",
    "http.route",
    "http.response.status_code",
    "messaging.destination.name",
    "messaging.message.id",
}


@dataclass
class Collector:
    """Receives spans as an OpenTelemetry collector does: OTLP over HTTP, in protobuf."""

    spans: list[Span] = field(default_factory=list)
    received: bytes = b""
    address: str = ""

    def take(self, path: str, body: bytes) -> None:
        """Store the spans of one request."""
        assert path == "/v1/traces"
        self.received += body
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            attributes = {each.key: each.value.string_value for each in resource.resource.attributes}
            self.spans += [
                Span(
                    attributes["service.name"],
                    span.name,
                    span.trace_id.hex(),
                    span.span_id.hex(),
                    span.parent_span_id.hex(),
                    {each.key: str(each.value) for each in span.attributes},
                )
                for scope in resource.scope_spans
                for span in scope.spans
            ]


@pytest.fixture
def collector() -> Iterator[Collector]:
    """A collector that listens."""
    made = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            made.take(self.path, self.rfile.read(int(self.headers["Content-Length"])))
            answer = ExportTraceServiceResponse().SerializeToString()
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    made.address = f"http://127.0.0.1:{server.server_address[1]}"
    yield made
    server.shutdown()
    server.server_close()


@pytest_asyncio.fixture
async def traced(local_back: LocalBack, collector: Collector) -> AsyncIterator[Live]:
    """The stack, with services that export traces as an operator configures it; afterwards as before."""
    live = Live(local_back)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PARTYWALL_OTLP_ENDPOINT", collector.address)
        await live.stop(*TRACED)
        await live.start(*TRACED)
    yield live
    await live.stop(*TRACED)
    await live.start(*TRACED)


async def test_one_journey_is_one_trace_through_all_services_and_the_broker(
    traced: Live, collector: Collector
) -> None:
    """Every span has its parent in the trace, and acting on an event continues the span that published it."""
    trace, root = secrets.token_hex(16), secrets.token_hex(8)
    async with traced.journey("Traced-Wrenfield", "Oakmarsh-Traced") as journey:
        for person in (journey.caseworker, journey.manager, journey.keeper):
            person.traceparent = f"00-{trace}-{root}-01"
        await journey.run()
        found = await journey.caseworker.get("/api/support/v1/clients", q="Oakmarsh-Traced")
        assert [person["id"] for person in found["items"]] == [journey.client]
    await traced.all_acted_on()

    def complete() -> None:
        spans = {span.id: span for span in collector.spans if span.trace == trace}
        lost = [f"parent of {span.name}" for span in spans.values() if span.parent not in {*spans, root}]
        for (listener, type), publisher in CROSSINGS.items():
            parents = [
                spans.get(span.parent)
                for span in spans.values()
                if (span.service, span.name) == (listener, f"act on {type}")
            ]
            if not any(parent and parent.service == publisher for parent in parents):
                lost.append(f"{type} from {publisher} to {listener}")
        assert lost == []

    # Services export every few seconds.
    await eventually(complete, timeout=120)
    assert {span.service for span in collector.spans} >= {"units", "support", "tenancy"}

    def searched() -> None:
        assert any(span.name == "GET /api/support/v1/clients" for span in collector.spans)

    await eventually(searched, timeout=120)
    found = {key: span.name for span in collector.spans for key in span.attributes}
    assert set(found) <= ATTRIBUTES, {key: name for key, name in found.items() if key not in ATTRIBUTES}
    for word in (b"Traced-Wrenfield", b"Oakmarsh", journey.client.encode()):
        assert word not in collector.received
