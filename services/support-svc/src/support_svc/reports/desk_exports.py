"""The quarterly export of housing facts on the Front Desk (R1)."""

from fastapi import Response

from deskkit.call import DeskCall
from deskkit.router import DeskRouter
from support_svc.reports.commands import record_export
from support_svc.reports.exporting import exported
from support_svc.reports.feature import EXPORT_HOUSING_FACTS
from support_svc.reports.queries import quarters

router = DeskRouter(prefix="/front-desk/reports/exports/quarters")


@router.get("", name="quarterly_exports")
async def page(call: DeskCall) -> Response:
    """The latest quarters, and when the housing facts of each were exported."""
    return call.page("reports/exports.html", quarters=await call.ask(quarters))


@router.post("/{quarter}", name="quarterly_export")
async def export(call: DeskCall, quarter: str) -> Response:
    """Export the housing facts of a quarter."""
    call.runtime.access.require(call.actor, EXPORT_HOUSING_FACTS)
    return await exported(call.ask, lambda command: call.perform(record_export, command), quarter)
