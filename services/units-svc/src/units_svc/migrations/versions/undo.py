"""A change can be undone until the others are informed of it (X8)."""

from alembic import op

from chassis.db.schema import chassis_v6

revision = "53999ca01f70"
down_revision = "ca0baa8f0874"


def upgrade() -> None:
    """Add what delays a message, and what undoes the change that it reports."""
    chassis_v6(op)
