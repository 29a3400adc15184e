"""Holds that end soon (U9)."""

from __future__ import annotations

from chassis.tx import ReadTx
from chassis.usecase import query
from deskkit.addresses import door
from trade.due import Due, DueList, urgency_at
from units_svc.holds.queries import active_holds
from units_svc.inventory.feature import VIEW_UNITS

ENDING_WITHIN_DAYS = 4


@query(VIEW_UNITS)
async def due(tx: ReadTx) -> DueList:
    """The holds that end within the next days, those that end first at the top."""
    ending = await active_holds(tx, ending_within_days=ENDING_WITHIN_DAYS)
    items = [
        Due(
            task="hold_ending",
            urgency=urgency_at(hold.deadline, tx.now, tx.runtime.time_zone),
            page="hold",
            at={"request_id": hold.request_id},
            name=door(hold.street, hold.unit_number),
            by=hold.deadline,
        )
        for hold in ending.items
        if hold.deadline is not None
    ]
    return DueList(items, ending.count)
