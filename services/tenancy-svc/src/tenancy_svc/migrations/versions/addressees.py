"""Each message in the outbox names the party that it is for."""

from alembic import op

from chassis.db.schema import chassis_v4

revision = "9603969851c6"
down_revision = "e35caa993142"


def upgrade() -> None:
    """Add the addressee."""
    chassis_v4(op)
