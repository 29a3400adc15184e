"""Load for the HTTP benchmarks: connections that send again once answered, or so many requests a second.

Bare protocol code where servers are compared, because a client library costs more than they do.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any


@dataclass(slots=True)
class Round:
    """One measured round: answers a second, latencies in milliseconds, share of CPU the host took."""

    per_second: float
    p50: float
    p99: float
    failed: int
    steal: float
    refusal: str = ""
    """What was answered to one of those that failed."""


Request = Callable[[], bytes | None]
"""Gives the next request, or None when there are no more."""


class _Client(asyncio.Protocol):
    def __init__(self, request: Request, until: float, done: asyncio.Future[None]) -> None:
        self._request = request
        self._until = until
        self._done = done
        self._buffer = b""
        self._asked = 0.0
        self.seconds: list[float] = []
        self.failed = 0
        self.refusal = ""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._ask()

    def _ask(self) -> None:
        self._asked = time.perf_counter()
        request = self._request() if self._asked < self._until else None
        if request is None:
            self._transport.close()
            return
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        # An answer without content (204) has no length.
        length = int((re.search(rb"\r\ncontent-length: *(\d+)", self._buffer[:end], re.I) or (0, 0))[1])
        if len(self._buffer) < end + 4 + length:
            return
        self.failed += self._buffer[9:10] != b"2"
        if self._buffer[9:10] != b"2":
            self.refusal = self._buffer.decode(errors="replace")
        self._buffer = b""
        self.seconds.append(time.perf_counter() - self._asked)
        self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._done.set_result(None)


def _same(client: _Client) -> _Client:
    return client


async def load(port: int, request: Request, *, seconds: float, clients: int = 16) -> Round:
    """Keep `clients` connections to 127.0.0.1:`port` busy for some seconds, or until no request is left."""
    loop = asyncio.get_running_loop()
    before, began = cpu(), time.perf_counter()
    pairs = []
    for _ in range(clients):
        done: asyncio.Future[None] = loop.create_future()
        client = _Client(request, began + seconds, done)
        await loop.create_connection(partial(_same, client), "127.0.0.1", port)
        pairs.append((client, done))
    await asyncio.gather(*(done for _, done in pairs))
    lasted = time.perf_counter() - began
    all_of_them = [each for client, _ in pairs for each in client.seconds]
    round_ = _round(all_of_them, sum(client.failed for client, _ in pairs), lasted, before)
    round_.refusal = next((client.refusal for client, _ in pairs if client.refusal), "")
    return round_


async def paced(ask: Callable[[], Awaitable[bool]], *, per_second: float, seconds: float) -> Round:
    """Send so often, whether or not earlier requests have been answered; `ask` returns whether it succeeded.

    A request that is late because of others counts from when it was due.
    """
    before, began = cpu(), time.perf_counter()

    async def one(due: float) -> tuple[float, bool]:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        well = await ask()
        return time.perf_counter() - due, well

    asked = [one(began + at / per_second) for at in range(round(per_second * seconds))]
    answered = await asyncio.gather(*asked)
    took = [each for each, _ in answered]
    return _round(took, sum(not well for _, well in answered), time.perf_counter() - began, before)


def _round(took: list[float], failed: int, lasted: float, before: tuple[int, int]) -> Round:
    after, took = cpu(), sorted(took)
    count = len(took) or 1
    return Round(
        count / lasted,
        took[count // 2] * 1000,
        took[min(count - 1, count * 99 // 100)] * 1000,
        failed,
        (after[0] - before[0]) / max(after[1] - before[1], 1),
    )


def cpu() -> tuple[int, int]:
    """Return ticks stolen by the host, and all ticks, of all processors since they started."""
    fields = [int(each) for each in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
    return fields[7], sum(fields[:8])


def post(path: str, body: bytes, headers: dict[str, str], *, host: str = "bench") -> bytes:
    """Return a POST request with a JSON body, as bytes on the wire."""
    lines = [f"POST {path} HTTP/1.1", f"Host: {host}", "Content-Type: application/json"]
    lines += [f"Content-Length: {len(body)}", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body
