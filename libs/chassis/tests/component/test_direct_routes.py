"""The short way of hot commands answers exactly as FastAPI would, and stays out of what isn't ordinary."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio
from fastapi import APIRouter, FastAPI, Query
from pydantic import BaseModel, Field

from chassis.http import ApiRouter, Call, direct, service_app
from chassis.http.direct import direct_routes
from chassis.runtime import Runtime

Bearer = Callable[..., dict[str, str]]


class Weight(BaseModel):
    """A body."""

    grams: int = Field(ge=1, le=1000)
    note: str = ""


class Weighed(BaseModel):
    """An answer."""

    parcel: UUID
    grams: int
    by: str


def router() -> ApiRouter:
    """The same handler, once direct and once the ordinary way."""
    api = ApiRouter()

    async def weigh(call: Call, parcel: UUID, body: Weight) -> Weighed:
        return Weighed(parcel=parcel, grams=body.grams, by=call.actor.subject)

    api.post("/ordinary/{parcel}/weigh", status_code=201)(weigh)

    async def weigh_directly(call: Call, parcel: UUID, body: Weight) -> Weighed:
        return await weigh(call, parcel, body)

    api.post("/direct/{parcel}/weigh", status_code=201)(direct(weigh_directly))
    return api


@pytest_asyncio.fixture
async def both(runtime: Runtime) -> AsyncIterator[httpx.AsyncClient]:
    """A client of both ways."""
    app = service_app(runtime, title="x", api_routers=[router()], body_limit=1000)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:
        yield client


@pytest.mark.parametrize(
    "request_",
    [
        {"json": {"grams": 5}},
        {"json": {"grams": 5, "note": "é"}},
        {"json": {"grams": 0}},
        {"json": {"grams": "many"}},
        {"json": {}},
        {"json": [1]},
        {"content": b"{", "headers": {"content-type": "application/json"}},
        {"content": b"grams=5", "headers": {"content-type": "application/x-www-form-urlencoded"}},
        {"json": {"grams": 5}, "headers": {"authorization": ""}},
        {"json": {"grams": 5}, "headers": {"authorization": "Bearer forged"}},
        {"json": {"grams": 5}, "headers": {"idempotency-key": "x" * 201}},
        {"json": {"grams": 5, "note": "x" * 1001}},
        {"json": {"grams": 5}, "parcel": "not-a-reference"},
        {"json": {"grams": 5}, "method": "PATCH"},
    ],
    ids=str,
)
async def test_both_ways_answer_alike(
    both: httpx.AsyncClient, bearer: Bearer, request_: dict[str, Any]
) -> None:
    given = dict(request_)
    method, parcel = given.pop("method", "POST"), given.pop("parcel", str(uuid4()))
    given["headers"] = bearer("porter", subject="p-1") | {
        name.title(): value for name, value in given.get("headers", {}).items()
    }
    given["headers"] = {name: value for name, value in given["headers"].items() if value}

    ordinary = await both.request(method, f"/ordinary/{parcel}/weigh", **given)
    directly = await both.request(method, f"/direct/{parcel}/weigh", **given)

    assert directly.status_code == ordinary.status_code
    assert directly.headers["content-type"] == ordinary.headers["content-type"]
    assert directly.headers["content-security-policy"] == ordinary.headers["content-security-policy"]
    answered, expected = directly.json(), ordinary.json()
    for errors in (answered.get("errors", ()), expected.get("errors", ())):
        for error in errors:
            # Pydantic has other words for what isn't JSON, or no object, when it parses the bytes itself.
            if error["rule"] in {"json_invalid", "model_type", "model_attributes_type"}:
                error.update(field="", rule="", detail="")
    assert answered == expected


async def test_both_ways_are_documented_alike(runtime: Runtime) -> None:
    paths = service_app(runtime, title="x", api_routers=[router()]).openapi()["paths"]
    ordinary, directly = (paths[f"/{way}/{{parcel}}/weigh"]["post"] for way in ("ordinary", "direct"))
    for name in ("parameters", "requestBody", "security"):
        assert ordinary[name] == directly[name]
    assert "Idempotency-Key" in {each["name"] for each in directly["parameters"]}


def test_what_direct_cannot_do_is_refused() -> None:
    api = ApiRouter()

    @api.post("/filtered")
    @direct
    async def filtered(call: Call, text: str = Query()) -> str:
        return text

    with pytest.raises(TypeError, match="text is neither"):
        direct_routes(with_routes(api))


def test_a_direct_route_may_hide_no_other() -> None:
    api = ApiRouter()

    @api.post("/parcels/{parcel}")
    @direct
    async def one(call: Call, parcel: str) -> str:
        return parcel

    @api.post("/parcels/search")
    async def search(call: Call) -> str:
        return ""

    with pytest.raises(TypeError, match="would hide /parcels/search"):
        direct_routes(with_routes(api))


def test_a_direct_route_without_a_guard_is_refused() -> None:
    unguarded = APIRouter()

    @unguarded.post("/open")
    @direct
    async def wide_open() -> str:
        return ""

    with pytest.raises(TypeError, match="guards"):
        direct_routes(with_routes(unguarded))


async def test_a_server_with_an_impossible_direct_route_does_not_start(runtime: Runtime) -> None:
    unguarded = APIRouter()

    @unguarded.post("/open")
    @direct
    async def wide_open() -> str:
        return ""

    app = service_app(runtime, title="x", api_routers=[unguarded])

    async def never(*_: Any) -> Any:
        raise AssertionError("the start must fail before anything is answered")

    with pytest.raises(TypeError, match="guards"):
        await app({"type": "lifespan", "asgi": {"version": "3.0"}}, never, never)


def with_routes(router: APIRouter) -> FastAPI:
    """An application that has these routes alone."""
    app = FastAPI()
    app.include_router(router)
    return app
