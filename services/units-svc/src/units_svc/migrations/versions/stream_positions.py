"""The database remembers how far it came with each stream, so that a lost or restored one is noticed."""

from alembic import op

from chassis.db.schema import chassis_v2

revision = "87176ab91a53"
down_revision = "24bf1d91551f"


def upgrade() -> None:
    """Add the positions at the broker."""
    chassis_v2(op)
