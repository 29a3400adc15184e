"""The secret addresses of caseworkers' calendars, of which only hashes are stored."""

from alembic import op

revision = "84b7cca8d837"
down_revision = "23a49fc8cb67"


def upgrade() -> None:
    """Add the table of addresses."""
    op.execute(
        """
        CREATE TABLE calendar_address (
            subject VARCHAR(120) NOT NULL,
            secret_hash VARCHAR(64) NOT NULL,
            locale VARCHAR(2) NOT NULL,
            renewed_at TIMESTAMP WITH TIME ZONE NOT NULL,
            CONSTRAINT pk_calendar_address PRIMARY KEY (subject),
            CONSTRAINT uq_calendar_address_secret_hash UNIQUE (secret_hash)
        )
        """
    )
