"""What merging itself moves: a person who isn't the merged record's isn't the survivor's either (C3)."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, or_, select

from chassis.tx import ReadTx, Tx
from support_svc.clients.one_person import Moved, MovesToClient, Moving, Pair, Undoing
from support_svc.merging.model import DifferentPeople, Merge, ordered


class MovesDifferences(Moving):
    """Pairs of different people; merges stay as they are, since they say what was done."""

    columns = (
        DifferentPeople.low_id,
        DifferentPeople.high_id,
        Merge.survivor_id,
        Merge.merged_id,
        Merge.stays_with_id,
    )

    async def move(self, tx: Tx, pair: Pair) -> Moved:
        """Note for the survivor who isn't the merged record's person."""
        known = {*await others(tx, pair.survivor), pair.survivor}
        added = [one for one in await others(tx, pair.merged) if one not in known]
        for other in added:
            low, high = ordered(pair.survivor, other)
            tx.session.add(
                DifferentPeople(low_id=low, high_id=high, noted_at=tx.now, noted_by_name=tx.actor.name)
            )
        await tx.session.flush()
        return {"added": [str(one) for one in added]}

    async def move_back(self, tx: Tx, undoing: Undoing, moved: Moved) -> None:
        """Forget what was noted for the survivor by the merge."""
        for other in moved["added"]:
            low, high = ordered(undoing.survivor, UUID(other))
            await tx.execute(
                delete(DifferentPeople).where(DifferentPeople.low_id == low, DifferentPeople.high_id == high)
            )


async def others(tx: Tx | ReadTx, client_id: UUID) -> list[UUID]:
    """Who is known not to be a client."""
    rows = await tx.execute(
        select(DifferentPeople.low_id, DifferentPeople.high_id).where(
            or_(DifferentPeople.low_id == client_id, DifferentPeople.high_id == client_id)
        )
    )
    return [high if low == client_id else low for low, high in rows]


_PARTS = (MovesDifferences(),)


def moved_to_client() -> Sequence[MovesToClient]:
    """What of this feature is moved when two records of one person are merged."""
    return _PARTS
