"""Columns get the names that the code uses."""

from alembic import op

from chassis.db.schema import chassis_v3

revision = "5dbea5148fc9"
down_revision = "ae7bc16eef8c"


def upgrade() -> None:
    """Rename the columns."""
    chassis_v3(op)
