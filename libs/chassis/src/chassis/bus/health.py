"""The worker's health server: /livez, /readyz and /metrics on a port of its own.

By hand, because uvicorn and Starlette for three paths would cost each worker 4.5 MB and 0.05 s of its start.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import structlog
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

_log = structlog.get_logger(__name__)

Check = Callable[[], Awaitable[None]]
_TOO_LONG = 3.0


@dataclass(slots=True)
class Health:
    """The checks of one process, and facts about it.

    A check returns when all is well and raises what is wrong otherwise. `facts` are shown with them and
    decide nothing.
    """

    checks: dict[str, Check] = field(default_factory=dict)
    facts: Callable[[], Mapping[str, object]] = dict

    async def ready(self) -> tuple[bool, dict[str, object]]:
        """Run all checks at once, three seconds at most; return whether all passed, and the report."""

        async def in_time(check: Check) -> None:
            async with asyncio.timeout(_TOO_LONG):
                await check()

        results = await asyncio.gather(*map(in_time, self.checks.values()), return_exceptions=True)
        report: dict[str, object] = {}
        for name, result in zip(self.checks, results, strict=True):
            report[name] = "ok" if result is None else str(result) or type(result).__name__
        passed = all(result is None for result in results)
        return passed, {"ready": passed, "checks": report, **self.facts()}


@asynccontextmanager
async def serving(health: Health, host: str, port: int) -> AsyncIterator[int]:
    """Answer health requests while the block runs; yields the port, which is a free one when `port` is 0."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(5):
                request = await reader.readuntil(b"\r\n\r\n")
            status, kind, body = await _answer(health, request)
            writer.write(
                f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
                "Cache-Control: no-store\r\nConnection: close\r\n\r\n".encode()
                + body
            )
            await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            _log.debug("health_request_ended", error=type(error).__name__)
        finally:
            writer.close()

    server = await asyncio.start_server(answer, host, port)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        await server.wait_closed()


async def _answer(health: Health, request: bytes) -> tuple[str, str, bytes]:
    line = request.split(b"\r\n", 1)[0].split()
    path = line[1].split(b"?", 1)[0] if len(line) == 3 and line[0] == b"GET" else b""
    if path == b"/livez":
        return "200 OK", "application/json", b'{"alive":true}'
    if path == b"/readyz":
        passed, report = await health.ready()
        return (
            "200 OK" if passed else "503 Service Unavailable",
            "application/json",
            json.dumps(report).encode(),
        )
    if path == b"/metrics":
        return "200 OK", CONTENT_TYPE_LATEST, generate_latest()
    return "404 Not Found", "application/json", b'{"detail":"not found"}'
