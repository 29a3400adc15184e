"""Reading reports: the figures, and the records behind each of them (R1, R5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from typing import cast as typed
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Subquery, Text, and_, case, cast, func, null, select, tuple_
from sqlalchemy.dialects.postgresql import aggregate_order_by

from chassis.paging import PAGE
from chassis.periods import FiscalQuarter
from chassis.tx import ReadTx
from chassis.usecase import query
from support_svc.clients.model import Client, display_name
from support_svc.lookups.model import Caseworker, LookupValue
from support_svc.programs.model import Program
from support_svc.reports.definitions import REPORTS, report_named
from support_svc.reports.feature import EXPORT_HOUSING_FACTS, VIEW_REPORT_ROWS, VIEW_REPORTS
from support_svc.reports.model import (
    Asked,
    CellFilter,
    CountedRecord,
    CountedRecords,
    Figure,
    Grouping,
    Line,
    Measure,
    Names,
    Of,
    QuarterlyExport,
    QuarterView,
    Report,
    ReportFilter,
    ReportSummary,
    ReportTable,
    Unit,
)
from support_svc.reports.suppression import suppressed

QUARTERS = 9
"""So many fiscal quarters are offered for export: this one, and those of two years."""
_SHOWN = ("made_at", "made_by_name", "placements", "stays", "preventions")
_QUARTILES = {Of.LOWER: 0.25, Of.MEDIAN: 0.5, Of.UPPER: 0.75}


@query(VIEW_REPORTS)
async def reports(tx: ReadTx) -> list[ReportSummary]:
    """The reports that there are."""
    return [
        ReportSummary(
            one.name,
            tuple(each.name for each in one.groupings),
            tuple(each.name for each in one.measures),
        )
        for one in REPORTS
    ]


@query(VIEW_REPORTS)
async def report(tx: ReadTx, name: str, wanted: ReportFilter) -> ReportTable:
    """The figures of a report. Raises NotFound, and InvalidInput for a period or grouping unknown to it."""
    of, asked = report_named(name), _asked(tx, name, wanted)
    lines = await _lines(tx, of, asked)
    totals = [line for line in lines if line.key is None]
    found = await _labelled(tx, of.grouping(wanted.by), [line for line in lines if line.key is not None])
    if wanted.outside:
        hidden = suppressed([*found, *totals], of)
        found, totals = hidden[: len(found)], hidden[len(found) :]
    return ReportTable(of.name, asked.period, asked.by, found, totals, tx.now)


@query(VIEW_REPORT_ROWS)
async def counted_records(tx: ReadTx, name: str, wanted: CellFilter, limit: int = PAGE) -> CountedRecords:
    """The records that a figure counts, each once: none for a line that there isn't. Raises NotFound."""
    of, asked = report_named(name), _asked(tx, name, wanted)
    measure = of.measure(wanted.measure)
    fact = _facts(of, asked)
    unit = fact.c[measure.unit.column]
    one = [
        func.array_agg(aggregate_order_by(fact.c[each], fact.c.service))[1].label(each)
        for each in ("kind", "record", "head")
    ]
    lowest, highest = func.min(fact.c.outcome), func.max(fact.c.outcome)
    one.append(case((lowest == highest, lowest)).label("outcome"))
    one.append((func.min(fact.c.value) if measure.unit is Unit.SERVICES else null()).label("value"))
    counted = and_(*_behind(of, measure, fact, wanted))
    statement = (
        select(unit.label("id"), func.count(func.distinct(fact.c.service)).label("services"), *one)
        .where(counted)
        .group_by(unit)
    )
    figures: list[ColumnElement[Any]] = [func.count(func.distinct(unit))]
    if measure.of is not Of.SHARE:
        figures.append(_expression(of, measure, fact))
    total, *figure = (await tx.execute(select(*figures).where(counted))).one()
    if wanted.after is not None:
        statement = statement.where(unit > wanted.after)
    rows = (await tx.execute(statement.order_by(unit).limit(limit + 1))).all()
    shown = rows[:limit]
    names = await _names(tx, [_who(row, measure.unit) for row in shown])
    items = [
        CountedRecord(
            id=row.id,
            kind=row.kind,
            record=row.record,
            client_id=(who := _who(row, measure.unit)),
            client_name=names[who][0],
            client_number=names[who][1],
            services=row.services,
            outcome=row.outcome,
            value=row.value,
        )
        for row in shown
    ]
    return CountedRecords(
        total,
        _rounded(figure[0], measure) if figure else None,
        measure.unit,
        items,
        shown[-1].id if len(rows) > limit else None,
    )


@query(EXPORT_HOUSING_FACTS)
async def quarters(tx: ReadTx) -> list[QuarterView]:
    """The latest fiscal quarters, this one first, each with the last export of its housing facts."""
    wanted = [FiscalQuarter.of(tx.today)]
    while len(wanted) < QUARTERS:
        wanted.append(wanted[-1].before)
    made = await tx.execute(
        select(QuarterlyExport)
        .where(QuarterlyExport.first_on >= wanted[-1].period.first)
        .order_by(QuarterlyExport.made_at, QuarterlyExport.id)
    )
    latest = {one.first_on: one for one in made.scalars()}
    return [_quarter(one, latest.get(one.period.first), tx.today) for one in wanted]


def _quarter(one: FiscalQuarter, made: QuarterlyExport | None, today: date) -> QuarterView:
    year = f"{one.year}–{(one.year + 1) % 100:02}"
    bare = QuarterView(year, one.number, one.code, one.period, one.period.last < today)
    if made is None:
        return bare
    shown = {name: getattr(made, name) for name in _SHOWN}
    return replace(bare, **shown)


@query(VIEW_REPORT_ROWS)
async def labelled(tx: ReadTx, name: str, by: str, line: Line) -> Line:
    """A line with the name of what it's about."""
    if line.key is None:
        return line
    return (await _labelled(tx, report_named(name).grouping(by), [line]))[0]


def _who(row: Row[Any], unit: Unit) -> UUID:
    return typed(UUID, row.id if unit is Unit.PEOPLE else row.head)


def _asked(tx: ReadTx, name: str, wanted: ReportFilter) -> Asked:
    of = report_named(name)
    period = wanted.days(tx.today)
    return Asked(
        period=period,
        day=min(period.last, tx.today),
        zone=tx.runtime.time_zone.key,
        by=of.grouping(wanted.by).name,
        program=wanted.program,
        caseworker=wanted.caseworker or None,
    )


def _facts(of: Report, asked: Asked) -> Subquery:
    """The facts of a report; `turn` is 1 in one row of each service, so that its value counts once."""
    fact = of.facts(asked).subquery("counted")
    if of.value is None:
        return fact
    turn = func.row_number().over(partition_by=fact.c.service, order_by=fact.c.person)
    return select(fact, turn.label("turn")).subquery("valued")


def _expression(of: Report, measure: Measure, fact: Subquery) -> ColumnElement[Any]:
    if measure.of is Of.COUNT:
        counted = func.count(func.distinct(fact.c[measure.unit.column]))
        return counted.filter(fact.c.outcome.in_(measure.where)) if measure.where else counted
    value = case((fact.c.turn == 1, fact.c.value))
    if measure.of is Of.SUM:
        return func.sum(value)
    return func.percentile_cont(_QUARTILES[measure.of]).within_group(value)


def _behind(
    of: Report, measure: Measure, fact: Subquery, wanted: CellFilter
) -> Iterable[ColumnElement[bool]]:
    """What holds for the facts behind a figure: the same as what the figure itself counts."""
    if wanted.key is not None:
        yield fact.c.key == wanted.key
    yield fact.c.currency.is_not_distinct_from(wanted.currency)
    parts = [of.measure(name) for name in measure.part] or [measure]
    outcomes = {outcome for part in parts for outcome in part.where}
    if outcomes:
        yield fact.c.outcome.in_(sorted(outcomes))
    if measure.of is Of.SUM:
        yield fact.c.value != 0
    elif measure.of in _QUARTILES:
        yield fact.c.value.is_not(None)


async def _lines(tx: ReadTx, of: Report, asked: Asked) -> list[Line]:
    """The lines of a report with their figures, and the totals."""
    fact = _facts(of, asked)
    measures = [one for one in of.measures if one.of is not Of.SHARE]
    every = tuple_(fact.c.key, fact.c.currency)
    sets = [every, tuple_(fact.c.currency)] if of.total else [every]
    statement = select(
        fact.c.key,
        fact.c.currency,
        func.grouping(fact.c.key).label("is_total"),
        *(_expression(of, one, fact).label(f"figure_{one.name}") for one in measures),
    ).group_by(func.grouping_sets(*sets))
    found = []
    for row in await tx.execute(statement):
        figures: dict[str, Figure] = {one.name: _rounded(row[3 + at], one) for at, one in enumerate(measures)}
        for one in of.measures:
            if one.of is Of.SHARE:
                figures[one.name] = _share(figures, one)
        ordered = {one.name: figures[one.name] for one in of.measures}
        found.append(Line(None if row.is_total else row.key, row.currency, ordered))
    return found


def _rounded(figure: Any, measure: Measure) -> Figure:
    if figure is None or measure.of is Of.COUNT:
        return typed(Figure, figure)
    return Decimal(figure) if measure.of is Of.SUM else round(float(figure), 1)


def _share(figures: dict[str, Figure], measure: Measure) -> float | None:
    """A share in percent; None of nothing."""
    part = sum(int(figures[name] or 0) for name in measure.part)
    whole = int(figures[measure.whole] or 0) - int(figures.get(measure.less) or 0)
    return round(100 * part / whole, 1) if whole else None


async def _names(tx: ReadTx, ids: Sequence[UUID]) -> dict[UUID, tuple[str, int]]:
    found = await tx.execute(
        select(Client.id, Client.number, Client.given_name, Client.family_name, Client.preferred_name).where(
            Client.id.in_(set(ids))
        )
    )
    return {row[0]: (display_name(*row[2:]), row[1]) for row in found}


async def _labelled(tx: ReadTx, by: Grouping, lines: list[Line]) -> list[Line]:
    """The lines with the names of what they are about, in their order: of closed words, or by size."""
    order = {code: at for at, code in enumerate(by.words)}
    keys = [line.key for line in lines if line.key]
    labels: dict[str, tuple[str, str]] = {}
    if by.named is Names.PROGRAM:
        named = select(Program.id, Program.name_en, Program.name_fr)
        labels = await _both(tx, named.where(cast(Program.id, Text).in_(keys)))
    elif by.named is Names.LOOKUP:
        valued = select(LookupValue.id, LookupValue.label_en, LookupValue.label_fr)
        labels = await _both(tx, valued.where(cast(LookupValue.id, Text).in_(keys)))
    elif by.named is Names.CASEWORKER:
        who = select(Caseworker.subject, Caseworker.name, Caseworker.name)
        labels = await _both(tx, who.where(Caseworker.subject.in_(keys)))
    found = [
        replace(line, label_en=labels[line.key][0], label_fr=labels[line.key][1])
        if line.key in labels
        else line
        for line in lines
    ]

    def place(line: Line) -> tuple[Any, ...]:
        key = line.key or ""
        if by.words:
            return order.get(key, len(order)), key, line.currency or ""
        if by.named is Names.MONTH:
            return key, line.currency or ""
        return -int(line.figures.get("services") or 0), line.label_en or key, line.currency or ""

    return sorted(found, key=place)


async def _both(tx: ReadTx, statement: Any) -> dict[str, tuple[str, str]]:
    return {str(row[0]): (row[1], row[2]) for row in await tx.execute(statement)}
