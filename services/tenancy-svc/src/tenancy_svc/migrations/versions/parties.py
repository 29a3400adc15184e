"""Homes, referrals, choices and answers know the party that they concern (N2, N4, W5).

Until now there was one inventory, one property entity and one support organisation. The register of parties that
comes with the project names them as they were named then, and so does this migration.
"""

from __future__ import annotations

from alembic import op

revision = "e97c0a21a040"
down_revision = "9603969851c6"

_STATEMENTS = (
    "ALTER TABLE home ADD COLUMN inventory TEXT NOT NULL DEFAULT 'property'",
    "ALTER TABLE home ALTER COLUMN inventory DROP DEFAULT",
    "ALTER TABLE home ADD COLUMN manager TEXT",
    "UPDATE home SET manager = 'property' WHERE managed_by = 'property_entity'",
    "CREATE INDEX ix_home_manager ON home (manager, unit)",
    # A hold may have come before anything else about its home.
    "INSERT INTO home (unit, inventory) SELECT unit, 'property' FROM hold ON CONFLICT DO NOTHING",
    "ALTER TABLE hold ADD COLUMN manager TEXT",
    "UPDATE hold SET manager = 'property' WHERE managed_by = 'property_entity'",
    "ALTER TABLE hold DROP CONSTRAINT pk_hold",
    "ALTER TABLE hold ADD CONSTRAINT pk_hold PRIMARY KEY (unit, request)",
    "DROP INDEX ix_hold_unit",
    "ALTER TABLE entry_request ADD COLUMN inventory TEXT NOT NULL DEFAULT 'property'",
    "ALTER TABLE entry_request ALTER COLUMN inventory DROP DEFAULT",
    # An answer "not to be shared" is about whoever referred. Whom a name typed by hand meant isn't known, so
    # that answer stays as a former one, and the tenant is asked again.
    "ALTER TABLE choice ADD COLUMN party TEXT NOT NULL DEFAULT 'support'",
    "ALTER TABLE choice ALTER COLUMN party DROP DEFAULT",
    """UPDATE choice SET replaced_at = now()
        WHERE replaced_at IS NULL AND counterpart IS NULL AND answer = 'share'""",
    "DROP INDEX uq_choice_current",
    """CREATE UNIQUE INDEX uq_choice_current ON choice (application_id, party, purpose)
        WHERE replaced_at IS NULL""",
    "ALTER TABLE choice DROP COLUMN counterpart",
    "ALTER TABLE choice DROP COLUMN organisation",
    "ALTER TABLE counterpart ADD COLUMN party TEXT NOT NULL DEFAULT 'support'",
    "ALTER TABLE counterpart ALTER COLUMN party DROP DEFAULT",
    "ALTER TABLE counterpart ADD COLUMN opened_id UUID CONSTRAINT fk_counterpart_opened_id REFERENCES application (id)",
    "UPDATE counterpart SET opened_id = application_id",
    "ALTER TABLE counterpart ADD CONSTRAINT uq_counterpart_opened_id UNIQUE (opened_id)",
    # A second referral of the same household joins the application there is.
    "ALTER TABLE application ADD COLUMN joined_id UUID CONSTRAINT fk_application_joined_id REFERENCES application (id)",
    "ALTER TABLE application DROP CONSTRAINT ck_application_application_status",
    """ALTER TABLE application ADD CONSTRAINT ck_application_application_status CHECK (status IN ('received',
        'accepted', 'lease_drawn_up', 'housed', 'declined', 'withdrawn', 'joined'))""",
    "ALTER TABLE application ADD CONSTRAINT ck_application_joined CHECK ((status = 'joined') = (joined_id IS NOT NULL))",
    "ALTER TABLE counterpart DROP CONSTRAINT pk_counterpart",
    "ALTER TABLE counterpart ADD CONSTRAINT pk_counterpart PRIMARY KEY (party, referral)",
    "ALTER TABLE counterpart DROP CONSTRAINT uq_counterpart_application_id",
    "ALTER TABLE counterpart ADD CONSTRAINT uq_counterpart_application_id_party UNIQUE (application_id, party)",
    "CREATE INDEX ix_counterpart_referral ON counterpart (referral)",
    "ALTER TABLE advocate_answer ADD COLUMN party TEXT NOT NULL DEFAULT 'support'",
    "ALTER TABLE advocate_answer ALTER COLUMN party DROP DEFAULT",
    "ALTER TABLE advocate_answer DROP CONSTRAINT pk_advocate_answer",
    "ALTER TABLE advocate_answer ADD CONSTRAINT pk_advocate_answer PRIMARY KEY (signing_id, party)",
    # What was disclosed or withheld before is in the statement of the one organisation there was.
    "UPDATE outbox SET addressee = 'support' WHERE addressee IS NULL AND about IS NOT NULL",
    "UPDATE outbox SET addressee = 'property' WHERE addressee IS NULL",
    "UPDATE outbox SET type = substr(type, 5) WHERE type LIKE 'evt.%'",
)


def upgrade() -> None:
    """Add the parties, and key by them what two parties may call the same."""
    for statement in _STATEMENTS:
        op.execute(statement)
