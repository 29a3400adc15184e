"""Reads what is due at the property desk, from every feature (F2)."""

from __future__ import annotations

from chassis.offers import asked_of_all
from chassis.tx import ReadTx
from chassis.usecase import query
from tenancy_svc.my_day.feature import VIEW_MY_DAY
from tenancy_svc.my_day.model import MyDay
from trade.due import DueList


@query(VIEW_MY_DAY)
async def my_day(tx: ReadTx) -> MyDay:
    """Return what is due, as far as the person who asks may see it, most urgent first."""
    due = DueList.together(await asked_of_all(tx, "due"))
    return MyDay(tuple(due.items), due.count)
