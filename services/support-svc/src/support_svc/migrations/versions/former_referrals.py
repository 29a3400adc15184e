"""Referrals that were withdrawn and followed by another for the same request (P6, W5)."""

from alembic import op

revision = "aebc04927a12"
down_revision = "96526431328f"


def upgrade() -> None:
    """Add the table."""
    op.execute(
        """CREATE TABLE former_referral (
            referral UUID NOT NULL,
            request UUID NOT NULL,
            withdrawn_at TIMESTAMP WITH TIME ZONE NOT NULL,
            named BOOLEAN NOT NULL,
            contact_withdrawn_at TIMESTAMP WITH TIME ZONE,
            referral_events INTEGER NOT NULL,
            CONSTRAINT pk_former_referral PRIMARY KEY (referral),
            CONSTRAINT fk_former_referral_request FOREIGN KEY (request) REFERENCES securing (request)
        )"""
    )
    op.execute("CREATE INDEX ix_former_referral_request ON former_referral (request)")


def downgrade() -> None:
    """Drop the table."""
    op.execute("DROP TABLE former_referral")
