"""One process at a time does a duty: the one that holds a session-level advisory lock."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from hashlib import blake2b
from typing import Any

import asyncpg
import structlog

from chassis.bus import metrics
from chassis.ending import end

_log = structlog.get_logger(__name__)

Connection = Any  # asyncpg publishes no types
Duty = Callable[[Connection], Awaitable[None]]

# A holder that vanished without closing its connection is noticed by the server within about ten seconds.
_SERVER_SETTINGS = {
    "tcp_keepalives_idle": "4",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
    "statement_timeout": "15s",
    # All that is written here is that something was published. If a crash loses the last of it, it is
    # published again at once and dropped by the stream's duplicate window: not worth waiting for the disk.
    "synchronous_commit": "off",
    "idle_session_timeout": "0",
}
# What an unusable connection raises; ValueError and the like would be a bug and are raised. (asyncpg raises
# the internal error between the server's last message and the end of the connection.)
LOST = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, TimeoutError)


def lock_key(duty: str) -> int:
    """Return the number of a duty's advisory lock, the same in every process and release."""
    return int.from_bytes(blake2b(f"chassis.{duty}".encode(), digest_size=8).digest(), "big", signed=True)


async def lead(dsn: str, duty: str, work: Duty, *, service: str, retry: float = 0.5) -> None:
    """Do `work(connection)` whenever this process holds `duty`; never returns.

    Others ask for the lock every `retry` seconds, so a successor begins within that time after the holder's
    connection has ended. When the connection ends, `work` is cancelled at once: without the lock it
    must not go on. After an error of the database the lock is sought again; any other error of `work` is
    raised.
    """
    leading = metrics.LEADING.labels(service, duty)
    pause = retry
    while True:
        try:
            connection = await _connect(dsn, f"{service} {duty}")
            try:
                await _until_locked(connection, lock_key(duty), retry)
                _log.info("leading", duty=duty)
                leading.set(1)
                pause = retry
                await _while_connected(connection, work)
            finally:
                leading.set(0)
                connection.terminate()
        except LOST as error:
            _log.warning("duty_interrupted", duty=duty, error=type(error).__name__)
        await asyncio.sleep(pause)
        pause = min(pause * 2, 5.0)


async def _connect(dsn: str, application: str) -> Connection:
    return await asyncpg.connect(
        dsn,
        timeout=5,
        command_timeout=20,
        server_settings=_SERVER_SETTINGS | {"application_name": application[:63]},
    )


async def _until_locked(connection: Connection, key: int, retry: float) -> None:
    """Poll for the lock: a statement that waits for it would hold back the vacuuming of dead rows."""
    while True:
        if await connection.fetchval("SELECT pg_try_advisory_lock($1)", key):
            return
        await asyncio.sleep(retry)


async def _while_connected(connection: Connection, work: Duty) -> None:
    task = asyncio.ensure_future(work(connection))
    lost = asyncio.get_running_loop().create_future()

    def ended(_: Connection) -> None:
        if not lost.done():
            lost.set_result(None)

    connection.add_termination_listener(ended)
    try:
        await asyncio.wait({task, lost}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise ConnectionResetError("the connection that holds the lock ended")
        await task
    finally:
        connection.remove_termination_listener(ended)
        await end(task)
