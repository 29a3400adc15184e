"""Reports over HTTP: /api/units/v1/reports (R3)."""

from __future__ import annotations

from datetime import date

from chassis.http import ApiRouter, Call
from chassis.periods import Period
from units_svc.reports import queries
from units_svc.reports.model import CostBy, CostLine, Grouping, RefusalLine, ReletLine, VacancyLine

router = ApiRouter(prefix="/reports", tags=["reports"])


@router.get("/vacancy")
async def vacancy(call: Call, first: date, last: date, by: Grouping = Grouping.REGION) -> list[VacancyLine]:
    """Free homes by group, today and over a period (R3)."""
    return await call.ask(queries.vacancy, Period(first, last), by)


@router.get("/time-to-relet")
async def time_to_relet(
    call: Call, first: date, last: date, by: Grouping = Grouping.REGION
) -> list[ReletLine]:
    """Days until homes were let again: median and quartiles (R3)."""
    return await call.ask(queries.time_to_relet, Period(first, last), by)


@router.get("/maintenance-cost")
async def maintenance_cost(call: Call, first: date, last: date, by: CostBy = CostBy.TYPE) -> list[CostLine]:
    """Costs of maintenance by type, year, building or home (R3, U7)."""
    return await call.ask(queries.maintenance_cost, Period(first, last), by)


@router.get("/privacy-refusals")
async def refusals(call: Call, first: date, last: date) -> list[RefusalLine]:
    """Texts refused for privacy by place (R3, W8)."""
    return await call.ask(queries.refusals_by_place, Period(first, last))
