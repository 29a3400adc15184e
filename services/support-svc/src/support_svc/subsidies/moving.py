"""Moving subsidies when two records of one person are merged: they go with what they are for (C3, S1)."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select

from chassis.tx import Tx
from support_svc.clients.one_person import MovesRows, MovesToClient, Undoing
from support_svc.housing_loss_prevention.model import HousingLossPrevention
from support_svc.placements.moving import members_of_placements
from support_svc.subsidies.model import Subsidy


class MovesSubsidies(MovesRows):
    """Subsidies: those recorded since go with their placement or housing loss prevention."""

    async def owners(self, tx: Tx, undoing: Undoing, keys: Sequence[UUID]) -> Mapping[UUID, UUID]:
        """Whose the placements and the housing loss prevention of these subsidies are."""
        rows = (
            await tx.execute(
                select(Subsidy.id, Subsidy.placement_id, HousingLossPrevention.client_id)
                .outerjoin(HousingLossPrevention, HousingLossPrevention.id == Subsidy.prevention_id)
                .where(Subsidy.id.in_(keys))
            )
        ).all()
        placements = {placement for _, placement, _ in rows if placement is not None}
        members = await members_of_placements(tx, placements, undoing.both)
        owners = {id_: members.get(placement) if placement else client for id_, placement, client in rows}
        return {id_: whose for id_, whose in owners.items() if whose is not None}


_PARTS = (MovesSubsidies(Subsidy.client_id),)


def moved_to_client() -> Sequence[MovesToClient]:
    """What of this feature is moved when two records of one person are merged."""
    return _PARTS
