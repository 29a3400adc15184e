"""Each person on the staff list has somebody's word that they work for nobody on the other side (W10).

Those who were on the list before have nobody's word yet: it is asked for at their next change.
"""

import sqlalchemy as sa
from alembic import op

revision = "ae7bc16eef8c"
down_revision = "7abd6f6e4651"


def upgrade() -> None:
    """Add who said so and when: both or neither."""
    op.add_column("staff_member", sa.Column("attested_at", sa.TIMESTAMP(timezone=True), nullable=True))
    op.add_column("staff_member", sa.Column("attested_by", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_staff_member_attested"), "staff_member", "(attested_at IS NULL) = (attested_by IS NULL)"
    )
