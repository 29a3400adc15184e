"""Moving housing loss prevention when two records of one person are merged: debts go with it (C3, H1)."""

from collections.abc import Sequence

from sqlalchemy import func, select

from chassis.errors import DomainError
from chassis.tx import ReadTx, Tx
from support_svc.clients.one_person import MovesRows, MovesToClient, MovesWith, Pair
from support_svc.housing_loss_prevention.model import (
    Debt,
    HousingLossPrevention,
    PreventionStatus,
    TwoOpenPreventions,
)


class MovesPreventions(MovesRows):
    """Housing loss prevention: one can be open at a time."""

    async def obstacles(self, tx: Tx | ReadTx, pair: Pair) -> Sequence[DomainError]:
        """Both have one that is open."""
        open_ones = select(func.count()).where(
            HousingLossPrevention.client_id.in_(pair.both),
            HousingLossPrevention.status == PreventionStatus.OPEN,
        )
        return (TwoOpenPreventions(),) if (await tx.scalar(open_ones) or 0) > 1 else ()


_PARTS = (
    MovesPreventions(HousingLossPrevention.client_id),
    MovesWith(Debt.client_id, Debt.prevention_id, HousingLossPrevention.client_id),
)


def moved_to_client() -> Sequence[MovesToClient]:
    """What of this feature is moved when two records of one person are merged."""
    return _PARTS
