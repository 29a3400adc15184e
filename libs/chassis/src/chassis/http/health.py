"""Whether the process is alive and can do its work, and its metrics."""

from __future__ import annotations

import asyncio

from fastapi import FastAPI
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import JSONResponse, Response

from chassis.errors import Hindrance
from chassis.runtime import Runtime

CHECK_SECONDS = 3


async def readiness(runtime: Runtime) -> dict[str, str]:
    """Return `ok`, or what is wrong, for the database and each check of the runtime.

    A failure is named by its type only, because messages of drivers have addresses and users; the message of
    a Hindrance says what to do.
    """
    checks = {"database": runtime.database.ready, **runtime.checks}

    async def one(name: str) -> str:
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                await checks[name]()
        except Hindrance as hindrance:
            return str(hindrance)
        except Exception as failed:  # noqa: BLE001 - whatever is wrong is the answer
            return type(failed).__name__
        return "ok"

    return dict(zip(checks, await asyncio.gather(*(one(name) for name in checks)), strict=True))


def install(app: FastAPI, runtime: Runtime) -> None:
    """Add `/livez`, `/readyz` and `/metrics`, on the service's own port, which no router exposes."""

    @app.get("/livez", include_in_schema=False)
    async def livez() -> JSONResponse:
        return JSONResponse({"status": "ok"})

    @app.get("/readyz", include_in_schema=False)
    async def readyz() -> JSONResponse:
        found = await readiness(runtime)
        ready = all(state == "ok" for state in found.values())
        return JSONResponse({"ready": ready, "checks": found}, 200 if ready else 503)

    @app.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
