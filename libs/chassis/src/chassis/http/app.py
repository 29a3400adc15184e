"""The web application of a service: its routers, and everything that is the same for all services."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from fastapi import APIRouter, FastAPI

from chassis.feature import offers_of
from chassis.http import description, docs, health, problems
from chassis.http.auth import TokenVerifier
from chassis.http.direct import Direct
from chassis.http.edge import Edge
from chassis.runtime import Runtime

BODY_LIMIT = 1_048_576


def service_app(
    runtime: Runtime,
    *,
    title: str,
    api_routers: Sequence[APIRouter] = (),
    verifier: TokenVerifier | None = None,
    api_prefix: str = "",
    body_limit: int = BODY_LIMIT,
    body_limits: Mapping[str, int] | None = None,
    docs_prefix: str | None = None,
) -> FastAPI:
    """Return the application: problem documents, health, metrics, documentation, limits and telemetry.

    `verifier` is made from the settings when it isn't given. `body_limit` is in bytes; `body_limits` has
    limits for paths that begin with its keys (uploads). The OpenAPI document and its page are under
    `docs_prefix`, by default `/api/<name of the runtime>/v1`.
    """
    settings = runtime.settings
    if verifier is None:
        verifier = TokenVerifier(settings.issuer, settings.audience, settings.entity, settings.jwks_url)
        runtime.closing.append(verifier.close)
    verifier.register = runtime.register
    runtime.companions.append(verifier.following)
    runtime.companions.extend(
        partial(its, runtime.database) for its in offers_of(runtime.features, "companion")
    )
    runtime.checks.setdefault("keys", verifier.check)
    prefix = docs_prefix if docs_prefix is not None else api_prefix or f"/api/{runtime.name}/v1"

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as entered:
            entered.push_async_callback(runtime.close)
            for companion in runtime.companions:
                await entered.enter_async_context(companion())
            yield

    app = FastAPI(
        title=title,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{prefix}/openapi.json",
        # FastAPI's own spans have the path and the query as requested, its logs the messages of exceptions:
        # both may name people. The edge traces, counts and logs each request.
        telemetry={
            "tracing": False,
            "metrics": False,
            "logs": False,
            "operation_spans": False,
            "auto_configure": False,
        },
    )
    app.state.runtime = runtime
    app.state.verifier = verifier
    problems.install(app, runtime)
    health.install(app, runtime)
    docs.install(app, prefix)
    description.describe(app)
    # With the prefix here and no router around them: FastAPI builds routes again at each level.
    for router in api_routers:
        app.include_router(router, prefix=api_prefix)
    app.add_middleware(Direct, routes_of=app, runtime=runtime)
    app.add_middleware(
        Edge,
        runtime=runtime,
        body_limit=body_limit,
        body_limits=body_limits or {},
        secure=settings.public_url.startswith("https:"),
    )
    return app
