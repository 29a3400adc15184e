"""Moving what other systems call a client when two records of one person are merged (C3, C7).

A later file of the other system finds the survivor then, and two people again once the merge is undone.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_, update
from sqlalchemy.orm import InstrumentedAttribute

from chassis.tx import Tx
from support_svc.client_imports.model import ClientSource, ConsentSource
from support_svc.clients.one_person import Moved, MovesToClient, Moving, Pair, Undoing


class MovesSources(Moving):
    """Moves rows that are known by the names that other systems use: `names` are those columns."""

    def __init__(self, column: InstrumentedAttribute[Any], *names: InstrumentedAttribute[Any]) -> None:
        self.columns = (column,)
        self._column = column
        self._names = names

    async def move(self, tx: Tx, pair: Pair) -> Moved:
        """Move the rows, and note which were whose."""
        own = await self._found(tx, pair.survivor)
        moved = await self._found(tx, pair.merged)
        await self._give(tx, moved, pair.merged, pair.survivor)
        return {"own": own, "moved": moved}

    async def move_back(self, tx: Tx, undoing: Undoing, moved: Moved) -> None:
        """Move the rows back, and what was imported since to whom it stays with."""
        present = await self._found(tx, undoing.survivor)
        back = [list(one) for one in moved["moved"]]
        if undoing.stays_with == undoing.merged:
            own = [list(one) for one in moved["own"]]
            back += [one for one in present if one not in own and one not in back]
        await self._give(tx, [one for one in present if one in back], undoing.survivor, undoing.merged)

    async def _found(self, tx: Tx, client_id: UUID) -> list[list[str]]:
        rows = await tx.execute(select(*self._names).where(self._column == client_id).order_by(*self._names))
        return [list(row) for row in rows]

    async def _give(self, tx: Tx, names: Sequence[Sequence[str]], before: UUID, after: UUID) -> None:
        if names:
            await tx.execute(
                update(self._column.class_)
                .where(self._column == before, tuple_(*self._names).in_([tuple(one) for one in names]))
                .values({self._column: after})
                .execution_options(synchronize_session=False)
            )


_PARTS = (
    MovesSources(ClientSource.client_id, ClientSource.source, ClientSource.source_ref),
    MovesSources(
        ConsentSource.client_id, ConsentSource.source, ConsentSource.source_ref, ConsentSource.purpose
    ),
)


def moved_to_client() -> Sequence[MovesToClient]:
    """What of this feature is moved when two records of one person are merged."""
    return _PARTS
