"""The HTTP edge: refusals as problem documents, limits, headers, records of requests."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import structlog
from fastapi import APIRouter
from parcels import service
from pydantic import SecretStr

from chassis.http import service_app
from chassis.http.problems import preferred
from chassis.http.routes import account_for
from chassis.runtime import Runtime

Bearer = Callable[..., dict[str, str]]
Rows = Callable[..., Any]
PROBLEM = "application/problem+json"


async def shelved(api: httpx.AsyncClient, bearer: Bearer, label: str = "books") -> UUID:
    answer = await api.post("/api/parcels/v1/parcels", json={"label": label}, headers=bearer("porter"))
    assert answer.status_code == 201, answer.text
    return UUID(answer.json()["id"])


async def test_a_command_and_a_query_through_http(api: httpx.AsyncClient, bearer: Bearer) -> None:
    parcel = await shelved(api, bearer)

    claimed = await api.post(
        f"/api/parcels/v1/parcels/{parcel}/claim", json={"holder": "Ada"}, headers=bearer("porter")
    )
    shown = await api.get(f"/api/parcels/v1/parcels/{parcel}", headers=bearer("visitor"))

    assert claimed.json() == {"parcel": str(parcel), "holder": "Ada"}
    assert shown.json() == {"id": str(parcel), "label": "books", "holder": "Ada", "version": 2}


async def test_a_failed_commit_is_never_a_success(api: httpx.AsyncClient, bearer: Bearer, rows: Rows) -> None:
    # A deferred constraint fails in COMMIT itself, after every statement of the use case has gone well.
    await rows("ALTER TABLE parcel ADD CONSTRAINT one_label UNIQUE (label) DEFERRABLE INITIALLY DEFERRED")
    await shelved(api, bearer, "books")

    again = await api.post("/api/parcels/v1/parcels", json={"label": "books"}, headers=bearer("porter"))

    assert again.status_code == 409
    assert again.headers["content-type"] == PROBLEM
    assert again.json()["code"] == "conflict"
    assert len(await rows("SELECT * FROM parcel")) == 1
    assert len(await rows("SELECT * FROM outbox")) == 1


async def test_connections_that_the_server_closed_are_replaced(
    api: httpx.AsyncClient, bearer: Bearer, rows: Rows, runtime: Runtime
) -> None:
    parcel = await shelved(api, bearer)
    await api.get(f"/api/parcels/v1/parcels/{parcel}", headers=bearer("porter"))
    await rows(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND datname = current_database()"
    )
    await asyncio.sleep(0.1)

    assert await shelved(api, bearer)
    assert (await api.get(f"/api/parcels/v1/parcels/{parcel}", headers=bearer("porter"))).is_success


async def test_without_a_database_the_service_is_unavailable_and_says_so(
    parcels_settings: service.ParcelSettings, bearer: Bearer
) -> None:
    nowhere = parcels_settings.model_copy(
        update={"database_url": SecretStr("postgresql://nobody:secret@127.0.0.1:1/nothing")}
    )
    runtime = service.build_runtime(nowhere)
    transport = httpx.ASGITransport(service.create_app(runtime))
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
        for answer in (
            await client.post("/api/parcels/v1/parcels", json={"label": "x"}, headers=bearer("porter")),
            await client.post(
                f"/api/parcels/v1/parcels/{uuid4()}/claim", json={"holder": "x"}, headers=bearer("porter")
            ),
            await client.get(f"/api/parcels/v1/parcels/{uuid4()}", headers=bearer("porter")),
        ):
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
            assert answer.json()["code"] == "unavailable"
        assert (await client.get("/readyz")).status_code == 503
        assert (await client.get("/livez")).status_code == 200
    await runtime.close()


async def test_a_refusal_of_the_domain_is_a_problem_in_the_readers_language(
    api: httpx.AsyncClient, bearer: Bearer
) -> None:
    parcel = await shelved(api, bearer, "piano")
    path = f"/api/parcels/v1/parcels/{parcel}/claim"
    await api.post(path, json={"holder": "Ada"}, headers=bearer("porter"))

    english = await api.post(path, json={"holder": "Bob"}, headers=bearer("porter"))
    french = await api.post(path, json={"holder": "Bob"}, headers=bearer("porter", locale="fr"))

    assert english.status_code == 409
    assert english.json() == {
        "type": "urn:partywall:problem:parcel_already_claimed",
        "title": "Conflict",
        "status": 409,
        "detail": "Somebody else claimed piano first.",
        "code": "parcel_already_claimed",
        "errors": [
            {
                "field": "parcel",
                "rule": "parcel_already_claimed",
                "detail": "Somebody else claimed piano first.",
            }
        ],
    }
    assert french.json()["detail"] == "Quelqu’un d’autre a réclamé piano en premier."


@pytest.mark.row("X4")
async def test_an_edit_of_what_changed_meanwhile_shows_the_difference(
    api: httpx.AsyncClient, bearer: Bearer
) -> None:
    parcel = await shelved(api, bearer, "books")
    path = f"/api/parcels/v1/parcels/{parcel}/label"
    await api.put(path, json={"label": "novels", "version": 1}, headers=bearer("porter"))

    answer = await api.put(path, json={"label": "poems", "version": 1}, headers=bearer("porter"))

    assert answer.status_code == 409
    assert answer.json()["current"] == 2
    assert answer.json()["difference"] == {"label": {"stands": "novels", "sent": "poems"}}


async def test_invalid_input_names_field_and_rule(api: httpx.AsyncClient, bearer: Bearer) -> None:
    answer = await api.post("/api/parcels/v1/parcels", json={"label": ""}, headers=bearer("porter"))

    assert answer.status_code == 422
    assert answer.headers["content-type"] == PROBLEM
    (error,) = answer.json()["errors"]
    assert (error["field"], error["rule"]) == ("label", "string_too_short")


async def test_a_body_that_is_no_json_is_a_problem(api: httpx.AsyncClient, bearer: Bearer) -> None:
    headers = bearer("porter") | {"Content-Type": "application/json"}
    answer = await api.post("/api/parcels/v1/parcels", content=b'{"label": ', headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (422, PROBLEM)


@pytest.mark.parametrize(
    ("request_line", "status", "code"),
    [
        ("GET /nowhere", 404, "not_found"),
        ("DELETE /api/parcels/v1/parcels", 405, "method_not_allowed"),
        (f"GET /api/parcels/v1/parcels/{UUID(int=7)}", 404, "not_found"),
    ],
)
async def test_every_refusal_is_a_problem_document(
    api: httpx.AsyncClient, bearer: Bearer, request_line: str, status: int, code: str
) -> None:
    answer = await api.request(*request_line.split(), headers=bearer("porter"))
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM)
    assert (answer.json()["status"], answer.json()["code"]) == (status, code)


@pytest.mark.row("X5")
async def test_the_idempotency_key_of_a_request(api: httpx.AsyncClient, bearer: Bearer, rows: Rows) -> None:
    headers = bearer("porter") | {"Idempotency-Key": "abc"}

    answers = await asyncio.gather(
        *(api.post("/api/parcels/v1/parcels", json={"label": "x"}, headers=headers) for _ in range(5))
    )
    other = await api.post("/api/parcels/v1/parcels", json={"label": "y"}, headers=headers)

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(await rows("SELECT * FROM parcel")) == 1
    assert other.status_code == 422
    assert other.json()["code"] == "idempotency_key_reused"
    assert other.json()["errors"][0]["field"] == "Idempotency-Key"


@pytest.mark.parametrize("announced", [True, False], ids=["announced", "streamed"])
async def test_a_body_over_the_limit_is_refused(
    api: httpx.AsyncClient, bearer: Bearer, announced: bool
) -> None:
    body = json.dumps({"label": "x" * 30_000}).encode()

    async def stream() -> Any:
        for at in range(0, len(body), 4096):
            yield body[at : at + 4096]

    headers = bearer("porter") | {"Content-Type": "application/json"}
    answer = await api.post(
        "/api/parcels/v1/parcels", content=body if announced else stream(), headers=headers
    )

    assert (answer.status_code, answer.headers["content-type"]) == (413, PROBLEM)
    assert answer.json()["code"] == "too_large"


async def test_a_path_for_uploads_may_have_a_limit_of_its_own(runtime: Runtime, bearer: Bearer) -> None:
    app = service_app(
        runtime,
        title="x",
        api_routers=[service.api],
        body_limit=10,
        body_limits={"/api/parcels/v1/parcels": 50},
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:
        fits = await client.post(
            "/api/parcels/v1/parcels", json={"label": "a label of 30 characters"}, headers=bearer("porter")
        )
        elsewhere = await client.put(
            f"/api/parcels/v1/other/{uuid4()}", json={"label": "a label of 30 characters"}
        )
    assert (fits.status_code, elsewhere.status_code) == (201, 413)


async def test_security_headers_are_on_every_answer(api: httpx.AsyncClient) -> None:
    for path in ("/livez", "/nowhere", "/api/parcels/v1/parcels/x"):
        headers = (await api.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["cache-control"] == "no-store"
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "strict-transport-security" not in headers


async def test_https_is_demanded_from_browsers_where_it_is_served(
    parcels_settings: service.ParcelSettings,
) -> None:
    secure = service.build_runtime(parcels_settings.model_copy(update={"public_url": "https://x.example"}))
    transport = httpx.ASGITransport(service.create_app(secure))
    async with httpx.AsyncClient(transport=transport, base_url="https://x.example") as client:
        assert "max-age" in (await client.get("/livez")).headers["strict-transport-security"]
    await secure.close()


async def test_what_nobody_foresaw_is_an_error_without_details(
    api: httpx.AsyncClient, bearer: Bearer
) -> None:
    with structlog.testing.capture_logs() as lines:
        answer = await api.get("/api/parcels/v1/broken", headers=bearer("porter") | {"x-name": "Ada"})

    assert (answer.status_code, answer.headers["content-type"]) == (500, PROBLEM)
    assert "parcel 7" not in answer.text
    # The staff register, which this service asks its gateway for, has a line of its own.
    (line,) = [each for each in lines if each["event"] == "request_failed"]
    assert (line["error"], line["status"]) == ("RuntimeError", 500)
    assert answer.json()["reference"] == line["reference"]
    assert line["where"][-1].startswith("parcels.service:broken:")
    assert "parcel 7" not in str(line)
    assert "Ada" not in str(line)


async def test_a_request_is_logged_by_template_and_reference_alone(
    api: httpx.AsyncClient, bearer: Bearer
) -> None:
    parcel = await shelved(api, bearer)
    with structlog.testing.capture_logs() as lines:
        await api.get(
            f"/api/parcels/v1/parcels/{parcel}?q=secret", headers=bearer("visitor", subject="staff-7")
        )
        await api.get(f"/api/parcels/v1/parcels/{parcel}", headers=bearer("visitor", subject="staff-7"))

    refused, line = lines
    assert refused["status"] == 422
    assert "secret" not in str(refused)
    assert line["route"] == "/api/parcels/v1/parcels/{parcel}"
    assert (line["method"], line["status"], line["actor"]) == ("GET", 200, "staff-7")
    for word in ("secret", str(parcel), "Test Person", "books"):
        assert word not in str(line)


@pytest.mark.row("X1")
@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("fr-CA,fr;q=0.9,en;q=0.8", "fr"),
        ("en;q=0.4, fr;q=0.6", "fr"),
        ("en-CA,fr;q=0.5", "en"),
        ("de, *;q=0.1", "en"),
        ("fr;q=much", "en"),
        ("", "en"),
    ],
)
def test_the_language_a_reader_likes_best(accepted: str, language: str) -> None:
    assert preferred(accepted) == language


@pytest.mark.row("X1")
async def test_refusals_of_the_framework_are_translated_too(
    api: httpx.AsyncClient, runtime: Runtime, bearer: Bearer
) -> None:
    runtime.translate = lambda text, locale: f"[{locale}] {text}"
    runtime.explain = lambda problem, locale: f"[{locale}] {problem['type']}"
    french = {"Accept-Language": "fr"}
    missing = await api.get("/nowhere", headers=french)
    unsigned = await api.post("/api/parcels/v1/parcels", headers=french)
    wrong = await api.post(
        "/api/parcels/v1/parcels", json={"label": ""}, headers=bearer("porter", locale="fr")
    )
    broken = await api.get("/api/parcels/v1/broken", headers=bearer("porter", locale="fr"))
    for answer in (missing, unsigned, wrong, broken):
        assert answer.json()["detail"].startswith("[fr] ")
    assert wrong.json()["errors"][0]["detail"] == "[fr] string_too_short"


async def test_metrics_count_by_template(api: httpx.AsyncClient, bearer: Bearer) -> None:
    await api.get(f"/api/parcels/v1/parcels/{uuid4()}", headers=bearer("visitor"))
    await api.get("/wp-login.php")

    text = (await api.get("/metrics")).text

    assert 'route="/api/parcels/v1/parcels/{parcel}"' in text
    assert 'route="unmatched"' in text
    assert "wp-login" not in text


async def test_the_trace_of_the_caller_goes_on_into_the_outbox(
    api: httpx.AsyncClient, bearer: Bearer, rows: Rows
) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    headers = bearer("porter") | {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}

    await api.post("/api/parcels/v1/parcels", json={"label": "x"}, headers=headers)

    (message,) = await rows("SELECT traceparent FROM outbox")
    assert message["traceparent"].startswith(f"00-{trace}-")


async def test_every_route_is_accounted_for_and_agrees_with_the_document(runtime: Runtime) -> None:
    app = service.create_app(runtime)

    accounts = account_for(app)

    assert {each.path for each in accounts if each.public} == {
        "/livez",
        "/readyz",
        "/metrics",
        "/api/parcels/v1/docs",
        "/api/parcels/v1/docs/files/*",
        "/api/parcels/v1/openapi.json",
    }
    documented = {
        (path, method.upper()) for path, methods in app.openapi()["paths"].items() for method in methods
    }
    assert {(each.path, each.method) for each in accounts if each.in_schema} == documented
    assert all("bearer" in each.guards for each in accounts if each.in_schema)
    for methods in app.openapi()["paths"].values():
        for operation in methods.values():
            assert operation["security"] == [{"bearer": []}]


async def test_a_planted_unguarded_route_is_seen(runtime: Runtime) -> None:
    inner = APIRouter()
    outer = APIRouter(prefix="/outer")

    @inner.get("/planted")
    async def planted() -> None:
        """A route whose author forgot its guard."""

    outer.include_router(inner, prefix="/inner")

    public = {
        each.path for each in account_for(service_app(runtime, title="x", api_routers=[outer])) if each.public
    }
    assert "/outer/inner/planted" in public


async def test_the_documentation_needs_nothing_from_elsewhere(api: httpx.AsyncClient) -> None:
    page = await api.get("/api/parcels/v1/docs")
    assert page.status_code == 200
    assert "http://" not in page.text
    assert "https://" not in page.text
    assert "'unsafe-inline'" not in page.headers["content-security-policy"].split("style-src")[0]
    for file in ("swagger-ui-bundle.js", "swagger-ui.css"):
        assert file in page.text
        assert (await api.get(f"/api/parcels/v1/docs/files/{file}")).status_code == 200


async def test_liveness_and_readiness(api: httpx.AsyncClient, runtime: Runtime) -> None:
    assert (await api.get("/livez")).status_code == 200
    ready = await api.get("/readyz")
    assert (ready.status_code, ready.json()["checks"]) == (200, {"database": "ok", "keys": "ok"})

    class BrokerForgetful(Exception):
        """The broker doesn't sync."""

    async def refuse() -> None:
        raise BrokerForgetful("nats://user:password@broker")

    runtime.checks["broker"] = refuse
    unready = await api.get("/readyz")
    assert unready.status_code == 503
    assert unready.json() == {
        "ready": False,
        "checks": {"database": "ok", "keys": "ok", "broker": "BrokerForgetful"},
    }
