"""Deposits of a lease by their kind, instead of one amount without one (T4)."""

from __future__ import annotations

from alembic import op

revision = "6dce2b04ac74"
down_revision = "300e6ea575d3"

_STATEMENTS = (
    """CREATE TABLE lease_deposits (
        id UUID NOT NULL,
        edition_id UUID NOT NULL,
        position INTEGER NOT NULL,
        kind VARCHAR(40) NOT NULL,
        amount NUMERIC(12, 2) NOT NULL,
        currency VARCHAR(3) NOT NULL,
        state VARCHAR(40) NOT NULL,
        replacement_cost NUMERIC(12, 2),
        CONSTRAINT pk_lease_deposits PRIMARY KEY (id),
        CONSTRAINT uq_lease_deposits_edition_id_kind UNIQUE (edition_id, kind),
        CONSTRAINT fk_lease_deposits_edition_id FOREIGN KEY (edition_id) REFERENCES lease_editions (id),
        CONSTRAINT ck_lease_deposits_amount CHECK (amount >= 0),
        CONSTRAINT ck_lease_deposits_replacement_cost CHECK (replacement_cost >= 0),
        CONSTRAINT ck_lease_deposits_deposit_kind CHECK (kind IN ('last_month_rent', 'key', 'security', 'pet')),
        CONSTRAINT ck_lease_deposits_deposit_state CHECK (state IN ('due', 'part_received', 'received', 'part_returned', 'returned', 'recovered_for_rent', 'recovered_for_damage'))
    )""",
    # A deposit of before is kept as the one its province knows; whether it's lawful is judged at the signing.
    """INSERT INTO lease_deposits (id, edition_id, position, kind, amount, currency, state)
        SELECT gen_random_uuid(), e.id, 0, CASE WHEN h.province = 'ON' THEN 'last_month_rent' ELSE 'security' END,
            e.deposit_amount, e.rent_currency, e.deposit_state
        FROM lease_editions e JOIN leases l ON l.id = e.lease_id LEFT JOIN homes h ON h.unit = l.unit
        WHERE e.deposit_amount IS NOT NULL AND e.deposit_state <> 'not_required'""",
    "ALTER TABLE lease_editions DROP COLUMN deposit_amount",
    "ALTER TABLE lease_editions DROP COLUMN deposit_state",
)


def upgrade() -> None:
    """Move each deposit to a row of its own."""
    for statement in _STATEMENTS:
        op.execute(statement)
