"""The database remembers how far it came with each stream, so that a lost or restored one is noticed."""

from alembic import op

from chassis.db.schema import chassis_v2

revision = "969695b7025a"
down_revision = "b03d71f0e227"


def upgrade() -> None:
    """Add the positions at the broker."""
    chassis_v2(op)
