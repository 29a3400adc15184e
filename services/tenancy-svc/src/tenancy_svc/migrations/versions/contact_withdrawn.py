"""That a household no longer agrees to sharing its contact, and which names only a referral brought (W5)."""

from __future__ import annotations

from alembic import op

revision = "7a457f46718c"
down_revision = "6dce2b04ac74"

_STATEMENTS = (
    "ALTER TABLE counterparts ADD COLUMN contact_withdrawn_at TIMESTAMP WITH TIME ZONE",
    "ALTER TABLE people ADD COLUMN by_referral BOOLEAN NOT NULL DEFAULT false",
    """UPDATE people SET by_referral = true FROM applications
        WHERE applications.id = people.application_id AND applications.origin = 'referral'
          AND applications.people_recorded_at IS NULL""",
    "ALTER TABLE people ALTER COLUMN by_referral DROP DEFAULT",
)


def upgrade() -> None:
    """Add both; people that nobody has recorded since are as the referral brought them."""
    for statement in _STATEMENTS:
        op.execute(statement)
