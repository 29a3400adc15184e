"""Undoing a change before anybody else is informed of it (X8).

What an undoable use case publishes waits in the outbox for `Runtime.undo_for`. Until then the actor who made
the change can undo all of it: every row is again as it was, and its messages are never sent. A service takes
part by a feature that declares `UNDO_CHANGES` for its roles, and answers `undone` if it wants to note it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict
from sqlalchemy.exc import DBAPIError

from chassis.db.tables import delayed_change, outbox
from chassis.db.undo import CHANGED_SINCE
from chassis.errors import DomainError, Kind, NotFound
from chassis.feature import offers_of
from chassis.tx import ReadTx, Tx
from chassis.usecase import query, use_case

UNDO_CHANGES = "undo_changes"
"""To undo one's own changes that aren't sent yet; each service's feature says which roles hold it."""

_IN_THE_WAY = ("23", CHANGED_SINCE)
"""SQLSTATEs of a row that isn't as the change left it, or of another that needs it (integrity)."""


class AlreadySent(DomainError):
    """The others were informed: from now on only a correction helps."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "already_sent"
    message: ClassVar[str] = "This was sent already, so it can't be taken back. Correct it instead."


class ChangedSince(DomainError):
    """Something was recorded that builds on the change."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "changed_since"
    message: ClassVar[str] = (
        "More was recorded here since, so this can't be taken back by itself. Take back the later change"
        " first, or correct it."
    )


class UndoChange(BaseModel):
    """Undo one change."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    change_id: UUID


@dataclass(frozen=True, slots=True)
class DelayedChange:
    """A change that isn't sent yet.

    `change` names the use case; `to` are the parties that its messages are for, None among them for all.
    """

    change_id: UUID
    change: str
    made_at: datetime
    send_after: datetime
    to: tuple[str | None, ...]
    about: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Undone:
    """A change that was undone: what its messages were about, and the ids of records that went with it."""

    change: str
    about: tuple[str, ...]
    gone: tuple[str, ...]
    records: tuple[tuple[str, str], ...]
    """Kind and id of each record that it had changed."""


@query(UNDO_CHANGES)
async def own_delayed_changes(tx: ReadTx) -> list[DelayedChange]:
    """The actor's changes that aren't sent yet, those that are sent first at the top (X8)."""
    rows = await tx.execute(
        sa.select(
            delayed_change.c.id,
            delayed_change.c.use_case,
            delayed_change.c.made_at,
            delayed_change.c.send_after,
            outbox.c.addressee,
            outbox.c.about,
        )
        .join(outbox, outbox.c.id == sa.any_(delayed_change.c.messages))
        .where(
            delayed_change.c.actor == tx.actor.subject,
            delayed_change.c.send_after > tx.now,
            outbox.c.status == "delayed",
        )
        .order_by(delayed_change.c.send_after, delayed_change.c.id, outbox.c.position)
    )
    found: dict[UUID, list[Any]] = {}
    for row in rows:
        found.setdefault(row.id, []).append(row)
    return [
        DelayedChange(
            change_id=id,
            change=its[0].use_case,
            made_at=its[0].made_at,
            send_after=its[0].send_after,
            to=tuple(dict.fromkeys(row.addressee for row in its)),
            about=_about(row.about for row in its),
        )
        for id, its in found.items()
    ]


def _about(references: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for one in references if one is not None))


@use_case(UNDO_CHANGES)
async def undo_change(tx: Tx, command: UndoChange) -> Undone:
    """Undo an own change that isn't sent yet (X8). Raises NotFound, AlreadySent, ChangedSince.

    Whoever locks it first wins, this or the relay: what is undone is never sent.
    """
    change = (
        await tx.execute(
            sa.select(delayed_change).where(delayed_change.c.id == command.change_id).with_for_update()
        )
    ).one_or_none()
    if change is None or change.send_after <= tx.now:
        raise AlreadySent
    if change.actor != tx.actor.subject:
        raise NotFound(what="change")
    tx.runtime.access.require(tx.actor, change.permission)
    found = await tx.execute(
        sa.select(outbox.c.id, outbox.c.aggregate, outbox.c.about).where(outbox.c.id.in_(change.messages))
    )
    messages = found.all()
    await _require_last(tx, change.messages, [row.aggregate for row in messages])
    gone = await tx.execute(
        sa.text("SELECT after ->> 'id' FROM undo_step WHERE change = :id AND before IS NULL"),
        {"id": change.id},
    )
    undone = Undone(
        change.use_case,
        _about(row.about for row in messages),
        tuple(id for id in gone.scalars() if id is not None),
        tuple((kind, id) for kind, id in change.records),
    )
    await _restore(tx, change.id)
    await tx.execute(
        sa.update(outbox).where(outbox.c.id.in_(row.id for row in messages)).values(status="undone")
    )
    await tx.execute(sa.delete(delayed_change).where(delayed_change.c.id == change.id))
    for kind, id in change.records:
        tx.touched(kind, id, "undone", {"change": (change.use_case, None)})
    for note in offers_of(tx.runtime.features, "undone"):
        note(tx, undone)
    return undone


async def _require_last(tx: Tx, messages: Sequence[UUID], aggregates: Sequence[str]) -> None:
    """Refuse to undo what was published before something else about the same. Raises ChangedSince."""
    # Ids are in the order of time, so that the key finds what is later.
    later = sa.select(outbox.c.id).where(
        outbox.c.id > max(messages),
        outbox.c.id.not_in(messages),
        outbox.c.aggregate.in_(aggregates),
        outbox.c.status.in_(("pending", "published", "delayed")),
    )
    if await tx.scalar(later.limit(1)) is not None:
        raise ChangedSince


async def _restore(tx: Tx, change: UUID) -> None:
    try:
        async with tx.savepoint():
            await tx.execute(sa.text("SELECT undo_change(:id)"), {"id": change})
    except DBAPIError as failed:
        if str(getattr(failed.orig, "sqlstate", "")).startswith(_IN_THE_WAY):
            raise ChangedSince from failed
        raise


async def withhold_delayed(
    tx: Tx, basis: str, reason: str, *, person: Sequence[str] = ()
) -> Mapping[str, int]:
    """Withhold what isn't sent yet and was to be disclosed under a basis that has ended (W5).

    A message with another basis besides is sent without the fields of the `person`. Returns how many were
    withheld for each aggregate: their numbers are used by those after them, so that nobody can count what
    they don't receive.
    """
    found = await tx.execute(
        sa.select(outbox.c.id, outbox.c.aggregate, outbox.c.aggregate_version, outbox.c.basis, outbox.c.data)
        .where(
            outbox.c.status == "delayed",
            sa.literal(basis) == sa.any_(sa.func.string_to_array(outbox.c.basis, " ")),
        )
        .order_by(outbox.c.position)
        .with_for_update()
    )
    withheld: Counter[str] = Counter()
    for row in found.all():
        others = [one for one in row.basis.split(" ") if one != basis]
        facts = {name: value for name, value in row.data["data"].items() if name not in person}
        mine = outbox.c.id == row.id
        if others and len(facts) < len(row.data["data"]):
            stripped = {**row.data, "data": facts}
            await tx.execute(sa.update(outbox).where(mine).values(data=stripped, basis=" ".join(others)))
            continue
        await tx.execute(sa.update(outbox).where(mine).values(status="withheld", withheld_reason=reason))
        later = await tx.execute(
            sa.select(outbox.c.id, outbox.c.aggregate_version, outbox.c.data).where(
                outbox.c.status == "delayed",
                outbox.c.aggregate == row.aggregate,
                outbox.c.aggregate_version > row.aggregate_version - withheld[row.aggregate],
            )
        )
        for one in later.all():
            number = one.aggregate_version - 1
            renumbered = {**one.data, "aggregateversion": number}
            await tx.execute(
                sa.update(outbox)
                .where(outbox.c.id == one.id)
                .values(aggregate_version=number, data=renumbered)
            )
        withheld[row.aggregate] += 1
    return withheld
