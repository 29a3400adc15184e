"""The list of legal bars that a decline may be made under, instead of a citation written by hand (T1, W3)."""

from __future__ import annotations

from alembic import op

revision = "3994a3be5f02"
down_revision = "ea9740ef1675"

_STATEMENTS = (
    """CREATE TABLE statutes (
        id UUID NOT NULL,
        version INTEGER NOT NULL,
        jurisdiction VARCHAR(40) NOT NULL,
        section TEXT NOT NULL,
        says_en TEXT NOT NULL,
        says_fr TEXT NOT NULL,
        added_at TIMESTAMP WITH TIME ZONE NOT NULL,
        added_by TEXT NOT NULL,
        retired_at TIMESTAMP WITH TIME ZONE,
        retired_by TEXT,
        CONSTRAINT pk_statutes PRIMARY KEY (id),
        CONSTRAINT ck_statutes_statute_jurisdiction CHECK (jurisdiction IN ('ca', 'ca_on', 'ca_bc'))
    )""",
    "CREATE UNIQUE INDEX uq_statutes_section ON statutes (jurisdiction, section) WHERE retired_at IS NULL",
    # Texts written by hand may be reasons that Housing First forbids; none is kept.
    "ALTER TABLE applications DROP COLUMN statute",
    "ALTER TABLE applications ADD COLUMN statute_id UUID",
    """ALTER TABLE applications ADD CONSTRAINT fk_applications_statute_id
        FOREIGN KEY (statute_id) REFERENCES statutes (id) NOT VALID""",
    "ALTER TABLE applications VALIDATE CONSTRAINT fk_applications_statute_id",
    """ALTER TABLE applications ADD CONSTRAINT ck_applications_statute
        CHECK (statute_id IS NULL OR decline_reason = 'other_legal_bar') NOT VALID""",
    "ALTER TABLE applications VALIDATE CONSTRAINT ck_applications_statute",
)


def upgrade() -> None:
    """Create the list, and let declines refer to it."""
    for statement in _STATEMENTS:
        op.execute(statement)
