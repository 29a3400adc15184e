"""The program that integration tests run beside a service, with that service's settings and nothing else.

It is handed to the service's own interpreter as text (`testkit.live`), so it may import only what every
service has; and it is run hundreds of times, so it imports only what it is about to use. It reads one JSON
object from stdin, `{"do": name, ...}`, and answers JSON on stdout.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import os
import random
import sys
import uuid
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import asyncpg

if TYPE_CHECKING:
    from nats.aio.client import Client

PREFIX = next(
    (name for name in ("UNITS_", "SUPPORT_", "TENANCY_") if f"{name}DATABASE_URL" in os.environ), ""
)
Given = dict[str, Any]


def setting(name: str) -> str:
    """Return a setting of the service."""
    return os.environ[PREFIX + name]


async def database() -> Any:
    """Connect as the service's own role."""
    return await asyncpg.connect(setting("DATABASE_URL").replace("+asyncpg", ""))


async def broker(refused: list[str]) -> Client:
    """Connect as the service's own user; what the server refuses asynchronously is added to `refused`."""

    import nats

    async def note(error: Exception) -> None:
        refused.append(str(error).lower())

    return await nats.connect(
        setting("NATS_URL"),
        user=setting("NATS_USER"),
        password=setting("NATS_PASSWORD"),
        inbox_prefix=f"_INBOX.{setting('NATS_USER')}".encode(),
        error_cb=note,
        allow_reconnect=False,
    )


async def rows(given: Given) -> Any:
    """Run one statement; its parameters come as text and are given the type they have in the statement."""
    statement = await (await database()).prepare(given["sql"])
    makers: dict[str, Callable[[str], object]] = {"uuid": uuid.UUID, "int4": int, "int8": int}
    kinds = [kind.name for kind in statement.get_parameters()]
    params = [makers.get(kind, str)(value) for kind, value in zip(kinds, given["params"], strict=True)]
    return [dict(row) for row in await statement.fetch(*params)]


async def tables(given: Given) -> Any:
    """Return every row of every table as text, sorted."""
    connection = await database()
    names = await connection.fetch(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind = 'r' AND n.nspname = 'public' ORDER BY 1"
    )
    found = {}
    for (name,) in names:
        if name not in given["leave_out"]:
            every = await connection.fetch(f'SELECT t::text FROM "{name}" t')  # noqa: S608 - from the catalogue
            found[name] = sorted(row[0] for row in every)
    return found


async def events(given: Given) -> Any:
    """Return the events in the outbox (id, subject, status), the ids of those acted on, and those that are
    parked or wait for another attempt.
    """
    connection = await database()
    published = await connection.fetch(
        "SELECT id, subject, status FROM outbox WHERE status NOT IN ('withheld', 'undone')"
    )
    received = await connection.fetch("SELECT id FROM inbox")
    parked = await connection.fetch(
        "SELECT subject, state, reason FROM parked WHERE state IN ('parked', 'waiting')"
    )
    return {
        "published": [tuple(row) for row in published],
        "received": [row["id"] for row in received],
        "parked": [dict(row) for row in parked],
    }


async def publish_again(given: Given) -> Any:
    """Publish what was sent since `since`, shuffled, each under a message id that the broker doesn't know."""
    sent = await (await database()).fetch(
        "SELECT subject, data::text AS data FROM outbox"
        " WHERE status = 'published' AND recorded_at >= $1 ORDER BY id",
        dt.datetime.fromisoformat(given["since"]),
    )
    order = random.Random(given["seed"])  # noqa: S311 - a test's order, to be had again
    client = await broker([])
    stream = client.jetstream(timeout=30)
    for row in order.sample(sent, len(sent)):
        headers = {"Nats-Msg-Id": str(uuid.uuid4())}
        await stream.publish(row["subject"], row["data"].encode(), headers=headers)
    await client.close()
    return len(sent)


async def lag(given: Given) -> Any:
    """Return how many events of other services wait for this one; `ask` are the subjects at
    which the broker reports the service's consumers."""
    client = await broker([])
    waiting = 0
    for asked in given["ask"]:
        info = json.loads((await client.request(asked, b"", timeout=30)).data)
        waiting += info["num_pending"] + info["num_ack_pending"]
    await client.close()
    return waiting


async def trespass(given: Given) -> Any:
    """Try what isn't granted, and return how the server answered each attempt."""
    from nats.errors import NoRespondersError
    from nats.errors import TimeoutError as NatsTimeout

    refused: list[str] = []
    client = await broker(refused)
    found = {}
    for how, subject in given["attempts"]:
        refused.clear()
        answered = "let through"
        try:
            match how:
                case "publish":
                    await client.publish(subject, b"{}")
                    await client.flush(timeout=30)
                case "subscribe":
                    await client.subscribe(subject)
                    await client.flush(timeout=30)
                case _:
                    await client.request(subject, b"", timeout=1)
        except NoRespondersError:
            answered = "nobody there"
        except NatsTimeout:
            answered = "no answer"
        # The refusal of a user arrives as an asynchronous error, a moment later.
        for _ in range(20):
            if refused or answered == "nobody there":
                break
            await asyncio.sleep(0.05)
        if any("permissions violation" in words for words in refused):
            answered = "refused"
        found[f"{how} {subject}"] = answered
    await client.close()
    return found


async def burgle(given: Given) -> Any:
    """Connect to another service's database with this service's own role and password."""
    own = urlsplit(setting("DATABASE_URL"))
    place = {"host": given["host"], "port": given["port"], "database": given["database"]}
    try:
        connection = await asyncpg.connect(**place, user=own.username, password=own.password, timeout=5)
    except asyncpg.PostgresError as refused:
        return refused.sqlstate
    except (OSError, TimeoutError):
        return "unreachable"
    await connection.close()
    return "let in"


PROGRAMS: dict[str, Callable[[Given], Awaitable[Any]]] = {
    program.__name__: program for program in (rows, tables, events, publish_again, lag, trespass, burgle)
}


async def _answer() -> None:
    given = json.load(sys.stdin)
    json.dump(await PROGRAMS[given["do"]](given), sys.stdout, default=str)


if __name__ == "__main__":
    asyncio.run(_answer())
