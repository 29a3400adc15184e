"""Each message in the outbox names the party that it is for."""

from alembic import op

from chassis.db.schema import chassis_v3

revision = "91a0f5f65c1a"
down_revision = "ca3d716798fc"


def upgrade() -> None:
    """Add the addressee."""
    chassis_v3(op)
