"""Two records of one person: what each feature moves when they're merged, and moves back when that is undone.

Clients know nothing of consents or placements: each feature whose tables name a client offers how to move its
rows, as `moved_to_client`. A test finds a column that no feature moves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import CursorResult, inspect, select, update
from sqlalchemy.orm import InstrumentedAttribute

from chassis.errors import DomainError
from chassis.tx import ReadTx, Tx

Moved = Mapping[str, Any]
"""What a part wrote down about what it moved, as JSON; it gets it back when the merge is undone."""


class Whose(StrEnum):
    """Of which of two records something is stored."""

    SURVIVOR = "survivor"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records of one person: `survivor` stays, `merged` becomes a part of it.

    `answers` are what was chosen, by what each question is about.
    """

    survivor: UUID
    merged: UUID
    answers: Mapping[str, str] = field(default_factory=dict)

    @property
    def both(self) -> tuple[UUID, UUID]:
        """Both ids."""
        return self.survivor, self.merged


@dataclass(frozen=True, slots=True)
class Undoing:
    """A merge that is undone: what was recorded since stays with `stays_with`, one of the two."""

    survivor: UUID
    merged: UUID
    stays_with: UUID

    @property
    def both(self) -> tuple[UUID, UUID]:
        """Both ids."""
        return self.survivor, self.merged


@dataclass(frozen=True, slots=True)
class Question:
    """What has to be chosen before two records are merged.

    `text` is a message id, `options` maps each possible answer to what it's called, a name or an address.
    """

    about: str
    text: str
    options: Mapping[str, str]
    params: Mapping[str, str] = field(default_factory=dict)
    usual: str | None = None


class MovesToClient(Protocol):
    """How a feature moves what it has of a client; `columns` are those that name the client.

    Where it `leads`, what others recorded goes along with its rows: it is moved back before them.
    """

    leads: bool

    @property
    def columns(self) -> Sequence[InstrumentedAttribute[Any]]:
        """The columns that it takes care of."""

    async def lock(self, tx: Tx, people: Sequence[UUID]) -> None:
        """Let nobody change what is moved, where locking the clients isn't enough."""

    async def questions(self, tx: Tx | ReadTx, pair: Pair) -> Sequence[Question]:
        """What has to be chosen, in view of the answers so far."""

    async def obstacles(self, tx: Tx | ReadTx, pair: Pair) -> Sequence[DomainError]:
        """Why the two can't be merged as they are."""

    async def move(self, tx: Tx, pair: Pair) -> Moved:
        """Move what belongs to `merged` to `survivor`."""

    async def move_back(self, tx: Tx, undoing: Undoing, moved: Moved) -> None:
        """Move back what was moved, and what was recorded since to whom it stays with."""


class Moving:
    """A part that asks nothing, and that nothing hinders; see `MovesToClient`."""

    columns: Sequence[InstrumentedAttribute[Any]] = ()
    leads = False

    async def lock(self, tx: Tx, people: Sequence[UUID]) -> None:
        """Lock nothing besides the clients."""

    async def questions(self, tx: Tx | ReadTx, pair: Pair) -> Sequence[Question]:
        """Ask nothing."""
        return ()

    async def obstacles(self, tx: Tx | ReadTx, pair: Pair) -> Sequence[DomainError]:
        """Be hindered by nothing."""
        return ()


class MovesRows(Moving):
    """Moves the rows of a table that names the client in `column`, each as it is.

    `key` is what else identifies a row, unless it's all of the primary key but `column`. A subclass may leave
    doubled rows where they are (`left`) and let what was recorded since follow another record (`owners`).
    """

    def __init__(
        self, column: InstrumentedAttribute[Any], key: InstrumentedAttribute[Any] | None = None
    ) -> None:
        self.columns = (column,)
        self._column = column
        self._key = key if key is not None else _rest_of_key(column)

    async def left(self, tx: Tx, pair: Pair) -> set[UUID]:
        """Keys of the rows of `merged` that stay with it: `survivor` has the same."""
        return set()

    async def owners(self, tx: Tx, undoing: Undoing, keys: Sequence[UUID]) -> Mapping[UUID, UUID]:
        """Whose rows recorded since are, where they go with another record, by their keys."""
        return {}

    async def move(self, tx: Tx, pair: Pair) -> Moved:
        """Move the rows, and note which were whose."""
        own = await self._keys(tx, pair.survivor)
        left = await self.left(tx, pair)
        moved = [key for key in await self._keys(tx, pair.merged) if key not in left]
        await self._give(tx, moved, pair.merged, pair.survivor)
        return {"own": [str(key) for key in own], "moved": [str(key) for key in moved]}

    async def move_back(self, tx: Tx, undoing: Undoing, moved: Moved) -> None:
        """Move the rows back, those of since to whom they go with."""
        back = {UUID(key) for key in moved["moved"]}
        own = {UUID(key) for key in moved["own"]}
        present = await self._keys(tx, undoing.survivor)
        since = [key for key in present if key not in back | own]
        owners = await self.owners(tx, undoing, since)
        back |= {key for key in since if owners.get(key, undoing.stays_with) == undoing.merged}
        await self._give(tx, [key for key in present if key in back], undoing.survivor, undoing.merged)

    async def _keys(self, tx: Tx, client_id: UUID) -> list[UUID]:
        found = await tx.execute(select(self._key).where(self._column == client_id).order_by(self._key))
        return list(found.scalars())

    async def _give(self, tx: Tx, keys: Sequence[UUID], before: UUID, after: UUID) -> int:
        given = await tx.execute(
            update(self._column.class_)
            .where(self._column == before, self._key.in_(keys))
            .values({self._column: after})
            .execution_options(synchronize_session=False)
        )
        return given.rowcount if isinstance(given, CursorResult) else 0


class MovesWith(MovesRows):
    """Moves rows that belong to a row of another table, which those recorded since follow when parted again.

    `reference` names that row, whose client is in `owner`; the feature moves it before these.
    """

    def __init__(
        self,
        column: InstrumentedAttribute[Any],
        reference: InstrumentedAttribute[Any],
        owner: InstrumentedAttribute[Any],
    ) -> None:
        super().__init__(column)
        self._reference = reference
        self._owner = owner

    async def owners(self, tx: Tx, undoing: Undoing, keys: Sequence[UUID]) -> Mapping[UUID, UUID]:
        """Whose the rows are that these belong to."""
        (identity,) = inspect(self._owner.class_).primary_key
        rows = await tx.execute(
            select(self._key, self._owner)
            .join(self._owner.class_, identity == self._reference)
            .where(self._key.in_(keys))
        )
        return {key: owner for key, owner in rows}  # noqa: C416 - rows are no pairs to the type checker


def _rest_of_key(column: InstrumentedAttribute[Any]) -> InstrumentedAttribute[Any]:
    """Return the column that identifies a row of one client."""
    mapper = inspect(column.class_)
    (rest,) = (one for one in mapper.primary_key if one is not column.property.columns[0])
    return getattr(column.class_, mapper.get_property_by_column(rest).key)  # type: ignore[no-any-return]
