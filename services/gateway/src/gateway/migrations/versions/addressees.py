"""Each message in the outbox names the party that it is for."""

from alembic import op

from chassis.db.schema import chassis_v3

revision = "77074ba6ea6e"
down_revision = "ae7bc16eef8c"


def upgrade() -> None:
    """Add the addressee."""
    chassis_v3(op)
