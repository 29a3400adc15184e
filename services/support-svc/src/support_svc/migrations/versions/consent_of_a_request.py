"""Under which consent a home was asked for: whatever is told about the request later rests on it (W13)."""

from alembic import op

revision = "d6723b09719f"
down_revision = "7d79f696f37e"


def upgrade() -> None:
    """Add the column, and take over from the outbox what each request was told under."""
    op.execute("ALTER TABLE securing ADD COLUMN asked_under UUID")
    op.execute(
        "ALTER TABLE securing ADD CONSTRAINT fk_securing_asked_under"
        " FOREIGN KEY (asked_under) REFERENCES consent (id)"
    )
    op.execute(
        """UPDATE securing SET asked_under = consent.id FROM outbox, consent
        WHERE outbox.type = 'evt.support.unit_requested.v1' AND outbox.aggregate = securing.request::text
          AND consent.id::text = outbox.basis"""
    )


def downgrade() -> None:
    """Drop the column."""
    op.execute("ALTER TABLE securing DROP COLUMN asked_under")
