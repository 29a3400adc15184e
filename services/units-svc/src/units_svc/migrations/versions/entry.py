"""Entry to somebody's home: what was asked for and what was answered."""

from alembic import op

revision = "fa77d73b0476"
down_revision = "361a43d9a155"

_STATEMENTS = """
-- Entry to somebody's home for work. One statement ends with a semicolon at the end of its line.
CREATE TABLE entry_request (
    id UUID NOT NULL,
    work_id UUID NOT NULL,
    unit_id UUID NOT NULL,
    purpose VARCHAR(40) NOT NULL,
    starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    status VARCHAR(40) NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    asked_by VARCHAR(200) NOT NULL,
    answer_number INTEGER NOT NULL,
    answered_at TIMESTAMP WITH TIME ZONE,
    entry_from TIMESTAMP WITH TIME ZONE,
    refusal VARCHAR(40),
    withdrawal VARCHAR(40),
    withdrawn_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_entry_request PRIMARY KEY (id),
    CONSTRAINT fk_entry_request_work_id FOREIGN KEY(work_id) REFERENCES maintenance_work (id),
    CONSTRAINT fk_entry_request_unit_id FOREIGN KEY(unit_id) REFERENCES unit (id),
    CONSTRAINT ck_entry_request_purpose CHECK (purpose IN ('repair_or_work', 'inspection', 'safety_check', 'other_in_lease')),
    CONSTRAINT ck_entry_request_status CHECK (status IN ('asked', 'notice_given', 'agreed', 'refused', 'withdrawn')),
    CONSTRAINT ck_entry_request_refusal CHECK (refusal IN ('no_tenancy', 'not_enough_notice', 'tenant_asks_another_time', 'tenant_took_agreement_back', 'purpose_not_permitted')),
    CONSTRAINT ck_entry_request_withdrawal CHECK (withdrawal IN ('no_longer_needed', 'window_changed', 'nobody_lives_there')),
    CONSTRAINT ck_entry_request_window CHECK (starts_at < ends_at),
    CONSTRAINT ck_entry_request_refused CHECK ((status = 'refused') = (refusal IS NOT NULL)),
    CONSTRAINT ck_entry_request_noticed CHECK ((status = 'notice_given') = (entry_from IS NOT NULL)),
    CONSTRAINT ck_entry_request_given_up CHECK ((status = 'withdrawn') = (withdrawal IS NOT NULL))
);
CREATE UNIQUE INDEX uq_entry_request_work ON entry_request (work_id) WHERE status <> 'withdrawn';
CREATE INDEX ix_entry_request_unit ON entry_request (unit_id) WHERE status <> 'withdrawn';
"""


def upgrade() -> None:
    """Create the table."""
    for statement in _STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
