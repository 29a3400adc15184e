"""Reports and quarterly exports through the API (R1, R5)."""

from typing import Annotated

from fastapi import Query, Response

from chassis.http import ApiRouter, Call
from support_svc.reports import queries
from support_svc.reports.commands import record_export
from support_svc.reports.exporting import exported
from support_svc.reports.feature import EXPORT_HOUSING_FACTS
from support_svc.reports.model import (
    CellFilter,
    CountedRecords,
    MakeExport,
    QuarterView,
    ReportFilter,
    ReportSummary,
    ReportTable,
)

router = ApiRouter(tags=["reports"])


@router.get("/reports")
async def get_reports(call: Call) -> list[ReportSummary]:
    """List the reports."""
    return await call.ask(queries.reports)


@router.get("/reports/{report}")
async def get_report(call: Call, report: str, wanted: Annotated[ReportFilter, Query()]) -> ReportTable:
    """Count a report."""
    return await call.ask(queries.report, report, wanted)


@router.get("/reports/{report}/rows")
async def get_rows(call: Call, report: str, wanted: Annotated[CellFilter, Query()]) -> CountedRecords:
    """List the records that a figure of a report counts."""
    return await call.ask(queries.counted_records, report, wanted)


@router.get("/quarterly-exports")
async def get_quarters(call: Call) -> list[QuarterView]:
    """List the latest fiscal quarters, each with its last export."""
    return await call.ask(queries.quarters)


@router.post("/quarterly-exports", response_class=Response)
async def post_export(call: Call, command: MakeExport) -> Response:
    """Export the housing facts of a fiscal quarter, as an archive of CSV files."""
    call.runtime.access.require(call.actor, EXPORT_HOUSING_FACTS)
    return await exported(call.ask, lambda made: call.perform(record_export, made), command.quarter)
