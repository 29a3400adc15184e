"""Beginning of every program that runs beside a service: its settings, what it was given, how it answers."""

import asyncio
import json
import os
import sys

import asyncpg
import nats

GIVEN = json.load(sys.stdin)
PREFIX = next(name for name in ("UNITS_", "SUPPORT_", "TENANCY_") if f"{name}DATABASE_URL" in os.environ)
SERVICE = PREFIX[:-1].lower()
REFUSED = []


def setting(name):
    """Return a setting of the service."""
    return os.environ[PREFIX + name]


async def database():
    """Connect as the service's own role."""
    return await asyncpg.connect(setting("DATABASE_URL").replace("+asyncpg", ""))


async def broker():
    """Connect as the service's own user; what the server refuses is collected."""

    async def refused(error):
        REFUSED.append(str(error))

    return await nats.connect(
        setting("NATS_URL"),
        user=setting("NATS_USER"),
        password=setting("NATS_PASSWORD"),
        inbox_prefix=f"_INBOX.{SERVICE}".encode(),
        error_cb=refused,
        allow_reconnect=False,
    )


def answer(main):
    """Run `main` and print what it returns."""
    print(json.dumps(asyncio.run(main()), default=str))
