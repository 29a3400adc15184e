"""The database remembers how far it came with each stream, so that a lost or restored one is noticed."""

from alembic import op

from chassis.db.schema import chassis_v2

revision = "7e727bab57ee"
down_revision = "8f6b350e0ac0"


def upgrade() -> None:
    """Add the positions at the broker."""
    chassis_v2(op)
