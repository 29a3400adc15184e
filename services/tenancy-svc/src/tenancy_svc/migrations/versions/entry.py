"""Requests for entry to tenants' homes, and their answers."""

from __future__ import annotations

from alembic import op

revision = "c6ef7ee48def"
down_revision = "4fca8e608451"

_STATEMENTS = (
    """CREATE TABLE entry_requests (
        id UUID NOT NULL,
        version INTEGER NOT NULL,
        unit UUID NOT NULL,
        purpose VARCHAR(40),
        starts_at TIMESTAMP WITH TIME ZONE,
        ends_at TIMESTAMP WITH TIME ZONE,
        asked_at TIMESTAMP WITH TIME ZONE,
        state VARCHAR(40) NOT NULL,
        answers INTEGER NOT NULL,
        delivered_at TIMESTAMP WITH TIME ZONE,
        entry_from TIMESTAMP WITH TIME ZONE,
        refusal VARCHAR(40),
        answered_at TIMESTAMP WITH TIME ZONE,
        answered_by TEXT,
        withdrawal VARCHAR(40),
        withdrawn_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_entry_requests PRIMARY KEY (id),
        CONSTRAINT ck_entry_requests_purpose CHECK (purpose IN ('repair_or_work', 'inspection', 'safety_check', 'other_in_lease')),
        CONSTRAINT ck_entry_requests_state CHECK (state IN ('open', 'notice_given', 'tenant_agreed', 'refused', 'withdrawn')),
        CONSTRAINT ck_entry_requests_refusal CHECK (refusal IN ('no_tenancy', 'not_enough_notice', 'tenant_asks_another_time', 'tenant_took_agreement_back', 'purpose_not_permitted')),
        CONSTRAINT ck_entry_requests_withdrawal CHECK (withdrawal IN ('no_longer_needed', 'window_changed', 'nobody_lives_there')),
        CONSTRAINT ck_entry_requests_window CHECK (state = 'withdrawn' OR (purpose IS NOT NULL AND starts_at < ends_at)),
        CONSTRAINT ck_entry_requests_delivered CHECK ((state = 'notice_given') = (delivered_at IS NOT NULL)),
        CONSTRAINT ck_entry_requests_entry_from CHECK ((state = 'notice_given') = (entry_from IS NOT NULL)),
        CONSTRAINT ck_entry_requests_refused CHECK ((state = 'refused') = (refusal IS NOT NULL)),
        CONSTRAINT ck_entry_requests_given_up CHECK ((state = 'withdrawn') = (withdrawal IS NOT NULL))
    )""",
    "CREATE INDEX ix_entry_requests_state ON entry_requests (state, starts_at)",
    "CREATE INDEX ix_entry_requests_unit ON entry_requests (unit)",
)


def upgrade() -> None:
    """Create the table and its indexes."""
    for statement in _STATEMENTS:
        op.execute(statement)
