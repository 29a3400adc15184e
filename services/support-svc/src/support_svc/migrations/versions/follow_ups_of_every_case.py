"""Follow-ups of housing loss prevention, and the risks that property entities report (F1, H2, H3).

No debt has been recorded yet, so each can name its client.
"""

from alembic import op

revision = "60d0c3ee783f"
down_revision = "eff7973720f1"

_KINDS = (
    "'started', 'changed', 'handed_over', 'attempt', 'failed', 'searched', 'asked', 'no_answer', 'secured',"
    " 'refused', 'hold_ending', 'deadline_passed', 'released', 'given_up', 'replaced', 'overtaken',"
    " 'referred', 'referral_withdrawn', 'contact_withdrawn', 'application_opened', 'application_declined',"
    " 'signing_scheduled', 'signing_moved', 'signing_cancelled', 'signing_held', 'signing_answered',"
    " 'tenancy_started', 'tenancy_at_risk', 'tenancy_risk_resolved', 'moved_in', 'follow_up', 'new_head',"
    " 'corrected', 'completed'"
)


def _allow(table: str, column: str, values: str) -> None:
    name = f"ck_{table}_{column}"
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({column} IN ({values})) NOT VALID")
    op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")


def upgrade() -> None:
    """Add the anchor of months, the other kind of case, and the table of risks."""
    op.execute("ALTER TABLE followup ADD COLUMN anchor_on DATE")
    _allow("followup", "subject", "'placement', 'housing_loss_prevention'")
    _allow("placement_timeline", "kind", _KINDS)
    op.execute(
        "ALTER TABLE housing_debt ADD COLUMN client_id UUID NOT NULL,"
        " ADD CONSTRAINT fk_housing_debt_client_id FOREIGN KEY (client_id) REFERENCES client (id)"
    )
    op.execute("CREATE INDEX ix_housing_debt_client ON housing_debt (client_id)")
    op.execute(
        "CREATE INDEX ix_prevention_reason_remedy ON housing_loss_prevention (reason_id, remedy_by, id)"
    )
    op.execute(
        "CREATE INDEX ix_prevention_program_remedy ON housing_loss_prevention (program_id, remedy_by, id)"
    )
    op.execute(
        """
        CREATE TABLE tenancy_risk (
            risk UUID NOT NULL,
            referral UUID NOT NULL,
            placement_id UUID NOT NULL,
            landlord VARCHAR(31) NOT NULL,
            kind VARCHAR(40) NOT NULL,
            stage VARCHAR(40),
            served_on DATE,
            remedy_by DATE,
            next_date DATE,
            termination_on DATE,
            resolution VARCHAR(40),
            resolved_on DATE,
            reported_version INTEGER NOT NULL,
            reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
            answer VARCHAR(40) NOT NULL,
            answered_at TIMESTAMP WITH TIME ZONE,
            answered_by_name VARCHAR(200),
            prevention_id UUID,
            version INTEGER NOT NULL,
            CONSTRAINT pk_tenancy_risk PRIMARY KEY (risk),
            CONSTRAINT fk_tenancy_risk_placement_id FOREIGN KEY (placement_id) REFERENCES placement (id),
            CONSTRAINT fk_tenancy_risk_prevention_id
                FOREIGN KEY (prevention_id) REFERENCES housing_loss_prevention (id),
            CONSTRAINT ck_tenancy_risk_taken_up_by_one
                CHECK ((answer = 'taken_up') = (prevention_id is not null)),
            CONSTRAINT ck_tenancy_risk_kind
                CHECK (kind IN ('arrears', 'conduct', 'end_of_term', 'landlords_use')),
            CONSTRAINT ck_tenancy_risk_stage
                CHECK (stage IN ('notice', 'application', 'hearing', 'order')),
            CONSTRAINT ck_tenancy_risk_resolution CHECK (resolution IN
                ('remedied', 'agreement', 'withdrawn', 'expired', 'dismissed', 'tenancy_ended')),
            CONSTRAINT ck_tenancy_risk_answer CHECK (answer IN ('open', 'declined', 'taken_up'))
        )
        """
    )
    op.execute("CREATE INDEX ix_tenancy_risk_placement ON tenancy_risk (placement_id)")
    op.execute("CREATE INDEX ix_tenancy_risk_prevention ON tenancy_risk (prevention_id)")
    op.execute("CREATE INDEX ix_tenancy_risk_open ON tenancy_risk (remedy_by, risk) WHERE resolution is null")
