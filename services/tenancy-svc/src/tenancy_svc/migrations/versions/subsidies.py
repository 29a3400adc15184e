"""Subsidies as support organisations report them (S1)."""

from alembic import op

revision = "e3139bd42b2f"
down_revision = "748dfbcc3d64"


def upgrade() -> None:
    """Add the tables."""
    op.execute(
        """
        CREATE TABLE subsidy (
            party TEXT NOT NULL,
            reference UUID NOT NULL,
            referral UUID NOT NULL,
            last_on DATE,
            reported INTEGER NOT NULL,
            CONSTRAINT pk_subsidy PRIMARY KEY (party, reference)
        )
        """
    )
    op.execute("CREATE INDEX ix_subsidy_referral ON subsidy (party, referral)")
    op.execute(
        """
        CREATE TABLE subsidy_rate (
            party TEXT NOT NULL,
            reference UUID NOT NULL,
            first_on DATE NOT NULL,
            amount NUMERIC(12, 2) NOT NULL,
            currency VARCHAR(3) NOT NULL,
            frequency VARCHAR(40) NOT NULL,
            counted_from DATE NOT NULL,
            reported INTEGER NOT NULL,
            CONSTRAINT pk_subsidy_rate PRIMARY KEY (party, reference, first_on),
            CONSTRAINT fk_subsidy_rate FOREIGN KEY (party, reference) REFERENCES subsidy (party, reference),
            CONSTRAINT ck_subsidy_rate_frequency CHECK (frequency IN (
                'one_time', 'daily', 'weekly', 'bi_weekly', 'semi_monthly', 'monthly', 'yearly'))
        )
        """
    )
