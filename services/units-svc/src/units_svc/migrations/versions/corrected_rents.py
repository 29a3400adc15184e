"""Rents that were mistyped, or given up before they began, are kept with the reason."""

from alembic import op

revision = "83bd79dfd520"
down_revision = "87176ab91a53"

_STATEMENTS = (
    "ALTER TABLE rent ADD COLUMN cancelled_at TIMESTAMP WITH TIME ZONE",
    "ALTER TABLE rent ADD COLUMN cancelled_by VARCHAR(200)",
    "ALTER TABLE rent ADD COLUMN cancelled_why TEXT",
    "CREATE UNIQUE INDEX uq_rent_standing ON rent (unit_id, begins_on) WHERE cancelled_at IS NULL",
    "DROP INDEX uq_rent_unit_begins_on",
    "ALTER INDEX uq_rent_standing RENAME TO uq_rent_unit_begins_on",
)


def upgrade() -> None:
    """Add what is kept of them; only one rent that stands begins on a day."""
    for statement in _STATEMENTS:
        op.execute(statement)
