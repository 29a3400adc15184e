"""Every page in every state that its record can have, generated from the tables (house rule 9).

A record that real commands made is changed in one column at a time: to each word of a closed vocabulary, to
true and false, to nothing where it is optional, to a day that is past and one that is to come. Each variant
is put into the database, every page that reads the column is rendered in each language, and the record is
restored. A variant that a constraint of the database refuses is no state.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Container, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import Boolean, Column, Date, DateTime, Enum, MetaData, Table

_WEEK = dt.timedelta(days=7)
_REFUSALS = frozenset({"22", "23", "P0"})
"""Classes of SQLSTATE by which a database refuses a row: data, integrity, a trigger's error."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One record with other values in some columns; `key` names the record."""

    table: str
    key: Mapping[str, Any]
    changes: Mapping[str, Any]
    related: frozenset[Any]

    def __str__(self) -> str:
        changes = ", ".join(
            f"{name} = {'nothing' if value is None else value}" for name, value in self.changes.items()
        )
        return f"{self.table}: {changes}"

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are changed."""
        return tuple(self.changes)


def values_of(column: Column[Any], now: dt.datetime) -> Iterator[Any]:
    """The values that a column is given in turn; none when its type doesn't limit what it may hold."""
    if column.nullable:
        yield None
    if isinstance(column.type, Enum):
        yield from column.type.enums
    elif isinstance(column.type, Boolean):
        yield from (True, False)
    elif isinstance(column.type, DateTime) and column.nullable:
        yield from (now - _WEEK, now + _WEEK)
    elif isinstance(column.type, Date):
        yield from (now.date() - _WEEK, now.date() + _WEEK)


def related_to(row: Mapping[str, Any]) -> frozenset[UUID]:
    """The records that a row is, or names: where it is shown."""
    return frozenset(value for value in row.values() if isinstance(value, UUID))


def _held_by(row: Mapping[str, Any]) -> str:
    return repr([value for value in row.values() if not isinstance(value, UUID)])


def pattern_of(table: Table, row: Mapping[str, Any]) -> tuple[Any, ...]:
    """What the states of two records of a table are alike in: their words, and what is absent."""
    return tuple(
        row[column.name] if isinstance(column.type, Enum | Boolean) else row[column.name] is None
        for column in table.columns
        if column.nullable or isinstance(column.type, Enum | Boolean)
    )


@dataclass(slots=True)
class States:
    """The states of a service's records: reads the records that are there, and puts variants in force.

    `spoken` gives the words that a column of text holds although its type doesn't limit it to them. A column
    `as_written` is never changed, because it depends on the rest of its row; real commands must have written
    each of its words.
    """

    metadata: MetaData
    connection: asyncpg.Connection
    now: dt.datetime
    spoken: Mapping[tuple[str, str], Iterable[str]] = field(default_factory=dict)
    as_written: frozenset[tuple[str, str]] = frozenset()
    in_force: dict[tuple[str, str], set[Any]] = field(default_factory=lambda: defaultdict(set))
    """By table and column, the values that some page was rendered with."""
    refused: list[Variant] = field(default_factory=list)
    """What the database refused."""

    async def variants(self, names: Iterable[str], shown: Container[UUID], *, more: int = 1) -> list[Variant]:
        """Return every variant of one record of each table, and the words of `more` that differ from it.

        Records that are, or name, one of `shown` come first.
        """
        found: list[Variant] = []
        for name in sorted(names):
            table = self.metadata.tables[name]
            for number, row in enumerate((await self._rows(table, shown))[: 1 + more]):
                found += self._of(table, row, words_only=number > 0)
        return found

    async def elsewhere(self, names: Iterable[str], shown: Container[UUID]) -> list[Variant]:
        """Return variants for the words that no record had yet, one for each record of another state.

        A word that the database refuses in one record may be possible in another.
        """
        found: list[Variant] = []
        for name in sorted(names):
            table = self.metadata.tables[name]
            missing = [
                (column.name, word)
                for column in table.columns
                if (name, column.name) not in self.as_written
                for word in self._words(table, column)
                if word not in self.in_force[name, column.name]
            ]
            for row in await self._rows(table, shown) if missing else ():
                key = {column.name: row[column.name] for column in table.primary_key}
                found += [Variant(name, key, {where: word}, related_to(row)) for where, word in missing]
        return found

    def _words(self, table: Table, column: Column[Any]) -> list[str]:
        """The words that a column can hold."""
        words = [*self.spoken.get((table.name, column.name), ())]
        if isinstance(column.type, Enum):
            words += column.type.enums
        return words

    async def _rows(self, table: Table, shown: Container[UUID]) -> list[Mapping[str, Any]]:
        """One record for each state that records of a table have, always in the same order."""
        rows = await self.connection.fetch(f'SELECT * FROM "{table.name}"')  # noqa: S608 - names of our own
        patterns: dict[tuple[Any, ...], Mapping[str, Any]] = {}
        # Ids are random: the order comes from what a record holds.
        held = [
            (not any(one in shown for one in related_to(row)), _held_by(row), number)
            for number, row in enumerate(rows)
        ]
        for _, _, number in sorted(held):
            patterns.setdefault(pattern_of(table, rows[number]), rows[number])
            self._seen(table, rows[number])
        return list(patterns.values())

    def _of(self, table: Table, row: Mapping[str, Any], *, words_only: bool) -> Iterator[Variant]:
        """Every variant of one record, that of all optional columns being empty last."""
        key = {column.name: row[column.name] for column in table.primary_key}
        related, absent = related_to(row), dict[str, Any]()
        for column in table.columns:
            name = (table.name, column.name)
            fixed = column.primary_key or column.computed is not None or column.identity is not None
            if fixed or name in self.as_written:
                continue
            values = [*values_of(column, self.now), *self.spoken.get(name, ())]
            if None in values:
                absent[column.name] = None
            if words_only and not isinstance(column.type, Enum):
                continue
            for value in values:
                if value != row[column.name]:
                    yield Variant(table.name, key, {column.name: value}, related)
        if len(absent) > 1 and not words_only:
            yield Variant(table.name, key, absent, related)

    @asynccontextmanager
    async def having(self, variant: Variant) -> AsyncIterator[bool]:
        """Put a variant in force for the time of the block, and yield whether the database accepted it.

        Of several columns those are changed that can be changed one after another.
        """
        before = await self._stored(variant)
        taken = [name for name, value in variant.changes.items() if await self._write(variant, {name: value})]
        if not taken:
            self.refused.append(variant)
        try:
            yield bool(taken)
        finally:
            # In reverse, so that each step is one that was possible before.
            for name in reversed(taken):
                await self._put_back(variant, name, before[name])
        for name in taken:
            self.in_force[variant.table, name].add(variant.changes[name])

    def was_in_force(self, variant: Variant) -> bool:
        """Whether some page was rendered with all that a variant changes."""
        return all(value in self.in_force[variant.table, name] for name, value in variant.changes.items())

    def never(self, tables: Iterable[str]) -> set[str]:
        """Return what no page was rendered with, of all that records of these tables can hold.

        As `table.column = word`, or `table.column` with `nothing` or `something` for an optional column.
        """
        missing: set[str] = set()
        for name in tables:
            for column in self.metadata.tables[name].columns:
                seen = self.in_force[name, column.name]
                words = self._words(self.metadata.tables[name], column)
                missing |= {f"{name}.{column.name} = {word}" for word in words if word not in seen}
                if column.nullable and column.computed is None:
                    if None not in seen:
                        missing.add(f"{name}.{column.name} = nothing")
                    if not seen - {None}:
                        missing.add(f"{name}.{column.name} = something")
        return missing

    def _seen(self, table: Table, row: Mapping[str, Any]) -> None:
        for column in table.columns:
            value = row[column.name]
            with suppress(TypeError):  # what is a list or a mapping counts as something
                self.in_force[table.name, column.name].add(value)
                continue
            self.in_force[table.name, column.name].add(True)

    async def _stored(self, variant: Variant) -> Mapping[str, Any]:
        where, values = _where(variant.key, 1)
        query = f'SELECT * FROM "{variant.table}" WHERE {where}'  # noqa: S608 - names of our own tables
        row: Mapping[str, Any] | None = await self.connection.fetchrow(query, *values)
        assert row is not None, f"{variant.table} {dict(variant.key)} is gone"
        return row

    async def _write(self, variant: Variant, changes: Mapping[str, Any]) -> bool:
        sets = ", ".join(f'"{name}" = ${number}' for number, name in enumerate(changes, start=1))
        where, values = _where(variant.key, len(changes) + 1)
        try:
            await self.connection.execute(
                f'UPDATE "{variant.table}" SET {sets} WHERE {where}',  # noqa: S608 - names of our own tables
                *changes.values(),
                *values,
            )
        except asyncpg.PostgresError as refusal:
            if str(refusal.sqlstate)[:2] not in _REFUSALS:
                raise
            return False
        return True

    async def _put_back(self, variant: Variant, name: str, value: Any) -> None:
        assert await self._write(variant, {name: value}), f"{variant} can't be put back"


def _where(key: Mapping[str, Any], first: int) -> tuple[str, list[Any]]:
    where = " AND ".join(f'"{name}" = ${number}' for number, name in enumerate(key, start=first))
    return where, list(key.values())


def reads(statements: Iterable[str], metadata: MetaData) -> dict[str, frozenset[str]]:
    """The columns, by table, that SQL statements name; a word that could be a column counts as one."""
    found: dict[str, frozenset[str]] = {}
    for statement in statements:
        words = frozenset(re.findall(r"\w+", statement))
        for name in words & metadata.tables.keys():
            columns = words & set(metadata.tables[name].columns.keys())
            found[name] = found.get(name, frozenset()) | columns
    return found
