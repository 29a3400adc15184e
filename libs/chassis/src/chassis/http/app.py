"""The application of a service: its routers, and everything that's the same for every service."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI
from fastapi_offline import FastAPIOffline

from chassis.http import health, problems
from chassis.http.auth import TokenVerifier
from chassis.http.edge import Edge
from chassis.runtime import Runtime


def service_app(
    runtime: Runtime,
    *,
    title: str,
    api_routers: Sequence[APIRouter] = (),
    verifier: TokenVerifier | None = None,
    body_limit: int = 1_048_576,
    api_prefix: str = "",
) -> FastAPI:
    """Return the application: problem documents, health, metrics, offline documentation, limits and
    telemetry.

    `verifier` defaults to one made from the settings; `body_limit` is in bytes.
    """
    settings = runtime.settings
    verifier = verifier or TokenVerifier(
        settings.issuer, settings.audience, settings.entity, settings.jwks_url
    )

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await verifier.close()
        await runtime.close()

    docs = f"{api_prefix}/docs" if api_prefix else "/docs"
    app = FastAPIOffline(
        title=title,
        lifespan=lifespan,
        docs_url=docs,
        redoc_url=None,
        openapi_url=f"{api_prefix}/openapi.json",
        static_url=f"{docs}/static",
        swagger_ui_oauth2_redirect_url=f"{docs}/oauth2-redirect",
    )
    app.state.runtime = runtime
    app.state.verifier = verifier
    problems.install(app, runtime)
    health.install(app, runtime)
    for router in api_routers:
        app.include_router(router, prefix=api_prefix)
    app.add_middleware(Edge, service=runtime.name, body_limit=body_limit)
    return app
