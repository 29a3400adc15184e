"""A client that sends or reads too slowly loses its connection; one that stays within the bounds doesn't."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn

from chassis.http import connections
from testkit.ports import free_port
from testkit.waiting import eventually

LARGE = 64 * 1024 * 1024


async def _answer(scope: Any, receive: Any, send: Any) -> None:
    """Read the whole body; answer with its length, or with a great deal for `/large`."""
    length = 0
    while True:
        message = await receive()
        length += len(message.get("body", b""))
        if message["type"] == "http.disconnect":
            return
        if not message.get("more_body"):
            break
    body = b"x" * LARGE if scope["path"] == "/large" else str(length).encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


@asynccontextmanager
async def serving() -> AsyncIterator[int]:
    port = free_port()
    config = uvicorn.Config(
        _answer, port=port, http=connections.BoundedConnection, lifespan="off", log_config=None
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server._serve())
    await eventually(lambda: server.started)
    try:
        yield port
    finally:
        server.should_exit = True
        await task


@pytest.fixture(autouse=True)
def _short_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in {"HEAD": 0.4, "PAUSE": 0.4, "BODY": 1.5, "UNREAD": 0.6}.items():
        monkeypatch.setattr(connections, f"{name}_SECONDS", seconds)


async def trickle(port: int, *pieces: bytes, every: float) -> bytes:
    """Send pieces with pauses; return all that comes back, up to the connection's end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        async with asyncio.timeout(10):
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(every)
            return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


HEAD = b"POST / HTTP/1.1\r\nHost: here\r\nConnection: close\r\nContent-Length: 6\r\n\r\n"


@pytest.mark.parametrize(
    ("pieces", "every"),
    [
        pytest.param([], 1.0, id="nothing is sent"),
        pytest.param([b"G"] + [b"E"] * 5, 0.2, id="a request line that trickles"),
        pytest.param([b"GET / HTTP/1.1\r\n"] + [b"A: b\r\n"] * 8, 0.2, id="headers that trickle"),
        pytest.param([HEAD, b"abc"], 1.0, id="a body that stops"),
        pytest.param(
            [HEAD.replace(b": 6", b": 600")] + [b"a"] * 12, 0.2, id="a body that trickles for too long"
        ),
    ],
)
async def test_a_slow_sender_is_closed(pieces: list[bytes], every: float) -> None:
    async with serving() as port:
        assert not (await trickle(port, *pieces, every=every)).startswith(b"HTTP/1.1 200")


async def test_one_that_pauses_within_the_bounds_is_answered() -> None:
    async with serving() as port:
        answer = await trickle(port, HEAD[:20], HEAD[20:], b"ab", b"cd", b"ef", every=0.15)
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(b"6\r\n0\r\n\r\n")


async def test_several_requests_of_one_connection_each_have_their_time() -> None:
    request = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"
    async with serving() as port:
        answer = await trickle(port, *[request] * 4, every=0.2)
    assert answer.count(b"HTTP/1.1 200") == 4


async def test_who_does_not_read_an_answer_is_closed() -> None:
    async with serving() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /large HTTP/1.1\r\nHost: here\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(1.5)
        read = 0
        try:
            async with asyncio.timeout(10):
                while piece := await reader.read(1 << 20):
                    read += len(piece)
        except ConnectionError:
            pass
        finally:
            writer.close()
    assert read < LARGE
