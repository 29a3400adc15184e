"""The access log can be read by day and by person."""

from alembic import op

from chassis.db.schema import chassis_v5

revision = "50c1c7f6e4a5"
down_revision = "dd2f0eadd54e"


def upgrade() -> None:
    """Add the indexes."""
    chassis_v5(op)
