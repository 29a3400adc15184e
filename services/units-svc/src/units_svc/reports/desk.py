"""Reports on the inventory desk: a period, a chart, a table, a CSV, and a page that prints (R3, R5)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field

from chassis.errors import InvalidInput
from chassis.periods import Period
from deskkit.call import DeskCall, PageCall
from deskkit.i18n import N_
from deskkit.router import DeskRouter
from units_svc.inventory.feature import HOUSING_TYPE, REGION
from units_svc.lookups.queries import lookup_lists
from units_svc.maintenance.feature import MAINTENANCE_TYPE
from units_svc.privacy.queries import refusals
from units_svc.reports import queries
from units_svc.reports.model import CostBy, Grouping

router = DeskRouter(prefix="/inventory-desk/reports")

GROUPINGS = {Grouping.REGION: N_("Geographic region"), Grouping.HOUSING_TYPE: N_("Housing type")}
COSTS = {
    CostBy.TYPE: N_("Type of work"),
    CostBy.YEAR: N_("Year"),
    CostBy.BUILDING: N_("Building"),
    CostBy.UNIT: N_("Home"),
}
PLACES = {
    "lookup_value": N_("A list value"),
    "unit": N_("The record of a unit"),
    "status": N_("The status of a unit"),
    "use": N_("The use of a unit"),
    "maintenance": N_("Maintenance work"),
    "inspection": N_("An inspection"),
    "photo": N_("A photo"),
    "import": N_("An import"),
    "landlord": N_("A landlord"),
    "contractor": N_("A contractor"),
    "hold": N_("A hold"),
}
CHARTED = 12


class PeriodForm(BaseModel):
    """The period of a report, and by what it adds up."""

    model_config = ConfigDict(frozen=True)

    first: Annotated[date | None, Field(title="From")] = None
    last: Annotated[date | None, Field(title="To")] = None
    by: Annotated[str | None, Field(title="By")] = None


@router.get("", name="reports")
async def reports(call: DeskCall) -> Response:
    """All reports of the inventory."""
    return call.page("reports/list.html")


@router.get("/vacancy", name="report_vacancy")
async def vacancy(call: DeskCall) -> Response:
    """Free homes, today and over a period."""
    period, by, form = _asked(call, Grouping, Grouping.REGION)
    name = await _group_names(call, by)
    rows = [
        (name(line.group), line.homes, line.free_now, line.free_days, line.share)
        for line in await call.ask(queries.vacancy, period, by)
    ]
    header = [call._(GROUPINGS[by]), *(call._(text) for text in _VACANCY)]
    return _page(call, N_("Vacancy"), form, header, rows, groupings=GROUPINGS, chart_of=4, shown_as="percent")


_VACANCY = (N_("Homes"), N_("Free today"), N_("Free days"), N_("Share of days free"))
_RELET = (N_("Homes let again"), N_("Median days"), N_("A quarter within"), N_("Three quarters within"))
_COST = (N_("Pieces of work"), N_("Scheduled cost"), N_("Actual cost"))


@router.get("/time-to-relet", name="report_relet")
async def time_to_relet(call: DeskCall) -> Response:
    """How long homes stood free before they were let again."""
    period, by, form = _asked(call, Grouping, Grouping.REGION)
    name = await _group_names(call, by)
    rows = [
        (name(line.group), line.homes, line.median, line.lower, line.upper)
        for line in await call.ask(queries.time_to_relet, period, by)
    ]
    header = [call._(GROUPINGS[by]), *(call._(text) for text in _RELET)]
    return _page(call, N_("Time to re-let"), form, header, rows, groupings=GROUPINGS, chart_of=2)


@router.get("/maintenance-cost", name="report_cost")
async def maintenance_cost(call: DeskCall) -> Response:
    """What maintenance cost (U7)."""
    period, by, form = _asked(call, CostBy, CostBy.TYPE)
    lists = await call.ask(lookup_lists)

    def name(line: Any) -> str:
        if by is CostBy.TYPE:
            return str(lists.label(MAINTENANCE_TYPE, line.key, call.locale))
        return str(line.label or line.key)

    lines = await call.ask(queries.maintenance_cost, period, by)
    rows = [(name(line), line.works, line.scheduled, line.actual) for line in lines]
    header = [call._(COSTS[by]), *(call._(text) for text in _COST)]
    return _page(
        call,
        N_("Maintenance cost"),
        form,
        header,
        rows,
        groupings=COSTS,
        chart_of=3,
        money=(2, 3),
        shown_as="money",
    )


@router.get("/privacy", name="report_privacy")
async def privacy(call: DeskCall) -> Response:
    """What was refused for privacy (W8)."""
    period, _, form = _asked(call, Grouping, Grouping.REGION)
    counted = await call.ask(queries.refusals_by_place, period)
    rows = [(call._(PLACES[line.place]), line.refusals) for line in counted]
    header = [call._("Where"), call._("Refusals")]
    if _as_csv(call):
        found = await call.ask(refusals, first=period.first, last=period.last, limit=10_000)
        return call.csv(
            "privacy-refusals.csv",
            [call._("When"), call._("Where"), call._("Deciding words"), call._("What was offered")],
            [
                (one.refused_at, call._(PLACES[one.place.value]), one.deciding, one.text)
                for one in found.items
            ],
        )
    return _page(
        call, N_("Refused for privacy"), form, header, rows, groupings={}, chart_of=1, more="privacy_refusals"
    )


def _asked(call: PageCall, kind: Any, usual: Any) -> tuple[Period, Any, Any]:
    """Return the period and grouping of the address, the year up to today unless it says otherwise."""
    year = Period(call.today - timedelta(days=364), call.today)
    form = call.sought(PeriodForm, initial={"first": year.first, "last": year.last, "by": usual.value})
    by = next((one for one in kind if one.value == form.command.by), usual)
    try:
        return Period(form.command.first or year.first, form.command.last or year.last), by, form
    except InvalidInput as refused:
        form.add(refused)
        return year, by, form


async def _group_names(call: PageCall, by: Grouping) -> Any:
    lists = await call.ask(lookup_lists)
    kind = REGION if by is Grouping.REGION else HOUSING_TYPE
    return lambda code: lists.label(kind, code, call.locale) or call._("not known")


def _as_csv(call: PageCall) -> bool:
    return call.request.query_params.get("format") == "csv"


def _page(
    call: PageCall,
    title: str,
    form: Any,
    header: list[str],
    rows: list[tuple[Any, ...]],
    *,
    groupings: dict[Any, str],
    chart_of: int,
    shown_as: str = "number",
    money: tuple[int, ...] = (),
    more: str | None = None,
) -> Response:
    if _as_csv(call):
        return call.csv(f"{call.request.url.path.rsplit('/', 1)[-1]}.csv", header, rows)
    return call.page(
        "reports/report.html",
        title=call._(title),
        form=form,
        header=header,
        rows=rows,
        chart=[(row[0], float(row[chart_of])) for row in rows[:CHARTED]],
        charted=header[chart_of],
        shown_as=shown_as,
        chart_of=chart_of,
        money=money,
        groupings=[(one.value, call._(words)) for one, words in groupings.items()],
        more=more,
    )
