"""`python -m units_svc import FILE --mapping toronto-rentsafe [--dry-run] [--limit N]` (U8).

The file is stored in the database first; then this process carries the import on, as the worker would.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from uuid import UUID

from chassis.actor import Actor
from chassis.errors import DomainError, fill
from chassis.perform import ask, perform
from chassis.runtime import Runtime
from chassis.settings import SettingsIncomplete
from deskkit.csv_files import harmless
from importing.model import ImportState
from importing.steps import ImportCommand, ReceiveFile
from importing.views import ImportView
from units_svc.imports.commands import (
    carry_through,
    discard_import,
    receive_file,
    resume_import,
)
from units_svc.imports.mapping import MAPPINGS, Mapping
from units_svc.imports.queries import import_problems, import_record, wrong_lines
from units_svc.settings import UnitsSettings
from units_svc.wiring import build_runtime

SHOWN_PROBLEMS = 50


def import_file(arguments: Sequence[str]) -> int:
    """Run the command; return its status: 0 done, 1 done with wrong rows, 2 not done."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    if (chosen.file is None) == (chosen.resume is None):
        parser.error("give a file, or --resume with the number of an import")
    try:
        settings = UnitsSettings.from_environment()
        sent = chosen.mapping_file
        mapping = MAPPINGS.in_file(sent) if sent else MAPPINGS.named(chosen.mapping)
    except SettingsIncomplete as incomplete:
        for line in incomplete.problems:
            _say(f"units: {line}")
        return 2
    except DomainError as refused:
        _say(str(refused))
        return 2
    return asyncio.run(_run(settings, mapping, chosen))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="units_svc import", description="Import units from a CSV file.")
    parser.add_argument("file", type=Path, nargs="?", help="the CSV file")
    known = ", ".join(MAPPINGS.by_name)
    parser.add_argument("--mapping", default=MAPPINGS.template, help=f"one of: {known}")
    parser.add_argument("--mapping-file", type=Path, help="a mapping of your own, TOML or JSON")
    parser.add_argument("--dry-run", action="store_true", help="show what would change, and change nothing")
    parser.add_argument("--limit", type=int, help="read no more than so many rows")
    parser.add_argument("--resume", type=UUID, help="go on with an import that was broken off")
    parser.add_argument("--wrong-rows", type=Path, help="write the wrong rows to this file, to be mended")
    return parser


async def _run(settings: UnitsSettings, mapping: Mapping, chosen: argparse.Namespace) -> int:
    runtime = build_runtime(settings)
    actor = Actor.system("import", runtime.entity)
    try:
        import_id = chosen.resume or await _receive(runtime, actor, mapping, chosen)
        if chosen.resume and (await ask(runtime, actor, import_record, import_id)).resumable:
            await perform(runtime, actor, resume_import, ImportCommand(import_id))
        found = await carry_through(runtime, actor, import_id, progress=_progress)
        await _report(runtime, actor, found)
        if chosen.wrong_rows is not None:
            await _save_wrong_rows(runtime, actor, found, chosen.wrong_rows)
        if found.state is ImportState.FAILED:
            _say(fill(found.failure or "", found.failure_params or {}))
            return 2
        if found.state is ImportState.READY and chosen.dry_run:
            await perform(runtime, actor, discard_import, ImportCommand(import_id))
            _say("Dry run: nothing was written.")
        elif found.state is ImportState.READY:
            _say("Nothing was written yet: decide about it at the desk.")
        elif found.state is ImportState.STOPPED:
            _say(f"Stopped: {found.left:,} right rows aren't written.")
        else:
            _say("Written." if found.new or found.changed else "Nothing to write.")
    except (DomainError, OSError) as refused:
        _say(str(refused))
        return 2
    finally:
        await runtime.close()
    return 1 if found.wrong_rows else 0


async def _receive(runtime: Runtime, actor: Actor, mapping: Mapping, chosen: argparse.Namespace) -> UUID:
    with chosen.file.open("rb") as file:
        received = ReceiveFile(mapping, file, chosen.file.name, chosen.limit, at_once=not chosen.dry_run)
        import_id = await perform(runtime, actor, receive_file, received)
    _say(f"Import {import_id}; if it's broken off, the worker goes on with it, or --resume {import_id}")
    return import_id


def _progress(found: ImportView) -> None:
    doing = {"reading": "reading", "comparing": "comparing", "applying": "writing"}.get(found.state, "done")
    _say(f"{doing}: {found.progress} %, {found.rows:,} rows read, {found.wrong_rows:,} wrong", over=True)


async def _report(runtime: Runtime, actor: Actor, found: ImportView) -> None:
    problems = await ask(runtime, actor, import_problems, found.id, limit=SHOWN_PROBLEMS)
    for problem in problems:
        where = f"line {problem.line}" + (f", column {problem.column}" if problem.column else "")
        params = {**problem.params, "choices": ", ".join(problem.params.get("choices", ()))}
        _say(f"  {where}: {fill(problem.message, params)} [{problem.rule}]")
    if found.wrong_rows > len({problem.line for problem in problems}):
        _say("  … and more")
    _say(f"{found.rows:,} rows read, {found.wrong_rows:,} of them wrong")
    _say(f"homes: {found.new:,} new, {found.changed:,} changed, {found.unchanged:,} unchanged")


async def _save_wrong_rows(runtime: Runtime, actor: Actor, found: ImportView, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(found.header)
        async for lines in wrong_lines(partial(ask, runtime, actor), found.id):
            writer.writerows([harmless(cell) for cell in cells] for cells in lines)
    _say(f"The wrong rows are in {path}.")


def _say(line: str, *, over: bool = False) -> None:
    if over and sys.stdout.isatty():
        sys.stdout.write(f"\r{line}\033[K")
    elif not over:
        sys.stdout.write(f"\r{line}\033[K\n" if sys.stdout.isatty() else f"{line}\n")
    sys.stdout.flush()
