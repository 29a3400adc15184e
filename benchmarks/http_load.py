"""Load for the HTTP benchmarks: a few connections that ask again as soon as they are answered.

Bare protocol code, because a client library costs more than the servers that are compared.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any


@dataclass(slots=True)
class Round:
    """One measured stretch: answers a second, latencies in milliseconds, share of CPU the host took."""

    per_second: float
    p50: float
    p99: float
    failed: int
    steal: float


class _Client(asyncio.Protocol):
    def __init__(self, request: Callable[[], bytes], until: float, done: asyncio.Future[None]) -> None:
        self._request = request
        self._until = until
        self._done = done
        self._buffer = b""
        self._asked = 0.0
        self.seconds: list[float] = []
        self.failed = 0

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._ask()

    def _ask(self) -> None:
        self._asked = time.perf_counter()
        if self._asked >= self._until:
            self._transport.close()
            return
        self._transport.write(self._request())

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self._buffer[:end].lower()
        at = head.index(b"content-length:") + 15
        length = int(head[at : head.find(b"\r\n", at) if head.find(b"\r\n", at) > 0 else end])
        if len(self._buffer) < end + 4 + length:
            return
        self.failed += self._buffer[9:10] != b"2"
        self._buffer = b""
        self.seconds.append(time.perf_counter() - self._asked)
        self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._done.set_result(None)


def _same(client: _Client) -> _Client:
    return client


async def load(port: int, request: Callable[[], bytes], *, seconds: float, clients: int = 16) -> Round:
    """Keep `clients` connections to 127.0.0.1:`port` busy; `request()` gives each next request."""
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
    all_of_them = sorted(each for client, _ in pairs for each in client.seconds)
    after = cpu()
    count = len(all_of_them) or 1
    return Round(
        count / lasted,
        all_of_them[count // 2] * 1000,
        all_of_them[min(count - 1, count * 99 // 100)] * 1000,
        sum(client.failed for client, _ in pairs),
        (after[0] - before[0]) / max(after[1] - before[1], 1),
    )


def cpu() -> tuple[int, int]:
    """Return ticks stolen by the host, and all ticks, of all processors since they started."""
    fields = [int(each) for each in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
    return fields[7], sum(fields[:8])


def post(path: str, body: bytes, headers: dict[str, str]) -> bytes:
    """Return a POST request with a JSON body, as bytes on the wire."""
    lines = [f"POST {path} HTTP/1.1", "Host: bench", "Content-Type: application/json"]
    lines += [f"Content-Length: {len(body)}", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body
