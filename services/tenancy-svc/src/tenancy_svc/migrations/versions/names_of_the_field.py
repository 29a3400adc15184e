"""Columns, answers of tenants and an action of the history get the names that the API and the pages use."""

import sqlalchemy as sa
from alembic import op

from chassis.db.schema import chassis_v3

revision = "e35caa993142"
down_revision = "ca3d716798fc"

# From PostgreSQL 18 on that a column may not be empty is a constraint, which stayed when the column was renamed.
_FORMER = sa.text("SELECT true FROM pg_constraint WHERE conname = 'counterpart_told_not_null'")


def upgrade() -> None:
    """Rename the columns and answers, these also in the history, and one of its actions."""
    chassis_v3(op)
    if op.get_bind().scalar(_FORMER):
        op.execute(
            "ALTER TABLE counterpart"
            " RENAME CONSTRAINT counterpart_told_not_null TO counterpart_published_not_null"
        )
    op.execute("ALTER TABLE choice DROP CONSTRAINT ck_choice_answer")
    op.execute("UPDATE choice SET answer = CASE answer WHEN 'tell' THEN 'share' ELSE 'do_not_share' END")
    op.execute(
        "ALTER TABLE choice ADD CONSTRAINT ck_choice_answer CHECK (answer IN ('share', 'do_not_share'))"
    )
    op.execute(
        """UPDATE audit SET changes = replace(replace(changes::text, '"tell"', '"share"'),
            '"do_not_tell"', '"do_not_share"')::jsonb
        WHERE record_kind = 'application' AND action = 'choices_recorded'"""
    )
    op.execute(
        "UPDATE audit SET action = 'contact_retained'"
        " WHERE record_kind = 'application' AND action = 'contact_kept'"
    )
