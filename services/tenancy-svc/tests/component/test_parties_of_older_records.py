"""Records from when there was one of each party know theirs after the migration (N2, N4, W5)."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest

from chassis.db.migrate import upgrade
from testkit.databases import migrations_of

BEFORE = "9603969851c6"
NOW = dt.datetime(2026, 3, 2, 15, tzinfo=dt.UTC)
APPLICATION, REFERRAL, UNIT, OTHER_UNIT, REQUEST, SIGNING = (uuid.UUID(int=number) for number in range(1, 7))
OLDER = (
    """INSERT INTO home (unit, listing_version, managed_by, occupancy)
        VALUES ($2, 1, 'property_entity', 'available')""",
    """INSERT INTO hold (request, unit, status, managed_by) VALUES ($4, $2, 'held', 'property_entity'),
        (gen_random_uuid(), $3, 'held', 'third_party')""",
    """INSERT INTO application (id, version, origin, unit, adults, children, status, received_at)
        VALUES ($1, 1, 'referral', $2, 1, 0, 'received', $7)""",
    "INSERT INTO counterpart (referral, application_id, published) VALUES ($5, $1, 3)",
    """INSERT INTO choice (id, version, application_id, purpose, answer, counterpart, organisation, given_on,
            recorded_by)
        VALUES (gen_random_uuid(), 1, $1, 'signing', 'share', $5, 'Support', '2026-03-01', 'Dana'),
            (gen_random_uuid(), 1, $1, 'start', 'share', NULL, 'Another', '2026-03-01', 'Dana'),
            (gen_random_uuid(), 1, $1, 'notices', 'do_not_share', NULL, 'Support', '2026-03-01', 'Dana')""",
    "INSERT INTO advocate_answer (signing_id, attendance, answered_at) VALUES ($6, 'attending', $7)",
    """INSERT INTO entry_request (id, version, unit, state, answers, withdrawal)
        VALUES ($4, 1, $2, 'withdrawn', 0, 'no_longer_needed')""",
    """INSERT INTO outbox (id, aggregate, aggregate_version, subject, type, data, about, recorded_at)
        VALUES (gen_random_uuid(), 'a', 1, 's',
                'evt.tenancy.application_opened.v1', '{}', $1::uuid::text, $7),
            (gen_random_uuid(), 'b', 1, 's', 'evt.tenancy.tenancy_started.v1', '{}', NULL, $7)""",
)


@pytest.mark.row("N2", "N4", "W5")
async def test_older_records_are_of_the_parties_there_were(fresh_database: Any) -> None:
    database = await fresh_database()
    migrations = str(migrations_of("tenancy"))
    await upgrade(database.url, migrations, BEFORE)
    connection = await database.connect()
    values = (APPLICATION, UNIT, OTHER_UNIT, REQUEST, REFERRAL, SIGNING, NOW)
    try:
        for statement in OLDER:
            used = [number for number in range(1, 8) if f"${number}" in statement]
            text = statement
            for position, number in enumerate(used, 1):
                text = text.replace(f"${number}", f"${position}")
            await connection.execute(text, *(values[number - 1] for number in used))
        await upgrade(database.url, migrations)

        async def rows(sql: str) -> list[tuple[Any, ...]]:
            return [tuple(row) for row in await connection.fetch(sql)]

        assert await rows("SELECT unit, inventory, manager FROM home ORDER BY unit") == [
            (UNIT, "property", "property"),
            (OTHER_UNIT, "property", None),
        ]
        held = await rows("SELECT unit, manager FROM hold ORDER BY unit")
        assert held == [(UNIT, "property"), (OTHER_UNIT, None)]
        assert await rows(
            "SELECT party, referral, application_id, opened_id, published FROM counterpart"
        ) == [("support", REFERRAL, APPLICATION, APPLICATION, 3)]
        # The answer with a name typed by hand is a former one; "not to be shared" still stands.
        assert await rows("SELECT purpose, party, replaced_at IS NULL FROM choice ORDER BY purpose") == [
            ("notices", "support", True),
            ("signing", "support", True),
            ("start", "support", False),
        ]
        assert await rows("SELECT signing_id, party FROM advocate_answer") == [(SIGNING, "support")]
        assert await rows("SELECT inventory FROM entry_request") == [("property",)]
        assert await rows("SELECT type, addressee FROM outbox ORDER BY position") == [
            ("tenancy.application_opened.v1", "support"),
            ("tenancy.tenancy_started.v1", "property"),
        ]
    finally:
        await connection.close()
