"""Homes that were found outside of the inventory and proposed to it (P11)."""

from alembic import op

revision = "23a49fc8cb67"
down_revision = "3c8760ee11a1"

_KINDS = (
    "'started', 'changed', 'handed_over', 'attempt', 'failed', 'searched', 'asked', 'no_answer', 'secured',"
    " 'refused', 'hold_ending', 'deadline_passed', 'released', 'given_up', 'replaced', 'overtaken',"
    " 'referred', 'referral_withdrawn', 'contact_withdrawn', 'application_opened', 'application_declined',"
    " 'signing_scheduled', 'signing_moved', 'signing_cancelled', 'signing_held', 'signing_answered',"
    " 'tenancy_started', 'tenancy_at_risk', 'tenancy_risk_resolved', 'subsidy_recorded', 'subsidy_changed',"
    " 'subsidy_ended', 'moved_in', 'follow_up', 'new_head', 'corrected', 'completed', 'home_shown',"
    " 'home_viewed', 'home_offered', 'home_refused', 'viewing_corrected', 'viewing_removed',"
    " 'home_proposed', 'proposal_taken_in', 'proposal_known', 'proposal_refused', 'proposal_withdrawn'"
)


def upgrade() -> None:
    """Add the table and the sentences; a request for a proposed home has none until the answer."""
    op.execute(
        """
        CREATE TABLE home_proposal (
            request UUID NOT NULL,
            placement_id UUID NOT NULL,
            inventory VARCHAR(31) NOT NULL,
            address VARCHAR(400) NOT NULL,
            housing_type VARCHAR(60) NOT NULL,
            bedrooms SMALLINT,
            rent NUMERIC(12, 2),
            currency VARCHAR(3) NOT NULL,
            landlord_name VARCHAR(120) NOT NULL,
            wants_hold BOOLEAN NOT NULL,
            agreed_under UUID NOT NULL,
            state VARCHAR(40) NOT NULL,
            unit UUID,
            reason VARCHAR(40),
            proposed_at TIMESTAMP WITH TIME ZONE NOT NULL,
            proposed_by_name VARCHAR(200) NOT NULL,
            answered_at TIMESTAMP WITH TIME ZONE,
            CONSTRAINT pk_home_proposal PRIMARY KEY (request),
            CONSTRAINT fk_home_proposal_placement_id
                FOREIGN KEY (placement_id) REFERENCES placement (id),
            CONSTRAINT fk_home_proposal_agreed_under
                FOREIGN KEY (agreed_under) REFERENCES consent (id),
            CONSTRAINT ck_home_proposal_state
                CHECK (state IN ('waiting', 'taken_in', 'known_already', 'refused', 'withdrawn')),
            CONSTRAINT ck_home_proposal_refused_for_a_reason
                CHECK ((state = 'refused') = (reason is not null)),
            CONSTRAINT ck_home_proposal_home_known
                CHECK ((state in ('taken_in', 'known_already')) = (unit is not null))
        )
        """
    )
    op.execute("CREATE INDEX ix_home_proposal_placement ON home_proposal (placement_id, proposed_at)")
    op.execute("ALTER TABLE securing ALTER COLUMN unit DROP NOT NULL")
    op.execute(
        "ALTER TABLE securing ADD CONSTRAINT ck_securing_holds_a_home"
        " CHECK (unit is not null or state not in ('held', 'let', 'used')) NOT VALID"
    )
    op.execute("ALTER TABLE securing VALIDATE CONSTRAINT ck_securing_holds_a_home")
    op.execute("ALTER TABLE placement_timeline DROP CONSTRAINT ck_placement_timeline_kind")
    op.execute(
        "ALTER TABLE placement_timeline ADD CONSTRAINT ck_placement_timeline_kind"
        f" CHECK (kind IN ({_KINDS})) NOT VALID"
    )
    op.execute("ALTER TABLE placement_timeline VALIDATE CONSTRAINT ck_placement_timeline_kind")
