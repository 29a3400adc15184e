"""When a referral or a contact was taken back while the home stays as it is (W5, W13)."""

from alembic import op

revision = "b55386342a99"
down_revision = "d6723b09719f"

_KINDS = (
    "'started', 'changed', 'attempt', 'failed', 'searched', 'asked', 'no_answer', 'secured', 'refused',"
    " 'hold_ending', 'deadline_passed', 'released', 'given_up', 'replaced', 'overtaken', 'referred',"
    " 'referral_withdrawn', 'application_opened', 'application_declined', 'signing_scheduled',"
    " 'signing_moved', 'signing_cancelled', 'signing_held', 'signing_answered', 'tenancy_started',"
    " 'moved_in', 'follow_up', 'new_head', 'completed', 'handed_over'"
)


def _allow(kinds: str) -> None:
    op.execute("ALTER TABLE placement_timeline DROP CONSTRAINT ck_placement_timeline_kind")
    op.execute(
        "ALTER TABLE placement_timeline ADD CONSTRAINT ck_placement_timeline_kind"
        f" CHECK (kind IN ({kinds})) NOT VALID"
    )
    op.execute("ALTER TABLE placement_timeline VALIDATE CONSTRAINT ck_placement_timeline_kind")


def upgrade() -> None:
    """Add the moments; a referral whose home was let go has been given up with it."""
    op.execute("ALTER TABLE securing ADD COLUMN referral_withdrawn_at TIMESTAMP WITH TIME ZONE")
    op.execute("ALTER TABLE securing ADD COLUMN contact_withdrawn_at TIMESTAMP WITH TIME ZONE")
    op.execute(
        "UPDATE securing SET referral_withdrawn_at = outbox.recorded_at FROM outbox"
        " WHERE outbox.type = 'evt.support.tenancy_referral_withdrawn.v1'"
        " AND outbox.aggregate = securing.referral::text AND outbox.status <> 'withheld'"
    )
    _allow(_KINDS + ", 'contact_withdrawn'")


def downgrade() -> None:
    """Drop both."""
    op.execute("DELETE FROM placement_timeline WHERE kind = 'contact_withdrawn'")
    _allow(_KINDS)
    op.execute("ALTER TABLE securing DROP COLUMN contact_withdrawn_at")
    op.execute("ALTER TABLE securing DROP COLUMN referral_withdrawn_at")
