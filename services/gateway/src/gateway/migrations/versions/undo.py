"""A change can be undone until the others are informed of it (X8)."""

from alembic import op

from chassis.db.schema import chassis_v6

revision = "6abeda28bab4"
down_revision = "cc9ac045003c"


def upgrade() -> None:
    """Add what delays a message, and what undoes the change that it reports."""
    chassis_v6(op)
