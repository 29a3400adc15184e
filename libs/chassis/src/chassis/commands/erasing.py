"""`erasures` and `erase-again`: who was erased, for an operator to store, and to erase after a restore."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from uuid import UUID

from chassis.actor import Actor
from chassis.perform import perform
from chassis.service import ServiceDefinition
from chassis.settings import WebSettings

_ERASED = "SELECT at, rule, records FROM erasure WHERE cardinality(records) > 0 ORDER BY at, id"


async def erasures(definition: ServiceDefinition, settings: WebSettings) -> int:
    """Print a line of JSON for each person who was erased: when, why, and ids that nothing else has."""
    definition.erasing_again()
    runtime = definition.build_runtime(settings)
    try:
        async with (await runtime.database.raw()).acquire() as connection:
            for row in await connection.fetch(_ERASED):
                line = {
                    "at": row["at"].isoformat(),
                    "rule": row["rule"],
                    "records": [str(one) for one in row["records"]],
                }
                sys.stdout.write(f"{json.dumps(line)}\n")
    finally:
        await runtime.close()
    return 0


def _read(file: str) -> str:
    return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")


async def erase_again(definition: ServiceDefinition, settings: WebSettings, file: str) -> int:
    """Erase again whom a restored database has back, from what `erasures` printed; safe to repeat."""
    again = definition.erasing_again()
    text = await asyncio.to_thread(_read, file)
    records = [UUID(one) for line in text.splitlines() if line.strip() for one in json.loads(line)["records"]]
    runtime = definition.build_runtime(settings)
    actor = Actor.system("operator", settings.entity)
    try:
        erased = [await perform(runtime, actor, again, one) for one in records]
    finally:
        await runtime.close()
    sys.stdout.write(f"{definition.name}: {sum(erased)} erased again\n")
    return 0
