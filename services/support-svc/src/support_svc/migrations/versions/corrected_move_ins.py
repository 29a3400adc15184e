"""Moves that are told again after a correction follow those told before (P7, U4)."""

from alembic import op

revision = "96526431328f"
down_revision = "9bb835426cbe"


def upgrade() -> None:
    """Add the count of moves told about a request; of a home that was lived in, at most two were."""
    op.execute("ALTER TABLE securing ADD COLUMN moves_told INTEGER DEFAULT 0 NOT NULL")
    op.execute("UPDATE securing SET moves_told = 2 WHERE state = 'used'")


def downgrade() -> None:
    """Take the count away."""
    op.execute("ALTER TABLE securing DROP COLUMN moves_told")
