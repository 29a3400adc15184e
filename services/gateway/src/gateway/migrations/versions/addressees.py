"""Each message in the outbox names the party that it is for."""

from alembic import op

from chassis.db.schema import chassis_v4

revision = "aa4514f951b9"
down_revision = "5dbea5148fc9"


def upgrade() -> None:
    """Add the addressee."""
    chassis_v4(op)
