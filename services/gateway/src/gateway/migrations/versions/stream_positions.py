"""The database remembers how far it came with each stream, so that a lost or restored one is noticed."""

from alembic import op

from chassis.db.schema import chassis_v2

revision = "7abd6f6e4651"
down_revision = "0698286a382e"


def upgrade() -> None:
    """Add the positions at the broker."""
    chassis_v2(op)
