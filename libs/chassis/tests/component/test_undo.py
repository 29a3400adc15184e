"""A change can be undone until the others are informed of it (X8): the records' side."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
import sqlalchemy as sa
from parcels import trade

from chassis.access import Access
from chassis.actor import Actor
from chassis.errors import NotFound, NotPermitted
from chassis.ids import new_id
from chassis.perform import ask, perform
from chassis.runtime import Runtime
from chassis.tx import Tx
from chassis.undo import (
    UNDO_CHANGES,
    AlreadySent,
    ChangedSince,
    DelayedChange,
    UndoChange,
    Undone,
    own_delayed_changes,
    undo_change,
)
from chassis.usecase import use_case

Rows = Callable[..., Any]
pytestmark = pytest.mark.row("X8")


@pytest_asyncio.fixture
async def patient(runtime: Runtime) -> AsyncIterator[Runtime]:
    """The parcels service, in which a change can be undone for a minute."""
    runtime.undo_for = timedelta(minutes=1)
    held = {role: {*its, UNDO_CHANGES} for role, its in trade.ROLES.items()}
    runtime.access = Access({role: frozenset(its) for role, its in held.items()}, entity=runtime.entity)
    yield runtime


@use_case(trade.Permission.SHELVE_PARCEL, undoable=True)
async def shelve(tx: Tx, command: trade.ShelveParcel) -> UUID:
    """Shelve a parcel, in a way that can be undone."""
    return await trade.shelve_parcel(tx, command)


@use_case(trade.Permission.CLAIM_PARCEL, undoable=True)
async def claim(tx: Tx, command: trade.ClaimParcel) -> trade.Claim:
    """Claim a parcel by one guarded statement, in a way that can be undone."""
    return await trade.claim_parcel(tx, command)


@use_case(trade.Permission.RELABEL_PARCEL, undoable=True)
async def label_and_say(tx: Tx, command: trade.RelabelParcel) -> None:
    """Change a label twice and remove the timer, and publish it."""
    parcel = await tx.session.get_one(trade.Parcel, command.parcel)
    parcel.label = f"{command.label}?"
    await tx.session.flush()
    parcel.label = command.label
    tx.cancel_timer("collect", str(parcel.id))
    tx.touched("parcel", parcel.id, "relabelled")
    tx.publish(trade.ParcelClaimed(parcel.id, "nobody"))


@use_case(trade.Permission.RELABEL_PARCEL, undoable=True)
async def destroy(tx: Tx, parcel_id: UUID) -> None:
    """Remove a parcel, and publish it."""
    await tx.execute(sa.delete(trade.Parcel).where(trade.Parcel.id == parcel_id))
    tx.publish(trade.ParcelClaimed(parcel_id, "nobody"))


async def delayed(runtime: Runtime, actor: Actor) -> list[DelayedChange]:
    return await ask(runtime, actor, own_delayed_changes)


async def undo_last(runtime: Runtime, actor: Actor) -> Undone:
    change = (await delayed(runtime, actor))[-1]
    return await perform(runtime, actor, undo_change, UndoChange(change_id=change.change_id))


async def everything(rows: Rows) -> list[Any]:
    return [
        [dict(row) for row in await rows(f"SELECT * FROM {table} ORDER BY 1, 2")]  # noqa: S608
        for table in ("parcel", "timers")
    ]


async def test_undoing_restores_every_row_and_sends_nothing(
    patient: Runtime, porter: Actor, rows: Rows
) -> None:
    parcel = await perform(patient, porter, shelve, trade.ShelveParcel("books"))
    (change,) = await delayed(patient, porter)
    assert (change.change, change.about, change.to) == ("component.shelve", ("person-1",), (None,))
    assert change.send_after - change.made_at == timedelta(minutes=1)
    assert [row["status"] for row in await rows("SELECT status FROM outbox")] == ["delayed"]

    undone = await undo_last(patient, porter)

    assert undone.gone == (str(parcel),)
    assert await everything(rows) == [[], []]
    assert [row["status"] for row in await rows("SELECT status FROM outbox")] == ["undone"]
    assert [row["action"] for row in await rows("SELECT action FROM audit ORDER BY id")] == [
        "shelved",
        "undone",
    ]
    assert await rows("SELECT 1 FROM delayed_change") == []
    assert await rows("SELECT 1 FROM undo_step") == []
    assert await delayed(patient, porter) == []


async def test_several_changes_of_a_row_are_undone_one_after_the_other(
    patient: Runtime, porter: Actor, rows: Rows
) -> None:
    parcel = await perform(patient, porter, trade.shelve_parcel, trade.ShelveParcel("books"))
    before = await everything(rows)
    await perform(patient, porter, claim, trade.ClaimParcel(parcel, "me"))
    claimed = await everything(rows)
    await perform(patient, porter, label_and_say, trade.RelabelParcel(parcel, "toys", 2))
    first, second = await delayed(patient, porter)

    with pytest.raises(ChangedSince):
        await perform(patient, porter, undo_change, UndoChange(change_id=first.change_id))
    await perform(patient, porter, undo_change, UndoChange(change_id=second.change_id))
    now = await everything(rows)
    assert now[1] == claimed[1]
    assert {**now[0][0], "version": 2} == claimed[0][0]
    await perform(patient, porter, undo_change, UndoChange(change_id=first.change_id))
    now = await everything(rows)
    assert {**now[0][0], "version": 1} == before[0][0]
    # A form that was opened meanwhile must not be taken for one of the present state (X4).
    assert now[0][0]["version"] > 4


async def test_a_row_that_was_removed_is_there_again(patient: Runtime, porter: Actor, rows: Rows) -> None:
    parcel = await perform(patient, porter, trade.shelve_parcel, trade.ShelveParcel("books"))
    before = await everything(rows)
    await perform(patient, porter, destroy, parcel)
    assert (await everything(rows))[0] == []
    await undo_last(patient, porter)
    assert await everything(rows) == before


async def test_what_was_changed_since_cannot_be_undone(patient: Runtime, porter: Actor, rows: Rows) -> None:
    parcel = await perform(patient, porter, trade.shelve_parcel, trade.ShelveParcel("books"))
    await perform(patient, porter, claim, trade.ClaimParcel(parcel, "me"))
    await perform(patient, porter, trade.relabel_parcel, trade.RelabelParcel(parcel, "toys", 2))
    state = await everything(rows)
    with pytest.raises(ChangedSince):
        await undo_last(patient, porter)
    assert await everything(rows) == state
    assert len(await delayed(patient, porter)) == 1


async def test_only_who_made_a_change_undoes_it_while_permitted_and_in_time(
    patient: Runtime, porter: Actor, rows: Rows
) -> None:
    parcel = await perform(patient, porter, trade.shelve_parcel, trade.ShelveParcel("books"))
    await perform(patient, porter, claim, trade.ClaimParcel(parcel, "me"))
    (change,) = await delayed(patient, porter)
    command = UndoChange(change_id=change.change_id)
    other = replace(porter, subject="porter-2")
    assert await delayed(patient, other) == []
    with pytest.raises(NotFound):
        await perform(patient, other, undo_change, command)
    with pytest.raises(NotPermitted):
        await perform(patient, replace(porter, roles=frozenset({"visitor"})), undo_change, command)
    with pytest.raises(AlreadySent):
        await perform(patient, porter, undo_change, UndoChange(change_id=uuid4()))
    await rows("UPDATE delayed_change SET send_after = now() - interval '1 second'")
    assert await delayed(patient, porter) == []
    with pytest.raises(AlreadySent):
        await perform(patient, porter, undo_change, command)


async def test_what_publishes_nothing_is_not_delayed_and_leaves_nothing(
    patient: Runtime, porter: Actor, rows: Rows
) -> None:
    @use_case(trade.Permission.RELABEL_PARCEL, undoable=True)
    async def relabel(tx: Tx, command: trade.RelabelParcel) -> int:
        return await trade.relabel_parcel(tx, command)

    @use_case(trade.Permission.SHELVE_PARCEL, undoable=True)
    async def withhold(tx: Tx, command: trade.ShelveParcel) -> None:
        tx.withhold(trade.ParcelShelved(new_id(), command.label), "person-1", "no consent")

    parcel = await perform(patient, porter, trade.shelve_parcel, trade.ShelveParcel("books"))
    await perform(patient, porter, relabel, trade.RelabelParcel(parcel, "toys", 1))
    await perform(patient, porter, withhold, trade.ShelveParcel("secret"))
    assert await delayed(patient, porter) == []
    assert await rows("SELECT 1 FROM undo_step") == []
    assert await rows("SELECT 1 FROM delayed_change") == []
    assert [row["status"] for row in await rows("SELECT status FROM outbox ORDER BY id")] == [
        "pending",
        "withheld",
    ]


async def test_without_a_wait_nothing_is_remembered(runtime: Runtime, porter: Actor, rows: Rows) -> None:
    await perform(runtime, porter, shelve, trade.ShelveParcel("books"))
    assert [row["status"] for row in await rows("SELECT status FROM outbox")] == ["pending"]
    assert await rows("SELECT 1 FROM undo_step") == []


async def test_a_command_that_is_repeated_is_one_change(patient: Runtime, porter: Actor, rows: Rows) -> None:
    for _ in range(2):
        await perform(patient, porter, shelve, trade.ShelveParcel("books"), idempotency_key="k")
    assert len(await delayed(patient, porter)) == 1
    (message,) = await rows("SELECT data, status FROM outbox")
    assert (json.loads(message["data"])["type"], message["status"]) == (
        "parcel_shelved",
        "delayed",
    )


async def test_undone_twice_at_once_it_is_undone_once(patient: Runtime, porter: Actor, rows: Rows) -> None:
    await perform(patient, porter, shelve, trade.ShelveParcel("books"))
    (change,) = await delayed(patient, porter)
    command = UndoChange(change_id=change.change_id)
    results = await asyncio.gather(
        *(perform(patient, porter, undo_change, command) for _ in range(4)), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in results) == [*["AlreadySent"] * 3, "Undone"]
