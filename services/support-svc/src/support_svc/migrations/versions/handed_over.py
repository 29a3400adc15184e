"""Follow-ups that are due go to the caseworker of their placement, and the timeline says who became it."""

from alembic import op

revision = "7d79f696f37e"
down_revision = "c7eba40e9689"

_KINDS = (
    "'started', 'changed', 'attempt', 'failed', 'searched', 'asked', 'no_answer', 'secured', 'refused',"
    " 'hold_ending', 'deadline_passed', 'released', 'given_up', 'replaced', 'overtaken', 'referred',"
    " 'referral_withdrawn', 'application_opened', 'application_declined', 'signing_scheduled',"
    " 'signing_moved', 'signing_cancelled', 'signing_held', 'signing_answered', 'tenancy_started',"
    " 'moved_in', 'follow_up', 'new_head', 'completed'"
)


def _allow(kinds: str) -> None:
    op.execute("ALTER TABLE placement_timeline DROP CONSTRAINT ck_placement_timeline_kind")
    op.execute(
        "ALTER TABLE placement_timeline ADD CONSTRAINT ck_placement_timeline_kind"
        f" CHECK (kind IN ({kinds})) NOT VALID"
    )
    op.execute("ALTER TABLE placement_timeline VALIDATE CONSTRAINT ck_placement_timeline_kind")


def upgrade() -> None:
    """Allow the new sentence, and give what is due to whoever the placement went to."""
    _allow(_KINDS + ", 'handed_over'")
    op.execute(
        "UPDATE followup SET caseworker = placement.caseworker FROM placement"
        " WHERE placement.id = followup.subject_id AND followup.state = 'due'"
        " AND followup.caseworker <> placement.caseworker"
    )


def downgrade() -> None:
    """Take the sentence away again."""
    op.execute("DELETE FROM placement_timeline WHERE kind = 'handed_over'")
    _allow(_KINDS)
