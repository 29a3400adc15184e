"""What was recorded before there were parties is the inventory's own (N1, N2)."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from chassis.db.migrate import upgrade
from testkit.databases import migrations_of


@pytest.mark.row("N1", "N2")
async def test_records_of_before_are_the_inventorys_own_and_the_support_organisations(
    fresh_database: Any,
) -> None:
    database = await fresh_database()
    migrations = str(migrations_of("units"))
    await upgrade(database.url, migrations, "4734b2ba5bef")
    connection = await database.connect()
    unit, building, request = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    try:
        await connection.execute(
            f"""
            INSERT INTO landlord (id, kind, name, name_key, relation, active, version) VALUES
                ('{uuid.uuid4()}', 'organisation', 'Maple', 'maple', 'managing_agent', true, 1),
                ('{uuid.uuid4()}', 'organisation', 'Oak', 'oak', 'third_party', true, 1);
            INSERT INTO outbox (id, aggregate, aggregate_version, subject, type, data, recorded_at) VALUES
                ('{uuid.uuid4()}', '{unit}', 1, 's', 't', '{{"source": "/maple-homes/units"}}', now());
            INSERT INTO building (id, street, city, province, country, address_key, search_text, version)
                VALUES ('{building}', '1 Elm Road', 'Toronto', 'ON', 'CA', 'k', 's', 1);
            INSERT INTO unit (id, building_id, unit_key, unit_order, housing_type, status,
                status_observed_on, occupancy, features, shareable, active, rent_currency, city_key,
                address_order, listing_version, created_at, version)
                VALUES ('{unit}', '{building}', '', '', 'apartment', 'good', '2026-03-01', 'available',
                    '{{}}', false, true, 'CAD', 'toronto', '', 1, now(), 1);
            INSERT INTO hold (request_id, unit_id, state, asked_at, managed_by, version) VALUES
                ('{request}', '{unit}', 'held', now(), 'property_entity', 1),
                ('{uuid.uuid4()}', '{uuid.uuid4()}', 'refused', now(), NULL, 1);
            INSERT INTO occupation (id, unit_id, kind, reference, by_client, managed_by, began_on, noted_at,
                noted_by)
                VALUES ('{uuid.uuid4()}', '{unit}', 'tenancy', '{uuid.uuid4()}', true, 'property_entity',
                    '2026-03-01', now(), 'x'),
                ('{uuid.uuid4()}', '{unit}', 'other_household', '{uuid.uuid4()}', false, 'third_party',
                    '2026-03-01', now(), 'x');
            """  # noqa: S608 - ids of our own
        )
        await upgrade(database.url, migrations)
        parties = {row["name"]: row["party"] for row in await connection.fetch("SELECT * FROM landlord")}
        assert parties == {"Maple": "maple-homes", "Oak": None}
        holds = await connection.fetch("SELECT requested_by, manager FROM hold ORDER BY state")
        assert [tuple(row) for row in holds] == [("support", "maple-homes"), ("support", None)]
        stays = await connection.fetch("SELECT manager FROM occupation ORDER BY kind")
        assert [row["manager"] for row in stays] == [None, "maple-homes"]
    finally:
        await connection.close()
