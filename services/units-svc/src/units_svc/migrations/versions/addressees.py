"""Each message in the outbox names the party that it is for."""

from alembic import op

from chassis.db.schema import chassis_v4

revision = "4734b2ba5bef"
down_revision = "2f6ae6bf2152"


def upgrade() -> None:
    """Add the addressee."""
    chassis_v4(op)
