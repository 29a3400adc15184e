"""Each message in the outbox names the party that it is for."""

from alembic import op

from chassis.db.schema import chassis_v3

revision = "779217b4f4fa"
down_revision = "5259dc5dee54"


def upgrade() -> None:
    """Add the addressee."""
    chassis_v3(op)
