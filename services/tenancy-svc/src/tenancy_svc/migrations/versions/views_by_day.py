"""The access log can be read by day and by person."""

from alembic import op

from chassis.db.schema import chassis_v5

revision = "748dfbcc3d64"
down_revision = "e97c0a21a040"


def upgrade() -> None:
    """Add the indexes."""
    chassis_v5(op)
