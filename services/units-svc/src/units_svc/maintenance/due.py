"""Work that should be finished by now (U7)."""

from __future__ import annotations

from chassis.tx import ReadTx
from chassis.usecase import query
from deskkit.addresses import door
from trade.due import Due, DueList, Urgency
from units_svc.inventory.feature import VIEW_UNITS
from units_svc.maintenance.queries import WorkFilter, work_list


@query(VIEW_UNITS)
async def due(tx: ReadTx) -> DueList:
    """The work that is overdue."""
    late = await work_list(tx, WorkFilter(state="overdue"))
    items = [
        Due(
            task="finish_work",
            urgency=Urgency.OVERDUE,
            page="maintenance_work",
            at={"work_id": work.id},
            name=door(work.street, work.unit_number),
            by=work.scheduled_end or work.scheduled_start,
            notes=(work.description,),
        )
        for work in late.items
    ]
    return DueList(items, late.count)
