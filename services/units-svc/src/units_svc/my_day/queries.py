"""What is due and waiting in the inventory."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from chassis.offers import asked_of_all
from chassis.tx import ReadTx
from chassis.usecase import query
from trade.due import Due, DueList
from units_svc.holds.queries import HoldView, recent_answers
from units_svc.inventory.feature import VIEW_UNITS
from units_svc.inventory.model import Occupancy, Unit
from units_svc.inventory.queries import occupancy_counts


@dataclass(frozen=True, slots=True)
class MyDay:
    """What is due, most urgent first, requests answered last, and the inventory in numbers.

    `due_count` is of everything that is due, also of what isn't listed.
    """

    due: tuple[Due, ...]
    due_count: int
    answered: list[HoldView]
    occupancy: dict[Occupancy, int]
    without_rent: int
    not_inspected: int


@query(VIEW_UNITS)
async def my_day(tx: ReadTx) -> MyDay:
    """What is due and waiting."""
    due = DueList.together(await asked_of_all(tx, "due"))
    counted = await occupancy_counts(tx)
    return MyDay(
        due=tuple(due.items),
        due_count=due.count,
        answered=await recent_answers(tx),
        occupancy={one: counted[one] for one in Occupancy if one in counted},
        without_rent=await _count(tx, Unit.rent_amount.is_(None)),
        not_inspected=await _count(tx, Unit.status == "not_inspected"),
    )


async def _count(tx: ReadTx, condition: object) -> int:
    return int(await tx.scalar(select(func.count()).select_from(Unit).where(Unit.active, condition)) or 0)  # type: ignore[arg-type]
