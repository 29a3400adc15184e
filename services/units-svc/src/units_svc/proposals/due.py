"""Proposed homes that wait for a person (P11)."""

from __future__ import annotations

from chassis.tx import ReadTx
from chassis.usecase import query
from deskkit.addresses import door
from trade.due import Due, DueList, Urgency
from units_svc.inventory.feature import VIEW_UNITS
from units_svc.proposals.queries import proposed_homes


@query(VIEW_UNITS)
async def due(tx: ReadTx) -> DueList:
    """The proposed homes that wait, those that have waited longest at the top."""
    waiting = await proposed_homes(tx, waiting=True)
    items = [
        Due(
            task="decide_proposal",
            urgency=Urgency.TODAY,
            page="proposed_home",
            at={"request_id": one.request_id},
            name=door(one.street, one.unit_number),
        )
        for one in waiting.items
    ]
    return DueList(items, waiting.count)
