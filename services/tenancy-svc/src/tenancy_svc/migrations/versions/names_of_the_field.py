"""Columns, a constraint and an action of the history get the names that the API and the pages use."""

import sqlalchemy as sa
from alembic import op

from chassis.db.schema import chassis_v3

revision = "2c9aff8fc0a5"
down_revision = "ca3d716798fc"

# From PostgreSQL 18 on that a column may not be empty is a constraint, which stayed when the column was renamed.
_FORMER = sa.text("SELECT true FROM pg_constraint WHERE conname = 'counterpart_told_not_null'")


def upgrade() -> None:
    """Rename the columns; entries of the history about a contact that was retained say so."""
    chassis_v3(op)
    if op.get_bind().scalar(_FORMER):
        op.execute(
            "ALTER TABLE counterpart"
            " RENAME CONSTRAINT counterpart_told_not_null TO counterpart_published_not_null"
        )
    op.execute(
        "UPDATE audit SET action = 'contact_retained'"
        " WHERE record_kind = 'application' AND action = 'contact_kept'"
    )
