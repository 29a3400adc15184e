"""Reports over 300,000 placements of 300,000 clients: each over everything and over one quarter (R1).

    python benchmarks/reports.py [--rows 300000] [--rounds 3]

Starts a PostgreSQL of its own, writes placements, stays, follow-ups, housing loss prevention, notices and
subsidies that begin evenly over eight years, and asks for each report through its query as a page does, then
for the first page of the records behind its largest figure.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import os
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

import client_search
from delivery_ground import cpu
from settings_ground import runtime_on

from chassis.actor import Actor
from chassis.perform import ask
from chassis.runtime import Runtime
from support_svc.reports.definitions import REPORTS
from support_svc.reports.model import CellFilter, Report, ReportFilter
from support_svc.reports.queries import counted_records, report
from support_svc.settings import Settings
from support_svc.wiring import build_runtime
from testkit.databases import PostgresForTests

SUPERVISOR = Actor("bench", "support", frozenset({"supervisor"}))
YEARS = 8
TARGET = 2.0
"""Seconds that a report over everything may take."""
PEOPLE = """CREATE TEMPORARY TABLE people AS
    SELECT number - 1000 AS n, id, lag(id, ((number - 1000 + 3) % 4)::int) OVER (ORDER BY number) AS head,
        lead(id) OVER (ORDER BY number) AS next,
        current_date - 2920 + ((number::bigint * 7919) % 2920)::int AS began
    FROM client"""
FILL = (
    "INSERT INTO caseworker SELECT 'case-' || c, 'Bench ' || c, true, now() FROM generate_series(1, 40) c",
    # Three people of four live in households of three.
    """INSERT INTO household (id, formed_on, version)
        SELECT id, '2015-01-01', 1 FROM people WHERE n % 4 = 1""",
    """INSERT INTO household_member (id, household_id, client_id, is_head, joined_on)
        SELECT id, head, id, n % 4 = 1, '2015-01-01' FROM people WHERE n % 4 <> 0""",
    """INSERT INTO placement (id, client_id, caseworker, search_started_on, program_id, currency, status,
            secured_on, moved_in_on, ended_on, started_at, version)
        SELECT id, id, 'case-' || (1 + n % 40), began, program, 'CAD', state,
            CASE WHEN state <> 'housing_not_secured' THEN began + 20 END,
            CASE WHEN state IN ('moved_in', 'follow_ups_completed') THEN began + 20 + (n % 90)::int END,
            CASE WHEN state IN ('failed', 'follow_ups_completed') THEN least(current_date, began + 400) END,
            began, 1
        FROM (SELECT id, n, began,
            (ARRAY['housing_not_secured', 'housing_secured', 'failed', 'moved_in', 'follow_ups_completed',
                'follow_ups_completed', 'follow_ups_completed', 'moved_in'])[1 + n % 8] AS state,
            (SELECT array_agg(id ORDER BY id) FROM program)[1 + n % (SELECT count(*) FROM program)] AS program
            FROM people) one""",
    """INSERT INTO placement_member (placement_id, client_id, is_head, active, position)
        SELECT id, id, true, false, 0 FROM people
        UNION ALL SELECT id, next, false, false, 1 FROM people WHERE n % 4 = 1""",
    """INSERT INTO housing_record (id, client_id, stay, placement_id, housing_type_id, started_on, ended_on,
            other_people, last_activity_on, recorded_at, version)
        SELECT gen_random_uuid(), m.client_id, p.id, p.id,
            (SELECT id FROM lookup_value WHERE list = 'housing_type' LIMIT 1), p.moved_in_on,
            CASE WHEN p.ended_on > p.moved_in_on AND random() < 0.4 THEN p.moved_in_on + 100 END,
            0, p.moved_in_on, now(), 1
        FROM placement p JOIN placement_member m ON m.placement_id = p.id
        WHERE p.moved_in_on IS NOT NULL AND m.is_head""",
    """INSERT INTO followup (id, subject, subject_id, client_id, caseworker, due_on, state, done_on,
            final, version)
        SELECT gen_random_uuid(), 'placement', p.id, p.client_id, p.caseworker, p.moved_in_on + 30 * times,
            'done', p.moved_in_on + 30 * times, false, 1
        FROM placement p, generate_series(1, 12, 3) times WHERE p.moved_in_on IS NOT NULL""",
    """INSERT INTO followup_outcome (followup_id, client_id, still_in_housing)
        SELECT id, client_id, CASE WHEN random() < 0.8 THEN 'yes' ELSE 'unable_to_contact' END
        FROM followup""",
    """INSERT INTO housing_loss_prevention (id, client_id, stay_id, reason_id, started_on, caseworker,
            program_id, risk_source, status, ended_on, outcome, opened_at, version)
        SELECT gen_random_uuid(), r.client_id, r.id,
            (SELECT id FROM lookup_value WHERE list = 'reason_for_service' LIMIT 1), r.started_on + 60,
            p.caseworker, p.program_id, 'notice', 'closed', r.started_on + 120,
            (ARRAY['kept_with_new_subsidy', 'kept_without_subsidy', 'became_homeless'])[1 + p.number % 3],
            now(), 1
        FROM housing_record r JOIN placement p ON p.id = r.placement_id WHERE p.number % 4 = 0""",
    """INSERT INTO tenancy_risk (risk, referral, placement_id, landlord, kind, stage, served_on, remedy_by,
            offered_at, offered_remedy_by, reported_version, reported_at, answer, version)
        SELECT gen_random_uuid(), gen_random_uuid(), id, 'property', 'arrears', 'notice', moved_in_on + 55,
            moved_in_on + 69, moved_in_on + 55 + (number % 20)::int, moved_in_on + 69, 1, now(), 'open', 1
        FROM placement WHERE moved_in_on IS NOT NULL AND number % 4 = 0""",
    """INSERT INTO subsidy (id, placement_id, client_id, program_id, kind, reason_id, starts_on, ends_on,
            currency, recorded_at, recorded_by_name, version)
        SELECT gen_random_uuid(), id, client_id, program_id, 'rent_supplement',
            (SELECT id FROM lookup_value WHERE list = 'subsidy_reason' LIMIT 1), moved_in_on,
            moved_in_on + 365, 'CAD', now(), 'Bench', 1
        FROM placement WHERE moved_in_on IS NOT NULL AND number % 2 = 0""",
    """INSERT INTO subsidy_payment (id, subsidy_id, due_on, outcome, amount, paid_on, recorded_at,
            recorded_by_name, version)
        SELECT gen_random_uuid(), id, starts_on + 30 * month, 'paid', 300, starts_on + 30 * month, now(),
            'Bench', 1
        FROM subsidy, generate_series(0, 11) month""",
    """INSERT INTO restriction (id, client_id, reason, granted_at, granted_by_name, version)
        SELECT gen_random_uuid(), id, 'publicity', now(), 'Bench', 1 FROM client ORDER BY id LIMIT 200""",
    "VACUUM ANALYZE",
)


async def filled(server: PostgresForTests, number: int) -> Runtime:
    """Make a register of `number` clients with a placement each, and all that follows it."""
    database = await server.fresh("support", None)
    connection = await database.connect()
    # Nobody is looked for by name here, and the words of names take longest.
    await connection.execute("ALTER TABLE client DISABLE TRIGGER USER")
    rows = client_search.clients(number, random.Random(number))
    async with client_search.copying_into(connection, "client"):
        await connection.copy_records_to_table("client", records=rows, columns=client_search.CLIENT)
    await connection.execute("SET partywall.acting = '*'")
    await connection.execute(PEOPLE)
    for statement in FILL:
        await connection.execute(statement)
    await connection.close()
    return runtime_on(database, build_runtime, Settings, "support")


async def took(asked: Awaitable[Any]) -> tuple[float, Any]:
    """Return how many seconds something took, and its result."""
    began = time.perf_counter()
    found = await asked
    return time.perf_counter() - began, found


async def measure(runtime: Runtime, of: Report, first: dt.date, last: dt.date, rounds: int) -> list[float]:
    """Return the medians of a report and of the first page behind its largest figure, in seconds."""
    figures, behind = [], []
    for _ in range(rounds):
        wanted = ReportFilter(first=first, last=last)
        seconds, table = await took(ask(runtime, SUPERVISOR, report, of.name, wanted))
        figures.append(seconds)
        largest = max(table.lines, key=lambda line: line.figures["services"] or 0)
        cell = CellFilter(
            first=first, last=last, measure="people", key=largest.key, currency=largest.currency
        )
        behind.append((await took(ask(runtime, SUPERVISOR, counted_records, of.name, cell)))[0])
    return [statistics.median(figures), statistics.median(behind)]


async def main(rows: int, rounds: int) -> None:
    """Fill, measure and print."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        Path(folder).chmod(0o755)  # noqa: ASYNC240 - nothing else runs yet
        server = PostgresForTests.start(Path(folder))
        try:
            runtime = await filled(server, rows)
            today = dt.datetime.now(runtime.time_zone).date()
            print(f"{rows:,} clients and placements; seconds, medians of {rounds} rounds\n")
            print("| report | over everything | its records | one quarter | its records |")
            print("|---|---:|---:|---:|---:|")
            began = cpu()
            for of in REPORTS:
                whole = await measure(runtime, of, today - dt.timedelta(days=YEARS * 365), today, rounds)
                since = today - dt.timedelta(days=700)
                quarter = await measure(runtime, of, since, since + dt.timedelta(days=91), rounds)
                figures = " | ".join(f"{one:.2f}" for one in (*whole, *quarter))
                mark = "" if whole[0] < TARGET else " **misses the target**"
                print(f"| {of.name}{mark} | {figures} |", flush=True)
            ended = cpu()
            stolen = (ended[0] - began[0]) / max(ended[1] - began[1], 1)
            print(f"\nCPU stolen by the host: {stolen:.1%}; load {os.getloadavg()[0]:.1f}")
            await runtime.close()
        finally:
            server.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    asyncio.run(main(chosen.rows, chosen.rounds))
