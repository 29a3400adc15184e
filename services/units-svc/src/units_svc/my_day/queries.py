"""What is due and waiting in the inventory."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from chassis.tx import ReadTx
from chassis.usecase import query
from units_svc.access import Permission
from units_svc.holds.queries import HoldView, active_holds, recent_answers
from units_svc.imports.queries import ImportView, imports_waiting
from units_svc.inventory.model import Occupancy, Unit
from units_svc.inventory.queries import occupancy_counts
from units_svc.maintenance.queries import WorkFilter, WorkPage, work_list

ENDING_WITHIN_DAYS = 4
SHOWN = 5


@dataclass(frozen=True, slots=True)
class MyDay:
    """Holds that end soon, overdue work, imports that wait for a decision, requests answered last, and the
    inventory in numbers."""

    ending: list[HoldView]
    overdue: WorkPage
    answered: list[HoldView]
    imports: list[ImportView]
    occupancy: dict[Occupancy, int]
    without_rent: int
    not_inspected: int


@query(Permission.VIEW_UNITS)
async def my_day(tx: ReadTx) -> MyDay:
    """What is due and waiting."""
    counted = await occupancy_counts(tx)
    return MyDay(
        ending=(await active_holds(tx, ending_within_days=ENDING_WITHIN_DAYS)).items,
        overdue=await work_list(tx, WorkFilter(state="overdue"), limit=SHOWN),
        answered=await recent_answers(tx),
        imports=await imports_waiting(tx),
        occupancy={one: counted[one] for one in Occupancy if one in counted},
        without_rent=await _count(tx, Unit.rent_amount.is_(None)),
        not_inspected=await _count(tx, Unit.status == "not_inspected"),
    )


async def _count(tx: ReadTx, condition: object) -> int:
    return int(await tx.scalar(select(func.count()).select_from(Unit).where(Unit.active, condition)) or 0)  # type: ignore[arg-type]
