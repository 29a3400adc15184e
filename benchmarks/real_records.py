"""Records for `real_commands.py`: prepared once by real commands, then copied; and what a command wrote.

Every identifier that belongs to a prepared record becomes, in a copy, one derived from the copy's own
identifier, so that all its rows can be found by that identifier.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import MetaData, Table, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

Row = Mapping[str, Any]
Snapshot = Mapping[str, Mapping[tuple[Any, ...], Row]]
Change = Callable[[Any], Any]

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MACHINERY = frozenset({"outbox", "audit", "access_log", "idempotency", "inbox", "bus_position"})
"""Written together with a record, and not needed to continue with it."""
_BY_TRIGGER = frozenset({"client_name", "client_name_word"})
"""Written by triggers whenever a client is written."""


@dataclass(frozen=True)
class Written:
    """What one command wrote: new rows, changed columns and deleted rows, by table and primary key."""

    inserted: Sequence[tuple[str, Row]]
    updated: Sequence[tuple[str, tuple[Any, ...], Row]]
    deleted: Sequence[tuple[str, tuple[Any, ...]]]

    @property
    def tables(self) -> list[str]:
        """The tables that are written to."""
        return sorted({each[0] for each in (*self.inserted, *self.updated, *self.deleted)})

    def __str__(self) -> str:
        parts = (("inserted", self.inserted), ("changed", self.updated), ("deleted", self.deleted))
        return ", ".join(f"{len(rows)} rows {what}" for what, rows in parts if rows)


async def reflected(connection: AsyncConnection) -> MetaData:
    """Read the database's own description of its tables."""
    metadata = MetaData()
    await connection.run_sync(metadata.reflect)
    return metadata


async def snapshot(url: str) -> Snapshot:
    """Read all rows of all tables that have a primary key, by that key."""
    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            return {
                table.name: {
                    tuple(row[column.name] for column in table.primary_key): dict(row)
                    for row in (await connection.execute(select(table))).mappings()
                }
                for table in (await reflected(connection)).sorted_tables
                if len(table.primary_key)
            }
    finally:
        await engine.dispose()


def written_between(before: Snapshot, after: Snapshot) -> Written:
    """Return what was written between two snapshots, without what triggers write."""
    inserted, updated, deleted = [], [], []
    for name in after.keys() - _BY_TRIGGER:
        for key, row in after[name].items():
            old = before[name].get(key)
            if old is None:
                inserted.append((name, row))
            elif old != row:
                changed = {column: value for column, value in row.items() if value != old[column]}
                updated.append((name, key, changed))
        deleted += [(name, key) for key in before[name].keys() - after[name].keys()]
    return Written(inserted, updated, deleted)


def records_between(before: Snapshot, after: Snapshot) -> list[tuple[str, Row]]:
    """Return the rows of a record that was prepared between two snapshots, without what records share."""
    return [
        (name, row)
        for name in after
        if name not in _MACHINERY
        for key, row in after[name].items()
        if key not in before[name] and identifiers(row)
    ]


def identifiers(values: object) -> set[UUID]:
    """Return all identifiers in these values, whether as such or within a text."""
    return {UUID(found) for found in _UUID.findall(repr(values))}


def copied(old: Iterable[UUID], original: UUID, copy: UUID) -> Change:
    """Return what turns a value of the original record into that of its copy."""
    new = {each: uuid5(copy, str(each)) for each in old} | {original: copy}
    texts = {str(each): str(other) for each, other in new.items()}

    def changed(value: Any) -> Any:
        if isinstance(value, UUID):
            return new.get(value, value)
        if isinstance(value, str):
            return _UUID.sub(lambda found: texts.get(found[0], found[0]), value)
        if isinstance(value, Mapping):
            return {changed(key): changed(each) for key, each in value.items()}
        if isinstance(value, list):
            return [changed(each) for each in value]
        return value

    return changed


def insertable(table: Table, row: Row, changed: Change) -> dict[str, Any]:
    """Return the values of a new row: without what the database itself fills in, and without NULL."""
    own = {column.name for column in table.columns if column.identity or column.computed}
    return {name: changed(value) for name, value in row.items() if name not in own and value is not None}


async def multiply(url: str, rows: Sequence[tuple[str, Row]], changes: Sequence[Change]) -> None:
    """Insert a copy of these rows for each of `changes`, past triggers and foreign keys, as a superuser."""
    engine = create_async_engine(url)
    try:
        async with engine.begin() as connection:
            metadata = await reflected(connection)
            await connection.execute(text("SET LOCAL session_replication_role = replica"))
            for name, row in rows:
                table = metadata.tables[name]
                copies = [insertable(table, row, changed) for changed in changes]
                await connection.execute(table.insert(), copies)
    finally:
        await engine.dispose()


async def counts(url: str) -> dict[str, int]:
    """Return the number of rows of each table."""
    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            found = {}
            for name in (await reflected(connection)).tables:
                found[name] = int(await connection.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0)  # noqa: S608
            return found
    finally:
        await engine.dispose()
