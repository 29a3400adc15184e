"""Undoes every undoable change of a play before it's made for good: all of it must be as it was (X8)."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, NamedTuple

import pytest

from chassis import perform as performing
from chassis.actor import Actor
from chassis.undo import UndoChange, own_delayed_changes, undo_change
from testkit.world import ServiceWorld

_TABLES = """
    SELECT relname AS name FROM pg_class
    WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = 'public'::regnamespace
        AND relname NOT IN ('outbox', 'audit', 'idempotency', 'access_log', 'alembic_version')
    ORDER BY relname
"""
_CHANGED_BY_UNDOING = ("version", "written_in")
"""A version never goes back, and the other is the transaction that wrote a row last."""


class Row(NamedTuple):
    """A row of a table: what undoing must restore, as text, and its version."""

    table: str
    values: str
    version: int | None


@dataclass
class Undoing:
    """What was found: how often each use case was undone, what was left differing, who published else."""

    world: ServiceWorld
    undone: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)
    at_once: set[str] = field(default_factory=set)
    """Use cases by which a person published something, and that aren't undoable."""
    everything: str = ""

    async def rows(self) -> list[Row]:
        """Return all rows of the service's own tables."""
        if not self.everything:
            names = [row["name"] for row in await self.world.rows(_TABLES)]
            parts = [f"SELECT '{name}' AS name, to_jsonb(t) AS row FROM \"{name}\" t" for name in names]  # noqa: S608
            self.everything = " UNION ALL ".join(parts)
        found = []
        for row in await self.world.rows(self.everything):
            values = json.loads(row["row"])
            version = values.get("version")
            rest = {name: value for name, value in values.items() if name not in _CHANGED_BY_UNDOING}
            found.append(Row(row["name"], json.dumps(rest, sort_keys=True), version))
        return found

    async def restore(self, before: list[Row], after: list[Row]) -> None:
        """Give rows their versions again, so that what the play says of them is true the second time too."""
        for row in set(before) - set(after):
            await self.world.rows(
                f'UPDATE "{row.table}" t SET version = $2'  # noqa: S608
                " WHERE to_jsonb(t) - 'version' - 'written_in' = $1::jsonb",
                row.values,
                row.version,
            )

    async def messages(self) -> int:
        """Return how many messages the outbox has."""
        return int((await self.world.rows("SELECT count(*) AS number FROM outbox"))[0]["number"])


def undo_everything(world: ServiceWorld, monkeypatch: pytest.MonkeyPatch) -> Undoing:
    """From here on, whatever a person does by an undoable use case is done, undone and done again."""
    found = Undoing(world)
    carry_out = performing._retried

    async def thrice(runtime: Any, actor: Actor, use_case: Any, command: Any, remembering: Any) -> Any:
        if use_case is undo_change or actor.kind == "system":
            return await carry_out(runtime, actor, use_case, command, remembering)
        if not use_case.undoable:
            number = await found.messages()
            result = await carry_out(runtime, actor, use_case, command, remembering)
            if await found.messages() > number:
                found.at_once.add(use_case.name)
            return result
        before = await found.rows()
        runtime.undo_for = timedelta(minutes=1)
        try:
            result = await carry_out(runtime, actor, use_case, command, None)
        finally:
            runtime.undo_for = timedelta()
        changes = await performing.ask(runtime, actor, own_delayed_changes)
        if not changes:
            return result
        undo = UndoChange(change_id=changes[-1].change_id)
        await performing.perform(runtime, actor, undo_change, undo)
        found.undone[use_case.name] += 1
        after = await found.rows()
        mine, now = ({(row.table, row.values) for row in rows} for rows in (before, after))
        found.differences += [f"{use_case.name}: {one}" for one in sorted(mine ^ now)]
        await found.restore(before, after)
        return await carry_out(runtime, actor, use_case, command, remembering)

    monkeypatch.setattr(performing, "_retried", thrice)
    return found
