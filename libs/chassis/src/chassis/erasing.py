"""Erasing what is recorded about one person: what a table declares, and one transaction that carries it out.

Every feature declares, for each of its tables that leads to a person, which rows are about the person and
what becomes of them: they are deleted, or they stay for the totals with everything blanked that says who it
was. Rows that stay name an anonymous record afterwards, which nothing joins to the person. Those that prove
what was disclosed name another one, so that the proof doesn't lead to the facts that are counted.

Audit, access log and outbox are protected by triggers (`chassis.db.schema.erasing_v1`): they yield to an erasure that is
recorded in the table `erasure` by the same transaction, and to nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Table, Uuid
from sqlalchemy.orm import InstrumentedAttribute

from chassis.feature import Setting, offers_of
from chassis.tx import ReadTx, Tx

Column = InstrumentedAttribute[Any]
TODAY = sa.bindparam("today", type_=sa.Date(), unique=False)
"""The day of the erasure, in an expression that a part declares."""
EVERYTHING = "*"
"""Stands for all records that were found, for a column that may name any of them."""


@dataclass(slots=True)
class Found:
    """One person's records, by table, and what takes their place.

    `person` is the table of people. `counted` and `proven` map each record of the person to the anonymous
    ones for what is counted and for what proves a disclosure. `shared` are records of others too: their
    history stays, without the person's ids. `references` are those under which others know the person, and
    `about` is what the outbox calls it.
    """

    person: str
    ids: dict[str, set[UUID]] = field(default_factory=lambda: defaultdict(set))
    counted: dict[UUID, UUID] = field(default_factory=dict)
    proven: dict[UUID, UUID] = field(default_factory=dict)
    proofs: set[UUID] = field(default_factory=set)
    shared: set[UUID] = field(default_factory=set)
    references: set[UUID] = field(default_factory=set)
    about: set[UUID] = field(default_factory=set)
    today: date = date.min

    @property
    def people(self) -> set[UUID]:
        """The person's own records: one, and those that were merged into it."""
        return self.ids[self.person]

    def named(self, table: str) -> list[UUID]:
        """Return the records of a table that were found, or all of them for `EVERYTHING`."""
        if table == EVERYTHING:
            return sorted({one for found in self.ids.values() for one in found})
        return sorted(self.ids[table])


class ErasedRows:
    """What becomes of the rows of a table in which `column` names an erased person, or a row about one.

    `names` is the table that it names, that of its foreign key unless given; `also` are further columns that
    name a person. Without `stays` the rows are deleted. Otherwise they stay with these columns, and those
    that are `blanked` get the value given; every column is in one or the other. A `proof` shows what was
    disclosed. `references` hold what others call a row. `last` is the day on which the row was last of use,
    from which the period of `period` counts; `TODAY` in it, and in a value, is today.
    """

    def __init__(
        self,
        column: Column,
        *,
        names: str | None = None,
        also: Sequence[Column] = (),
        stays: Sequence[Column] | None = None,
        blanked: Mapping[Column, Any] | None = None,
        proof: bool = False,
        references: Sequence[Column] = (),
        period: Setting | None = None,
        last: ColumnElement[Any] | None = None,
    ) -> None:
        self.column, self.also, self.stays = column, tuple(also), stays
        self.blanked = dict(blanked or {})
        self.proof, self.references, self.period, self.last = proof, references, period, last
        self.table = cast("Table", column.class_.__table__)
        keys = list(_of(column).foreign_keys)
        self.names = names or (keys[0].column.table.name if keys else self.table.name)

    @property
    def deleted(self) -> bool:
        """Whether nothing of the rows stays."""
        return self.stays is None

    @property
    def decided(self) -> set[str]:
        """Names of the columns of which it was decided what becomes of them."""
        named = (self.column, *self.also, *(self.stays or ()), *self.blanked)
        return {_of(one).name for one in named}

    def rows(self, found: Found) -> ColumnElement[bool]:
        """Return which rows of the table are about the person."""
        named = found.named(self.names)
        return sa.or_(*(_of(one).in_(named) for one in (self.column, *self.also)))

    async def collect(self, tx: Tx | ReadTx, found: Found) -> None:
        """Add the rows to what was found, and what others call them."""
        keys = list(self.table.primary_key.columns)
        wanted = [keys[0] if len(keys) == 1 and isinstance(keys[0].type, Uuid) else sa.null()]
        wanted += [_of(one) for one in self.references]
        for row in await tx.execute(sa.select(*wanted).where(self.rows(found))):
            if row[0] is not None:
                found.ids[self.table.name].add(row[0])
                if self.proof:
                    found.proofs.add(row[0])
            found.references.update(one for one in row[1:] if one is not None)

    async def erase(self, tx: Tx, found: Found) -> None:
        """Delete the rows, or blank them and let them name the anonymous record."""
        rows = self.rows(found)
        if self.deleted:
            await tx.execute(sa.delete(self.table).where(rows))
            return
        if self.blanked:
            values = {_of(one).name: value for one, value in self.blanked.items()}
            await tx.execute(sa.update(self.table).where(rows).values(values), {TODAY.key: found.today})
        await self.hand_over(tx, found)

    async def hand_over(self, tx: Tx, found: Found) -> None:
        """Let the rows that name the person name the anonymous record instead."""
        if self.names != found.person:
            return
        for before, after in (found.proven if self.proof else found.counted).items():
            for column in map(_of, (self.column, *self.also)):
                change = sa.update(self.table).where(column == before).values({column.name: after})
                await tx.execute(change)


@dataclass(frozen=True, slots=True)
class Expiring:
    """Records that are deleted by themselves when the period of `period` is over.

    `count` and `delete` are given the last day on which a record that goes may have been written, and whose
    records are spared by a legal hold; both return how many there are.
    """

    period: Setting
    count: Callable[[Tx | ReadTx, date, Collection[UUID]], Awaitable[int]]
    delete: Callable[[Tx, date, Collection[UUID]], Awaitable[int]]


def _of(column: Column) -> sa.Column[Any]:
    return cast("sa.Column[Any]", column.property.columns[0])


def parts_of(tx: Tx | ReadTx, question: str = "erased_with_person") -> list[ErasedRows]:
    """Return what every feature declares, in the order of the features: those that others refer to first."""
    return [part for parts in offers_of(tx.runtime.features, question) for part in parts()]


async def collect(tx: Tx | ReadTx, parts: Iterable[ErasedRows], found: Found) -> None:
    """Find everything that is recorded about the person."""
    for part in parts:
        await part.collect(tx, found)


async def erase(tx: Tx, erasure: UUID, parts: Sequence[ErasedRows], found: Found) -> None:
    """Erase what was found, and what audit, access log, outbox, timers and parked events say of it.

    `erasure` is the id of the row of the table `erasure` that this transaction wrote.
    """
    await permit(tx, erasure)
    await _erase_traces(tx, found)
    for part in reversed(parts):
        await part.erase(tx, found)


async def permit(tx: Tx, erasure: UUID) -> None:
    """Let this transaction change what is protected, on the strength of an erasure that it recorded."""
    await tx.session.flush()
    await tx.execute(sa.text("SELECT set_config('partywall.erasing', :id, true)"), {"id": str(erasure)})


_KINDS = """
    WITH RECURSIVE kinds AS (
        (SELECT record_kind FROM {table} ORDER BY record_kind LIMIT 1)
        UNION ALL
        SELECT (SELECT record_kind FROM {table} WHERE record_kind > kinds.record_kind
            ORDER BY record_kind LIMIT 1)
        FROM kinds WHERE kinds.record_kind IS NOT NULL
    )
    SELECT record_kind FROM kinds WHERE record_kind IS NOT NULL
"""
# The index begins with the kind of record; there are few kinds, so each is looked up by it.
_OF = f"record_kind IN ({_KINDS}) AND record_id = ANY (:ids)"
_TRACES = tuple(
    sa.text(sql)
    for sql in (
        f"DELETE FROM audit WHERE {_OF.format(table='audit')}",
        f"DELETE FROM access_log WHERE {_OF.format(table='access_log')}",
        "DELETE FROM timers WHERE key = ANY (:ids)",
        "DELETE FROM idempotency WHERE EXISTS (SELECT FROM unnest(CAST(:ids AS text[])) AS gone (id)"
        " WHERE position(gone.id IN result::text) > 0)",
    )
)
_PROOF = sa.text(f"UPDATE audit SET changes = NULL WHERE {_OF.format(table='audit')} AND changes IS NOT NULL")
_RENAMED = sa.text(
    "UPDATE audit SET changes = replace(changes::text, :before, :after)::jsonb"
    f" WHERE {_OF.format(table='audit')} AND position(:before IN changes::text) > 0"
)
# The number, the moment, the kind, the addressee and the basis prove that something was said; what was said goes.
_SAID = sa.text(
    "UPDATE outbox SET data = data - 'data', about = NULL, traceparent = NULL"
    " WHERE about = ANY (:about) AND data ? 'data'"
)
_PARKED = sa.text("DELETE FROM parked WHERE aggregate = ANY (:ids)")


async def _erase_traces(tx: Tx, found: Found) -> None:
    gone = [str(one) for one in found.named(EVERYTHING) if one not in found.proofs]
    for statement in _TRACES:
        await tx.execute(statement, {"ids": gone})
    await tx.execute(_PROOF, {"ids": [str(one) for one in sorted(found.proofs)]})
    shared = [str(one) for one in sorted(found.shared)]
    for before, after in found.counted.items():
        await tx.execute(_RENAMED, {"ids": shared, "before": str(before), "after": str(after)})
    await tx.execute(_SAID, {"about": [str(one) for one in sorted(found.about)]})
    await tx.execute(_PARKED, {"ids": [str(one) for one in sorted(found.references)]})


async def unsent(tx: Tx | ReadTx, about: Iterable[UUID]) -> bool:
    """Whether something about these records still waits to be sent."""
    waiting = sa.text("SELECT EXISTS (SELECT FROM outbox WHERE about = ANY (:about) AND status = 'pending')")
    return bool(await tx.scalar(waiting, {"about": [str(one) for one in about]}))
