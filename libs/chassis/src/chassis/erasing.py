"""Erasing what is recorded about one person: what a table declares, and one transaction that carries it out.

Every feature declares, for each of its tables that leads to a person, which rows are about the person and
what becomes of them: they are deleted, or they stay for the totals with everything blanked that says who it
was. Rows that stay name an anonymous record afterwards, which nothing joins to the person. Those that prove
what was disclosed name another one, so that the proof doesn't lead to the facts that are counted.

Audit, access log and outbox are protected by triggers (`chassis.db.schema.erasing_v1`): they yield to an
erasure that the same transaction records in the table `erasure`, and to nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Table, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import InstrumentedAttribute

from chassis.db.tables import access_log, audit, outbox, parked, timers
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


# The index begins with the kind of record, of which there are few, so each is looked up by it.
_KINDS = {
    audit: sa.text(
        """
        WITH RECURSIVE kinds AS (
            (SELECT record_kind FROM audit ORDER BY record_kind LIMIT 1)
            UNION ALL
            SELECT (SELECT record_kind FROM audit WHERE record_kind > kinds.record_kind
                ORDER BY record_kind LIMIT 1)
            FROM kinds WHERE kinds.record_kind IS NOT NULL
        )
        SELECT record_kind FROM kinds WHERE record_kind IS NOT NULL
        """
    ),
    access_log: sa.text(
        """
        WITH RECURSIVE kinds AS (
            (SELECT record_kind FROM access_log ORDER BY record_kind LIMIT 1)
            UNION ALL
            SELECT (SELECT record_kind FROM access_log WHERE record_kind > kinds.record_kind
                ORDER BY record_kind LIMIT 1)
            FROM kinds WHERE kinds.record_kind IS NOT NULL
        )
        SELECT record_kind FROM kinds WHERE record_kind IS NOT NULL
        """
    ),
}
_REMEMBERED = sa.text(
    "DELETE FROM idempotency WHERE EXISTS ("
    " SELECT FROM regexp_matches(result::text, '[0-9a-f-]{36}', 'g') AS named (id)"
    " WHERE named.id[1] = ANY (CAST(:ids AS text[])))"
)
# The number, the moment, the kind, the addressee and the basis prove that something was said; what it said
# goes.
_SAID = sa.text(
    "UPDATE outbox SET data = data - 'data', about = NULL, traceparent = NULL"
    " WHERE about = ANY (:about) AND data ? 'data'"
)


async def _erase_traces(tx: Tx, found: Found) -> None:
    gone = [str(one) for one in found.named(EVERYTHING) if one not in found.proofs]
    for log in _KINDS:
        await tx.execute(sa.delete(log).where(await _of_records(tx, log, gone)))
    await tx.execute(sa.delete(timers).where(timers.c.key.in_(gone)))
    await tx.execute(_REMEMBERED, {"ids": gone})
    changed = sa.update(audit).where(audit.c.changes.is_not(None))
    proofs = [str(one) for one in found.proofs]
    await tx.execute(changed.where(await _of_records(tx, audit, proofs)).values(changes=sa.null()))
    shared = await _of_records(tx, audit, [str(one) for one in found.shared])
    said = sa.cast(audit.c.changes, sa.Text)
    for before, after in found.counted.items():
        renamed = sa.cast(sa.func.replace(said, str(before), str(after)), JSONB)
        names = sa.func.strpos(said, str(before)) > 0
        await tx.execute(changed.where(shared, names).values(changes=renamed))
    await tx.execute(_SAID, {"about": [str(one) for one in found.about]})
    await tx.execute(sa.delete(parked).where(parked.c.aggregate.in_([str(one) for one in found.references])))


async def _of_records(tx: Tx, log: Table, records: Sequence[str]) -> ColumnElement[bool]:
    kinds = (await tx.execute(_KINDS[log])).scalars().all()
    return sa.and_(log.c.record_kind.in_(kinds), log.c.record_id.in_(records))


async def unsent(tx: Tx | ReadTx, about: Iterable[UUID]) -> bool:
    """Whether something about these records still waits to be sent."""
    waiting = sa.text(
        "SELECT EXISTS (SELECT FROM outbox WHERE about = ANY (:about) AND status IN ('pending', 'delayed'))"
    )
    return bool(await tx.scalar(waiting, {"about": [str(one) for one in about]}))


# ------------------------------------------------- after a restore
@dataclass(frozen=True, slots=True)
class ErasedBefore:
    """What had been erased before a restore: a record, or references by which others knew people."""

    record: UUID | None = None
    references: Sequence[UUID] = ()


async def erase_what_was_said(tx: Tx, references: Iterable[UUID]) -> int:
    """Erase what the events about these references said; return of how many. `permit` comes first.

    Events that `heal` took back from the stream say about whom they are by nothing else.
    """
    said = sa.update(outbox).where(
        outbox.c.aggregate.in_([str(one) for one in references]),
        outbox.c.status.not_in(("pending", "delayed")),
        outbox.c.data.has_key("data"),
    )
    blanked = said.values(
        data=outbox.c.data.op("-", return_type=JSONB())("data"), about=sa.null(), traceparent=sa.null()
    )
    return len((await tx.execute(blanked.returning(outbox.c.id))).all())


# ------------------------------------------------- views whose period is over
def _views(until: datetime, spared: Collection[UUID]) -> ColumnElement[bool]:
    held = [str(one) for one in spared]
    return sa.and_(access_log.c.at < until, access_log.c.record_id.not_in(held))


async def count_views(tx: Tx | ReadTx, until: datetime, spared: Collection[UUID]) -> int:
    """Return how many views before a moment the access log has, except those of the records spared."""
    count = sa.select(sa.func.count()).select_from(access_log).where(_views(until, spared))
    return await tx.scalar(count) or 0


async def delete_views(tx: Tx, until: datetime, spared: Collection[UUID]) -> int:
    """Delete these views, and return how many; `permit` comes first."""
    gone = sa.delete(access_log).where(_views(until, spared)).returning(access_log.c.id)
    return len((await tx.execute(gone)).all())
