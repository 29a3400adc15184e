"""What a party that leaves takes along: its databases, what it published, its entry in the register (N5)."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

import asyncpg

from partywall.layout import Kind
from partywall.parties import BadParties
from partywall.postgres import BINARIES, SUPERUSER, PostgresFailed
from partywall.stack import Stack

CONTENTS = "contents.json"
"""The file that lists the others, each with its size and SHA-256."""
_AT_ONCE = 1_000
_OUTBOX = "SELECT row_to_json(o)::text FROM outbox o ORDER BY position"


def new_folder(folder: Path) -> Path:
    """Make the folder for an export, for its owner alone. Raises BadParties when there is something in it."""
    folder = folder.expanduser().resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadParties(f"{folder} isn't empty; name another folder for the export.")
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder


async def export(stack: Stack, party: str, folder: Path) -> list[Path]:
    """Write everything that a party owns here into an empty folder, and return the files.

    Its PostgreSQL server must run, and its services should not: what they wrote meanwhile would be missing.
    """
    written: list[Path] = []
    for part in stack.layout.parts_of(party):
        if part.kind is not Kind.SERVE:
            continue
        written.append(_dump(stack, party, part.database, folder / f"{part.service}.sql"))
        if part.seat is not None:
            lines = folder / f"{part.service}-outbox.jsonl"
            written.append(await _outbox(stack, party, part.database, lines))
    for source in (stack.neighbourhood.file, stack.neighbourhood.keys.folder / f"{party}.key"):
        written += [Path(shutil.copy(source, folder))]
    for path in written:
        path.chmod(0o600)
    return [*written, _contents(party, folder, written)]


def _dump(stack: Stack, party: str, database: str, path: Path) -> Path:
    cluster = stack.programs.postgres(party)
    command = [str(BINARIES / "pg_dump"), "--no-owner", "--no-privileges", f"--file={path}"]
    command += ["--host=127.0.0.1", f"--port={cluster.port}", f"--username={SUPERUSER}", database]
    environment = {"PATH": os.environ.get("PATH", ""), "PGPASSWORD": cluster.superuser_password}
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        raise PostgresFailed(f"pg_dump of {database} failed: {done.stderr.strip()}")
    return path


async def _outbox(stack: Stack, party: str, database: str, path: Path) -> Path:
    connection = await asyncpg.connect(stack.programs.postgres(party).dsn(database))
    try:
        async with connection.transaction():
            with path.open("w", encoding="utf-8") as lines:
                async for row in connection.cursor(_OUTBOX, prefetch=_AT_ONCE):
                    lines.write(f"{row[0]}\n")
    finally:
        await connection.close()
    return path


def _contents(party: str, folder: Path, files: list[Path]) -> Path:
    listed = {}
    for file in files:
        with file.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        listed[file.name] = {"bytes": file.stat().st_size, "sha256": digest}
    path = folder / CONTENTS
    at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    path.touch(mode=0o600)
    path.write_text(json.dumps({"party": party, "at": at, "files": listed}, indent=2) + "\n")
    return path
