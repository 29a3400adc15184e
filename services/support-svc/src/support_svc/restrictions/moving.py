"""Moving restrictions when two records of one person are merged (C3, C8)."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import exists, select

from chassis.tx import Tx
from support_svc.clients.one_person import MovesRows, MovesToClient, Pair
from support_svc.restrictions.model import Restriction


class MovesRestrictions(MovesRows):
    """Restrictions: who is restricted in either record is restricted from then on."""

    async def left(self, tx: Tx, pair: Pair) -> set[UUID]:
        """The one that holds stays with the merged record where the survivor's own holds already."""
        holds = Restriction.lifted_at.is_(None)
        own = await tx.scalar(select(exists().where(Restriction.client_id == pair.survivor, holds)))
        if not own:
            return set()
        found = await tx.execute(select(Restriction.id).where(Restriction.client_id == pair.merged, holds))
        return set(found.scalars())


_PARTS = (MovesRestrictions(Restriction.client_id),)


def moved_to_client() -> Sequence[MovesToClient]:
    """What of this feature is moved when two records of one person are merged."""
    return _PARTS
