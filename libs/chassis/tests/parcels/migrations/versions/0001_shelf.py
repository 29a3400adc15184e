"""The shelf, and the chassis' tables."""

import sqlalchemy as sa
from alembic import op

from chassis.db.schema import chassis_v1, chassis_v2, chassis_v3, chassis_v4, chassis_v5, chassis_v6

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create everything."""
    chassis_v1(op)
    chassis_v2(op)
    chassis_v3(op)
    chassis_v4(op)
    chassis_v5(op)
    chassis_v6(op)
    op.create_table(
        "parcel",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text()),
        sa.Column("weighings", sa.Integer(), nullable=False, server_default="0"),
    )
