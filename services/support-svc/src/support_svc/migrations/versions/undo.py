"""A change can be undone until the others are informed of it (X8)."""

from alembic import op

from chassis.db.schema import chassis_v6

revision = "66db88675d9d"
down_revision = "c103d418b8b4"


def upgrade() -> None:
    """Add what delays a message, and what undoes the change that it reports."""
    chassis_v6(op)
