"""A household's first day in a home is corrected by the latest fact about it (U4, P7)."""

from alembic import op

revision = "d550aea32012"
down_revision = "fec756c768db"


def upgrade() -> None:
    """Add the number of the fact that told the first day; what was told before has none."""
    op.execute("ALTER TABLE occupation ADD COLUMN told_as INTEGER DEFAULT 0 NOT NULL")


def downgrade() -> None:
    """Take the number away."""
    op.execute("ALTER TABLE occupation DROP COLUMN told_as")
