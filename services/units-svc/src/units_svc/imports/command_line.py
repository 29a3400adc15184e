"""`python -m units_svc import FILE --mapping toronto-rentsafe [--dry-run] [--limit N]` (U8)."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from chassis.actor import Actor
from chassis.errors import DomainError, fill
from chassis.perform import ask, perform
from chassis.runtime import Runtime
from chassis.settings import SettingsIncomplete
from units_svc.imports.commands import ImportCommand, discard_import
from units_svc.imports.loading import Loaded, load, write
from units_svc.imports.mapping import Mapping, mapping_named, read_mapping, ready_mappings
from units_svc.imports.queries import import_problems, import_record
from units_svc.settings import UnitsSettings
from units_svc.wiring import build_runtime

SHOWN_PROBLEMS = 50


def import_file(arguments: Sequence[str]) -> int:
    """Run the command; return its status: 0 done, 1 done with wrong rows, 2 not done."""
    chosen = _parser().parse_args(arguments)
    try:
        settings = UnitsSettings.from_environment()
        mapping = read_mapping(chosen.mapping_file) if chosen.mapping_file else mapping_named(chosen.mapping)
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
    parser.add_argument("file", type=Path, help="the CSV file")
    parser.add_argument("--mapping", default="unit-list", help=f"one of: {', '.join(ready_mappings())}")
    parser.add_argument("--mapping-file", type=Path, help="a mapping of your own, TOML or JSON")
    parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")
    parser.add_argument("--limit", type=int, help="read no more than so many rows")
    return parser


async def _run(settings: UnitsSettings, mapping: Mapping, chosen: argparse.Namespace) -> int:
    runtime = build_runtime(settings)
    actor = Actor.system("import", runtime.entity)
    try:
        with chosen.file.open("rb") as file:
            loaded = await load(
                runtime,
                actor,
                mapping,
                file,
                file_name=chosen.file.name,
                row_limit=chosen.limit,
                progress=lambda rows: _say(f"{rows:,} rows read", over=True),
            )
        await _report(runtime, actor, loaded)
        if chosen.dry_run:
            await perform(runtime, actor, discard_import, ImportCommand(loaded.import_id))
            _say("Dry run: nothing was written.")
        elif loaded.counts.new or loaded.counts.changed:
            await write(runtime, actor, loaded.import_id)
            _say("Written.")
        else:
            await write(runtime, actor, loaded.import_id)
            _say("Nothing to write.")
        found = await ask(runtime, actor, import_record, loaded.import_id)
    except (DomainError, OSError) as refused:
        _say(str(refused))
        return 2
    finally:
        await runtime.close()
    return 1 if found.wrong_rows else 0


async def _report(runtime: Runtime, actor: Actor, loaded: Loaded) -> None:
    found = await ask(runtime, actor, import_record, loaded.import_id)
    problems = await ask(runtime, actor, import_problems, loaded.import_id, limit=SHOWN_PROBLEMS)
    for problem in problems:
        where = f"line {problem.line}" + (f", column {problem.column}" if problem.column else "")
        _say(f"  {where}: {fill(problem.message, problem.params)} [{problem.rule}]")
    if found.wrong_rows > len({problem.line for problem in problems}):
        _say("  … and more")
    _say(f"{found.rows:,} rows read, {found.wrong_rows:,} of them wrong")
    _say(f"homes: {found.new:,} new, {found.changed:,} changed, {found.unchanged:,} unchanged")


def _say(line: str, *, over: bool = False) -> None:
    if over and sys.stdout.isatty():
        sys.stdout.write(f"\r{line}\033[K")
    elif not over:
        sys.stdout.write(f"\r{line}\033[K\n" if sys.stdout.isatty() else f"{line}\n")
    sys.stdout.flush()
