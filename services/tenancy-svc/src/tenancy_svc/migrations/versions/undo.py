"""A change can be undone until the others are informed of it (X8)."""

from alembic import op

from chassis.db.schema import chassis_v6

revision = "eb61402bbf74"
down_revision = "e3139bd42b2f"


def upgrade() -> None:
    """Add what delays a message, and what undoes the change that it reports."""
    chassis_v6(op)
