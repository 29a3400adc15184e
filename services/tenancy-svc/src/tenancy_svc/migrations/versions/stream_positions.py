"""The database remembers how far it came with each stream, so that a lost or restored one is noticed."""

from alembic import op

from chassis.db.schema import chassis_v2

revision = "0be0f8561570"
down_revision = "2638ba5e96c7"


def upgrade() -> None:
    """Add the positions at the broker."""
    chassis_v2(op)
