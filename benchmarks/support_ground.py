"""A support organisation of a city's size, for benchmarks: clients, placements and all that follows them.

Placements begin evenly over eight years. They have stays, follow-ups, housing loss prevention, notices and
subsidies; three people of four live in households of three.
"""

from __future__ import annotations

import random
from typing import Any

import asyncpg
import client_search

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
        SELECT id, id, caseworker, began, program, 'CAD', state,
            CASE WHEN state <> 'housing_not_secured' THEN began + 20 END,
            CASE WHEN state IN ('moved_in', 'follow_ups_completed') THEN began + 20 + (n % 90)::int END,
            CASE WHEN state IN ('failed', 'follow_ups_completed') THEN least(current_date, began + 400) END,
            began, 1
        FROM (SELECT id, n, began,
            (ARRAY['housing_not_secured', 'housing_secured', 'failed', 'moved_in', 'follow_ups_completed',
                'follow_ups_completed', 'follow_ups_completed', 'moved_in'])[1 + n % 8] AS state,
            (SELECT array_agg(id ORDER BY id) FROM program)[1 + n % (SELECT count(*) FROM program)]
                AS program,
            (SELECT array_agg(subject ORDER BY subject) FROM caseworker)[
                1 + n % (SELECT count(*) FROM caseworker)] AS caseworker
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
        FROM placement p, generate_series(1, 12, 3) times
        WHERE p.moved_in_on IS NOT NULL AND p.moved_in_on + 30 * times < current_date - 20""",
    """INSERT INTO followup_outcome (followup_id, client_id, still_in_housing)
        SELECT id, client_id, CASE WHEN random() < 0.8 THEN 'yes' ELSE 'unable_to_contact' END
        FROM followup""",
    """INSERT INTO followup (id, subject, subject_id, client_id, caseworker, due_on, state, final, version)
        SELECT gen_random_uuid(), 'placement', id, client_id, caseworker,
            greatest(moved_in_on, current_date - 20 + number % 60), 'due', false, 1
        FROM placement WHERE status = 'moved_in'""",
    """INSERT INTO housing_loss_prevention (id, client_id, stay_id, reason_id, started_on, caseworker,
            program_id, risk_source, status, ended_on, outcome, opened_at, version)
        SELECT gen_random_uuid(), r.client_id, r.id,
            (SELECT id FROM lookup_value WHERE list = 'reason_for_service' LIMIT 1), r.started_on + 60,
            p.caseworker, p.program_id, 'notice', CASE WHEN over THEN 'closed' ELSE 'open' END,
            CASE WHEN over THEN r.started_on + 120 END,
            CASE WHEN over THEN (ARRAY['kept_with_new_subsidy', 'kept_without_subsidy',
                'became_homeless'])[1 + p.number % 3] END,
            now(), 1
        FROM (SELECT *, started_on + 120 <= current_date AS over FROM housing_record) r
        JOIN placement p ON p.id = r.placement_id WHERE p.number % 4 = 0""",
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


async def fill(connection: asyncpg.Connection[Any], number: int) -> None:
    """Write so many clients with a placement each, and all that follows it."""
    # Nobody is looked for by name here, and the words of names take longest.
    await connection.execute("ALTER TABLE client DISABLE TRIGGER USER")
    rows = client_search.clients(number, random.Random(number))
    async with client_search.copying_into(connection, "client"):
        await connection.copy_records_to_table("client", records=rows, columns=client_search.CLIENT)
    await connection.execute("ALTER TABLE client ENABLE TRIGGER USER")
    await connection.execute("SET partywall.acting = '*'")
    await connection.execute(PEOPLE)
    for statement in FILL:
        await connection.execute(statement)
