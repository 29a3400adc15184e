"""A request for entry that wasn't given up has both ends of its window: an absent one passed the check."""

from alembic import op

revision = "4a46df6a2d4f"
down_revision = "2d6af120f28d"


def upgrade() -> None:
    """Hold the check again, with both ends named."""
    op.execute("ALTER TABLE entry_requests DROP CONSTRAINT ck_entry_requests_window")
    op.execute(
        """
        ALTER TABLE entry_requests ADD CONSTRAINT ck_entry_requests_window CHECK (
            state = 'withdrawn' OR (
                purpose IS NOT NULL AND starts_at IS NOT NULL AND ends_at IS NOT NULL AND starts_at < ends_at
            )
        )
        """
    )
