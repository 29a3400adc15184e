"""Each message in the outbox names the party that it is for."""

from alembic import op

from chassis.db.schema import chassis_v3

revision = "79f12c540ac4"
down_revision = "245e2dbe6799"


def upgrade() -> None:
    """Add the addressee."""
    chassis_v3(op)
