"""What was recorded wrongly is corrected with its reason, and the timeline says so (P4, P7, P8, C5)."""

from alembic import op

revision = "5e2ceee33075"
down_revision = "7e727bab57ee"

_KINDS = (
    "'started', 'changed', 'handed_over', 'attempt', 'failed', 'searched', 'asked', 'no_answer', 'secured',"
    " 'refused', 'hold_ending', 'deadline_passed', 'released', 'given_up', 'replaced', 'overtaken',"
    " 'referred', 'referral_withdrawn', 'application_opened', 'application_declined', 'signing_scheduled',"
    " 'signing_moved', 'signing_cancelled', 'signing_held', 'signing_answered', 'tenancy_started',"
    " 'moved_in', 'follow_up', 'new_head', 'completed', 'contact_withdrawn'"
)


def _allow(kinds: str) -> None:
    op.execute("ALTER TABLE placement_timeline DROP CONSTRAINT ck_placement_timeline_kind")
    op.execute(
        "ALTER TABLE placement_timeline ADD CONSTRAINT ck_placement_timeline_kind"
        f" CHECK (kind IN ({kinds})) NOT VALID"
    )
    op.execute("ALTER TABLE placement_timeline VALIDATE CONSTRAINT ck_placement_timeline_kind")


def upgrade() -> None:
    """Add the table, and allow the new sentence."""
    op.execute(
        """CREATE TABLE correction (
            id UUID NOT NULL,
            kind VARCHAR(40) NOT NULL,
            record_id UUID NOT NULL,
            at TIMESTAMP WITH TIME ZONE NOT NULL,
            by_name VARCHAR(200) NOT NULL,
            reason TEXT NOT NULL,
            changes JSONB NOT NULL,
            CONSTRAINT pk_correction PRIMARY KEY (id),
            CONSTRAINT ck_correction_kind
                CHECK (kind IN ('move_in', 'last_day', 'attempt', 'follow_up', 'stay'))
        )"""
    )
    op.execute("CREATE INDEX ix_correction_record ON correction (record_id, at)")
    _allow(_KINDS + ", 'corrected'")


def downgrade() -> None:
    """Drop the table, and take the sentence away again."""
    op.execute("DELETE FROM placement_timeline WHERE kind = 'corrected'")
    _allow(_KINDS)
    op.execute("DROP TABLE correction")
