"""Each message in the outbox names the party that it is for."""

from alembic import op

from chassis.db.schema import chassis_v4

revision = "8f783eb6aa79"
down_revision = "66088e7379f9"


def upgrade() -> None:
    """Add the addressee."""
    chassis_v4(op)
