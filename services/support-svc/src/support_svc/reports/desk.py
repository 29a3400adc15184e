"""Reports on the Front Desk: a period, filters, a chart, a table, CSV, and a page that prints (R1, R5)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import Response

from chassis.errors import InvalidInput
from chassis.periods import Named
from deskkit.call import DeskCall, PageCall
from deskkit.csv_files import csv_stream
from deskkit.i18n import N_
from deskkit.router import DeskRouter
from support_svc.lookups.desk import colleagues
from support_svc.programs.desk import program_choices
from support_svc.reports import queries
from support_svc.reports.definitions import KINDS, REPORTS, report_named
from support_svc.reports.feature import VIEW_REPORT_ROWS, VIEW_REPORTS
from support_svc.reports.model import (
    CellFilter,
    Chart,
    CountedRecord,
    Figure,
    Grouping,
    Line,
    Measure,
    Names,
    Of,
    Report,
    ReportFilter,
    ReportTable,
    Unit,
    Value,
)
from support_svc.restrictions.feature import RESTRICT_CLIENTS
from support_svc.restrictions.queries import restrictions_of_others

router = DeskRouter(prefix="/front-desk/reports")

PERIODS = {
    Named.THIS_FISCAL_YEAR: N_("This fiscal year (from April)"),
    Named.LAST_FISCAL_YEAR: N_("Last fiscal year"),
    Named.THIS_QUARTER: N_("This quarter"),
    Named.LAST_QUARTER: N_("Last quarter"),
    Named.THIS_MONTH: N_("This month"),
    Named.LAST_MONTH: N_("Last month"),
    Named.THIS_YEAR: N_("This calendar year"),
    Named.LAST_YEAR: N_("Last calendar year"),
}
UNITS = {Unit.SERVICES: N_("Service"), Unit.HOUSEHOLDS: N_("Household"), Unit.PEOPLE: N_("Person")}
VALUES = {Value.DAYS: N_("Days"), Value.MONEY: N_("Paid")}
CHARTED = 12
BATCH = 2_000


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line of a table in words, and where each of its figures leads."""

    words: str
    line: Line
    links: Mapping[str, str]


@router.get("", name="reports")
async def reports(call: DeskCall) -> Response:
    """All reports."""
    call.runtime.access.require(call.actor, VIEW_REPORTS)
    return call.page("reports/list.html", reports=REPORTS)


@router.get("/{report}", name="report")
async def report(call: DeskCall, report: str) -> Response:
    """One report: its figures for a period, as a chart and a table (R1, R5)."""
    of = report_named(report)
    form = call.sought(ReportFilter, initial={"by": of.groupings[0].name})
    table = await _counted(call, of, form)
    by = of.grouping(table.by)
    if not form.errors:
        shown = {"first": table.period.first, "last": table.period.last, "by": table.by}
        form = call.sought(ReportFilter, initial=shown)
    lines = [_shown(call, of, table, line, form.command) for line in table.lines]
    totals = [_shown(call, of, table, line, form.command) for line in table.totals]
    if _as_csv(call):
        name = f"{of.name}-{table.period.first.isoformat()}-{table.period.last.isoformat()}.csv"
        return call.csv(name, *_csv_of(call, of.shown(by), call._(by.title), [*lines, *totals]))
    return call.page(
        "reports/report.html",
        of=of,
        by=by,
        table=table,
        form=form,
        lines=lines,
        totals=totals,
        measures=[one for one in of.shown(by) if not one.where],
        parts=[one for one in of.shown(by) if one.where],
        chart=_chart(of, by, lines),
        charted=of.charted_by(by)[0],
        periods=[
            (call._(words), one.value, one.on(call.today) == table.period) for one, words in PERIODS.items()
        ],
        groupings=[(one.name, call._(one.title)) for one in of.groupings],
        programs=await program_choices(call, everything=True),
        people=await colleagues(call, everybody=True),
        restrictions=await call.ask(restrictions_of_others) if call.may(RESTRICT_CLIENTS) else None,
    )


@router.get("/{report}/rows", name="report_rows")
async def rows(call: DeskCall, report: str) -> Response:
    """The records behind one figure of a report (R5)."""
    of = report_named(report)
    form = call.sought(CellFilter, initial={"by": of.groupings[0].name})
    wanted: CellFilter = form.command
    measure = of.measure(wanted.measure)
    if _as_csv(call):
        header = _row_header(call, of, measure)
        call.runtime.access.require(call.actor, VIEW_REPORT_ROWS)
        await call.ask(queries.counted_records, of.name, wanted, limit=1)
        return csv_stream(f"{of.name}-{measure.name}.csv", header, _batches(call, of, measure, wanted))
    found = await call.ask(queries.counted_records, of.name, wanted)
    period = wanted.days(call.today)
    line = Line(wanted.key, wanted.currency, {})
    table = ReportTable(of.name, period, of.grouping(wanted.by).name, [line], [], call.now)
    labelled = await call.ask(queries.labelled, of.name, table.by, line)
    return call.page(
        "reports/rows.html",
        of=of,
        by=of.grouping(wanted.by),
        measure=measure,
        wanted=wanted,
        found=found,
        period=period,
        line=_words(call, of, table.by, labelled),
        unit=call._(UNITS[measure.unit]),
        value=call._(VALUES[of.value]) if of.value and measure.unit is Unit.SERVICES else None,
        shown=lambda one: _row(call, of, measure, one, wanted.currency),
        back=call.url("report", report=of.name, **_asking(wanted, period.first, period.last)),
    )


async def _counted(call: PageCall, of: Report, form: Any) -> ReportTable:
    """The figures that are asked for; those of the usual period when it's the wrong way round."""
    try:
        found: ReportTable = await call.ask(queries.report, of.name, form.command)
    except InvalidInput as refused:
        form.add(refused)
        found = await call.ask(queries.report, of.name, ReportFilter())
    return found


def _as_csv(call: PageCall) -> bool:
    return call.request.query_params.get("format") == "csv"


def _asking(wanted: ReportFilter, first: date, last: date) -> dict[str, Any]:
    """The parameters of an address that asks for the same, whichever day it's opened on."""
    given: dict[str, Any] = {"first": first.isoformat(), "last": last.isoformat(), "by": wanted.by}
    given |= {"program": wanted.program, "caseworker": wanted.caseworker or None}
    return {name: value for name, value in given.items() if value is not None}


def _shown(call: PageCall, of: Report, table: ReportTable, line: Line, wanted: ReportFilter) -> ShownLine:
    links: dict[str, str] = {}
    if call.may(VIEW_REPORT_ROWS) and not wanted.outside:
        asking = _asking(wanted, table.period.first, table.period.last) | {"by": table.by}
        cell = {name: value for name in ("key", "currency") if (value := getattr(line, name)) is not None}
        links = {
            one.name: call.url("report_rows", report=of.name, measure=one.name, **asking, **cell)
            for one in of.measures
            if line.figures[one.name]
        }
    return ShownLine(_words(call, of, table.by, line), line, links)


def _words(call: PageCall, of: Report, by: str, line: Line) -> str:
    """What a line is about, in words."""
    grouping = of.grouping(by)
    if line.key is None:
        words = call._("Total")
    elif grouping.words:
        words = call._(grouping.words[line.key]) if line.key in grouping.words else line.key
    elif grouping.named is Names.PROGRAM and not line.key:
        words = call._("No program")
    elif grouping.named is Names.MONTH:
        words = call.formats.month(date.fromisoformat(f"{line.key}-01"))
    elif grouping.named is Names.PARTY:
        words = call.party_name(line.key)
    else:
        words = (line.label_fr if call.locale == "fr" else line.label_en) or line.key
    return words if line.currency in (None, "CAD") else f"{words} ({line.currency})"


def _chart(of: Report, by: Grouping, lines: Sequence[ShownLine]) -> list[tuple[Any, ...]]:
    """What the chart shows: the first lines, with the figures that it's of."""
    found: list[tuple[Any, ...]] = []
    for one in lines[:CHARTED]:
        figures = [one.line.figures[each.name] for each in of.charted_by(by)]
        if of.chart is Chart.PARTS:
            found.append((one.words, figures))
        elif of.chart is Chart.RANGES:
            found.append((one.words, *figures))
        else:
            found.append((one.words, figures[0], one.line.currency))
    return found


def _csv_of(
    call: PageCall, measures: Sequence[Measure], title: str, lines: Sequence[ShownLine]
) -> tuple[list[str], list[list[Any]]]:
    """The table as a file; what is hidden says so."""
    money = any(one.of is Of.SUM for one in measures)
    header = [title, *(call._(one.title) for one in measures), *([call._("Currency")] if money else [])]

    def cell(line: Line, name: str) -> Figure | str:
        return call._("not shown") if name in line.hidden else line.figures[name]

    rows = [
        [
            one.words,
            *(cell(one.line, each.name) for each in measures),
            *([one.line.currency] if money else []),
        ]
        for one in lines
    ]
    return header, rows


def _row_header(call: PageCall, of: Report, measure: Measure) -> list[str]:
    services = measure.unit is Unit.SERVICES
    return [
        call._("Client number"),
        call._("Client"),
        call._("Kind of service") if services else call._("Services"),
        *([call._("Outcome")] if of.outcomes else []),
        *([call._(VALUES[of.value])] if of.value and services else []),
    ]


def _row(
    call: PageCall, of: Report, measure: Measure, one: CountedRecord, currency: str | None
) -> dict[str, Any]:
    """A record in words, and where it is."""
    routes = {
        "placement": ("placement", "placement_id"),
        "prevention": ("prevention", "prevention_id"),
        "subsidy": ("subsidy", "subsidy_id"),
    }
    if measure.unit is Unit.SERVICES:
        route, parameter = routes[one.kind]
        href = call.url(route, **{parameter: one.record})
    else:
        href = call.url("client", client_id=one.client_id)
    value: Any = None
    if one.value is not None:
        value = (
            call.formats.number(one.value)
            if of.value is Value.DAYS
            else call.formats.money(one.value, currency or "CAD")
        )
    return {
        "href": href,
        "kind": call._(KINDS[one.kind]),
        "outcome": call._(of.outcomes[one.outcome])
        if one.outcome is not None and one.outcome in of.outcomes
        else None,
        "value": value,
    }


async def _batches(
    call: PageCall, of: Report, measure: Measure, wanted: CellFilter
) -> AsyncIterator[list[list[Any]]]:
    after = None
    while True:
        asked = wanted.model_copy(update={"after": after})
        found = await call.ask(queries.counted_records, of.name, asked, limit=BATCH)
        services = measure.unit is Unit.SERVICES
        lines = []
        for one in found.items:
            words = _row(call, of, measure, one, wanted.currency)
            line: list[Any] = [
                one.client_number,
                one.client_name,
                words["kind"] if services else one.services,
            ]
            line += [words["outcome"]] if of.outcomes else []
            line += [one.value] if of.value and services else []
            lines.append(line)
        yield lines
        after = found.next
        if after is None:
            return
