"""`erasures` and `erase-again`: who was erased, for an operator to store, and to erase after a restore."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from uuid import UUID

from chassis.actor import Actor
from chassis.erasing import ErasedBefore
from chassis.perform import perform
from chassis.service import ServiceDefinition
from chassis.settings import WebSettings

_ERASED = "SELECT at, rule, records FROM erasure WHERE cardinality(records) > 0 ORDER BY at, id"
_REFERENCES = "SELECT reference FROM erased_reference ORDER BY reference"


async def erasures(definition: ServiceDefinition, settings: WebSettings) -> int:
    """Print a line of JSON for each person who was erased, and one with the references of them all."""
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
            references = [str(row["reference"]) for row in await connection.fetch(_REFERENCES)]
            sys.stdout.write(f"{json.dumps({'references': references})}\n")
    finally:
        await runtime.close()
    return 0


def _read(file: str) -> str:
    return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")


async def erase_again(definition: ServiceDefinition, settings: WebSettings, file: str) -> int:
    """Erase again whom a restored database has back, from what `erasures` printed; safe to repeat."""
    again = definition.erasing_again()
    text = await asyncio.to_thread(_read, file)
    lines = [json.loads(line) for line in text.splitlines() if line.strip()]
    before = [ErasedBefore(record=UUID(one)) for line in lines for one in line.get("records", ())]
    references = tuple(UUID(one) for line in lines for one in line.get("references", ()))
    runtime = definition.build_runtime(settings)
    actor = Actor.system("operator", settings.entity)
    try:
        erased = [await perform(runtime, actor, again, one) for one in before]
        if references:
            await perform(runtime, actor, again, ErasedBefore(references=references))
    finally:
        await runtime.close()
    sys.stdout.write(f"{definition.name}: {sum(erased)} erased again\n")
    return 0
