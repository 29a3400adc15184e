"""`python -m <svc>`: start, stop, migrate and check, as an operator does it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from parcels import service

from testkit.ports import free_port

TESTS = Path(__file__).parent.parent


def environment(settings: service.ParcelSettings, **more: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(TESTS),
        "PARCELS_DATABASE_URL": settings.database_url.get_secret_value(),
        "PARCELS_ISSUER": settings.issuer,
        "PARCELS_JWKS_URL": settings.jwks_url,
        "PARCELS_AUDIENCE": settings.audience,
        "PARCELS_ENTITY": settings.entity,
        "PARCELS_PARTIES_FILE": str(settings.parties_file),
        "PARCELS_PARTIES_KEYS": " ".join(settings.parties_keys),
        "PARCELS_PUBLIC_URL": settings.public_url,
        "PARCELS_CSRF_SECRET": settings.csrf_secret.get_secret_value(),
        **more,
    }


async def command(*arguments: str, env: dict[str, str]) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "parcels", *arguments),
        env=env,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(60):
        out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


@asynccontextmanager
async def serving(env: dict[str, str]) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "parcels", "serve"),
        env=env | {"PARCELS_HTTP_PORT": str(port)},
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield process, f"http://127.0.0.1:{port}"
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_a_start_without_settings_names_every_missing_variable() -> None:
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(TESTS), "PARCELS_CSRF_SECRET": "short-secret"}

    status, _, errors = await command("serve", env=env)

    assert status == 2
    for name in ("DATABASE_URL", "ISSUER", "JWKS_URL", "AUDIENCE", "ENTITY", "PARTIES_FILE", "PUBLIC_URL"):
        assert f"parcels: PARCELS_{name} is missing" in errors
    assert "PARCELS_CSRF_SECRET" in errors
    assert "short-secret" not in errors


async def test_migrate_and_check(fresh_database: Any, parcels_settings: service.ParcelSettings) -> None:
    empty = await fresh_database()
    env = environment(parcels_settings) | {"PARCELS_DATABASE_URL": empty.dsn}

    before = await command("check", env=env)
    migrated = await command("migrate", env=env)
    again = await command("migrate", env=env)
    after = await command("check", env=env)

    assert before[0] == 1
    assert "migrations  migrations are pending: run migrate" in before[1]
    assert (migrated[0], again[0]) == (0, 0)
    assert after[:2] == (
        0,
        "settings    ok\ndatabase    ok\nmigrations  ok\ntime_zone   ok\nkeys        ok\n",
    )


async def test_a_request_under_way_is_finished_before_the_process_ends(
    parcels_settings: service.ParcelSettings, bearer: Any, eventually: Any
) -> None:
    async with serving(environment(parcels_settings)) as (process, url), httpx.AsyncClient() as client:

        async def ready() -> bool:
            try:
                return bool((await client.get(f"{url}/readyz")).json()["ready"])
            except httpx.TransportError:
                return False

        await eventually(ready, timeout=30)
        slow = asyncio.create_task(
            client.get(f"{url}/api/parcels/v1/slow", headers=bearer("porter"), timeout=10)
        )
        await asyncio.sleep(0.3)
        process.send_signal(signal.SIGTERM)

        assert (await slow).json() == {"finished": True}
        async with asyncio.timeout(15):
            out, _ = await process.communicate()
        assert process.returncode == 0

    lines = [json.loads(line) for line in out.decode().splitlines()]
    (line,) = [each for each in lines if each.get("route") == "/api/parcels/v1/slow"]
    assert (line["service"], line["entity"], line["status"]) == ("parcels", "property", 200)
