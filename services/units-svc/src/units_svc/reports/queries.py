"""Counting for the reports (R3): vacancy, time to re-let, maintenance cost, refusals."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text

from chassis.periods import Period
from chassis.tx import ReadTx
from chassis.usecase import query
from units_svc.inventory.feature import VIEW_UNITS
from units_svc.reports.model import CostBy, CostLine, Grouping, RefusalLine, ReletLine, VacancyLine
from units_svc.tables import views

# Each change of occupancy holds until the next one of the same home. What was before the first change isn't
# known.
_PERIODS = """
    SELECT c.unit_id, c.occupancy, c.changed_at AS began,
        lead(c.changed_at) OVER (PARTITION BY c.unit_id ORDER BY c.changed_at, c.id) AS ended,
        lead(c.occupancy) OVER (PARTITION BY c.unit_id ORDER BY c.changed_at, c.id) AS after
    FROM occupancy_change c
"""
_GROUPS = {Grouping.REGION: "u.region", Grouping.HOUSING_TYPE: "u.housing_type"}


@query(VIEW_UNITS)
async def vacancy(tx: ReadTx, period: Period, by: Grouping = Grouping.REGION) -> list[VacancyLine]:
    """Free homes by group: today, and days in the period against the days that all listed homes had."""
    group = _GROUPS[by]
    statement = f"""
        WITH days AS (
            SELECT s.unit_id, sum(least(coalesce(date(s.ended AT TIME ZONE :zone), :after), :after)
                - greatest(date(s.began AT TIME ZONE :zone), :first)) AS free
            FROM ({_PERIODS}) s
            WHERE s.occupancy = 'available' AND date(s.began AT TIME ZONE :zone) < :after
                AND coalesce(date(s.ended AT TIME ZONE :zone), :after) > :first
            GROUP BY s.unit_id
        ), lived AS (
            SELECT u.id, {group} AS grouped, u.occupancy,
                greatest(0, :after - greatest(date(u.created_at AT TIME ZONE :zone), :first)) AS possible
            FROM unit u WHERE u.active
        )
        SELECT l.grouped, count(*), count(*) FILTER (WHERE l.occupancy = 'available'),
            coalesce(sum(greatest(d.free, 0)), 0)::bigint, sum(l.possible)::bigint
        FROM lived l LEFT JOIN days d ON d.unit_id = l.id
        GROUP BY l.grouped ORDER BY count(*) DESC
    """  # noqa: S608 - the group is one of ours
    rows = await tx.execute(text(statement), _params(tx, period))
    return views(VacancyLine, rows)


@query(VIEW_UNITS)
async def time_to_relet(tx: ReadTx, period: Period, by: Grouping = Grouping.REGION) -> list[ReletLine]:
    """How many days homes stood free that were let again in the period: median and quartiles by group.

    Homes that entered the inventory free are left out: nobody knows since when they were.
    """
    group = _GROUPS[by]
    statement = f"""
        SELECT {group}, count(*),
            percentile_cont(0.5) WITHIN GROUP (ORDER BY s.days),
            percentile_cont(0.25) WITHIN GROUP (ORDER BY s.days),
            percentile_cont(0.75) WITHIN GROUP (ORDER BY s.days)
        FROM (
            SELECT f.*, extract(epoch FROM f.ended - f.began) / 86400 AS days,
                row_number() OVER (PARTITION BY f.unit_id ORDER BY f.began) AS turn
            FROM ({_PERIODS}) f
        ) s JOIN unit u ON u.id = s.unit_id
        WHERE s.occupancy = 'available' AND s.turn > 1
            AND s.after IN ('secured', 'occupied_by_client', 'occupied_by_other')
            AND date(s.ended AT TIME ZONE :zone) >= :first AND date(s.ended AT TIME ZONE :zone) < :after
        GROUP BY {group} ORDER BY count(*) DESC
    """  # noqa: S608 - the group is one of ours
    rows = await tx.execute(text(statement), _params(tx, period))
    return [ReletLine(row[0], row[1], *(round(float(value), 1) for value in row[2:])) for row in rows]


_COST_GROUPS = {
    CostBy.TYPE: ("w.type", "NULL", "NULL::uuid"),
    CostBy.YEAR: ("extract(year FROM w.day)::int::text", "NULL", "NULL::uuid"),
    CostBy.BUILDING: ("b.id::text", "b.street", "NULL::uuid"),
    CostBy.UNIT: ("u.id::text", "coalesce(u.unit_number || ' – ', '') || b.street", "u.id"),
}


@query(VIEW_UNITS)
async def maintenance_cost(
    tx: ReadTx, period: Period, by: CostBy = CostBy.TYPE, limit: int = 500
) -> list[CostLine]:
    """Costs of the work of a period by type, year, building or home, the dearest first (U7).

    Work counts on the day on which it ended, or else began, or else is scheduled to, or was reported.
    """
    key, label, unit = _COST_GROUPS[by]
    statement = f"""
        SELECT {key}, {label}, count(*), coalesce(sum(w.scheduled_cost), 0), coalesce(sum(w.actual_cost), 0),
        {unit} FROM (
            SELECT m.*, coalesce(m.actual_end, m.actual_start, m.scheduled_end, m.scheduled_start,
                date(m.reported_at AT TIME ZONE :zone)) AS day
            FROM maintenance_work m
        ) w JOIN unit u ON u.id = w.unit_id JOIN building b ON b.id = u.building_id
        WHERE w.day >= :first AND w.day < :after
        GROUP BY 1, 2, 6 ORDER BY 5 DESC, 4 DESC, 1 LIMIT :most
    """  # noqa: S608 - the groups are ours
    rows = await tx.execute(text(statement), _params(tx, period) | {"most": limit})
    return views(CostLine, rows)


@query(VIEW_UNITS)
async def refusals_by_place(tx: ReadTx, period: Period) -> list[RefusalLine]:
    """How many texts were refused for privacy, by where they were offered (W8)."""
    rows = await tx.execute(
        text(
            """
            SELECT place, count(*) FROM privacy_refusal
            WHERE date(refused_at AT TIME ZONE :zone) >= :first AND date(refused_at AT TIME ZONE :zone) <
            :after GROUP BY place ORDER BY count(*) DESC
            """
        ),
        _params(tx, period),
    )
    return views(RefusalLine, rows)


def _params(tx: ReadTx, period: Period) -> dict[str, object]:
    # A period that runs into the future is counted up to today.
    last = min(period.last, tx.today)
    return {
        "first": period.first,
        "after": max(last, period.first) + timedelta(days=1),
        "zone": tx.runtime.time_zone.key,
    }
