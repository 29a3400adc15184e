"""A wire between a program and PostgreSQL that counts what was really sent, independent of what a library
reports."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit


@dataclass(slots=True)
class Wire:
    """Counts for all connections together since `reset()`.

    `round_trips` are the times somebody asked and waited for the answer (Sync or Query of PostgreSQL's
    protocol); `statements` are the texts or prepared statements that were run (Query or Execute).
    """

    dsn: str
    round_trips: int = 0
    statements: int = 0

    def reset(self) -> None:
        """Begin counting again."""
        self.round_trips = self.statements = 0


@asynccontextmanager
async def counting(dsn: str) -> AsyncIterator[Wire]:
    """Open a port that passes everything on to the server of `dsn` (without TLS); `Wire.dsn` leads through
    it."""
    parts = urlsplit(dsn)
    host, port = parts.hostname or "127.0.0.1", parts.port or 5432
    pumps: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection(host, port)
        for pump in (_forth(reader, there_writer, wire), _back(there_reader, writer)):
            task = asyncio.create_task(pump)
            pumps.add(task)
            task.add_done_callback(pumps.discard)

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    here = server.sockets[0].getsockname()[1]
    credentials, _, _ = parts.netloc.rpartition("@")
    wire = Wire(urlunsplit(parts._replace(netloc=f"{credentials}@127.0.0.1:{here}")))
    try:
        yield wire
    finally:
        server.close()
        for pump in list(pumps):
            pump.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)


async def _forth(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, wire: Wire) -> None:
    try:
        # The first messages (TLS request, start-up) have no letter, only their length.
        while True:
            length = await reader.readexactly(4)
            body = await reader.readexactly(int.from_bytes(length, "big") - 4)
            writer.write(length + body)
            if int.from_bytes(body[:4], "big") == 196_608:
                break
        while True:
            head = await reader.readexactly(5)
            body = await reader.readexactly(int.from_bytes(head[1:], "big") - 4)
            letter = head[:1]
            wire.round_trips += letter in {b"S", b"Q"}
            wire.statements += letter in {b"E", b"Q"}
            writer.write(head + body)
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def _back(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()
