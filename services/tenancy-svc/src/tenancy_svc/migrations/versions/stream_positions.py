"""The database remembers how far it came with each stream, so that a lost or restored one is noticed."""

from alembic import op

from chassis.db.schema import chassis_v2

revision = "0d2f9aa11d95"
down_revision = "2c7406a43d1e"


def upgrade() -> None:
    """Add the positions at the broker."""
    chassis_v2(op)
