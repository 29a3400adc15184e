"""The access log can be read by day and by person."""

from alembic import op

from chassis.db.schema import chassis_v5

revision = "cc9ac045003c"
down_revision = "aa4514f951b9"


def upgrade() -> None:
    """Add the indexes."""
    chassis_v5(op)
