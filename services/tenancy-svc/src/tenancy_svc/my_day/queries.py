"""Finds what waits for the property desk, whichever feature it is of (F2)."""

from __future__ import annotations

from chassis.feature import offers_of
from chassis.tx import ReadTx
from chassis.usecase import query
from tenancy_svc.my_day.feature import VIEW_MY_DAY
from tenancy_svc.my_day.model import MyDay
from trade.due import Due, DueList, in_order


@query(VIEW_MY_DAY)
async def my_day(tx: ReadTx) -> MyDay:
    """Return what waits for the person who asks, as far as the person may see it, most urgent first."""
    due: list[Due] = []
    count = 0
    for its in offers_of(tx.runtime.features, "due"):
        if tx.runtime.access.permits(tx.actor, its.permission):
            found: DueList = await its(tx)
            due += found.items
            count += found.count
    return MyDay(in_order(due), count)
