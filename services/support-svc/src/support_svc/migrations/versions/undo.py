"""A change can be undone until the others are informed of it (X8)."""

from alembic import op

from chassis.db.schema import chassis_v6

revision = "6ea111d175fe"
down_revision = "dd093a5ad5f3"


def upgrade() -> None:
    """Add what delays a message, and what undoes the change that it reports."""
    chassis_v6(op)
