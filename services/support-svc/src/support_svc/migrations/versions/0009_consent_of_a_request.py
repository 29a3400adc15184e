"""Under which consent a home was asked for: whatever is told about the request later rests on it (W13)."""

from collections.abc import Sequence

from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


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
