"""Retention: legal holds, erasures, anonymous records, and what protects the record of what happened (X7)."""

from alembic import op

from chassis.db.schema import erasing_v1

revision = "07427ac219c4"
down_revision = "9510c139d1d2"

_TABLES = (
    "ALTER TABLE client ADD COLUMN erased_on DATE",
    """CREATE TABLE legal_hold (
        id UUID NOT NULL,
        version INTEGER NOT NULL,
        client_id UUID NOT NULL,
        because TEXT NOT NULL,
        until DATE,
        set_at TIMESTAMP WITH TIME ZONE NOT NULL,
        set_by_name VARCHAR(200) NOT NULL,
        ended_at TIMESTAMP WITH TIME ZONE,
        ended_by_name VARCHAR(200),
        ended_because TEXT,
        CONSTRAINT pk_legal_hold PRIMARY KEY (id),
        CONSTRAINT fk_legal_hold_client_id FOREIGN KEY (client_id) REFERENCES client (id),
        CONSTRAINT ck_legal_hold_ended CHECK ((ended_at is null) = (ended_because is null))
    )""",
    "CREATE INDEX ix_legal_hold_client ON legal_hold (client_id)",
    "CREATE INDEX ix_legal_hold_set ON legal_hold (set_at, id)",
    """CREATE TABLE erasure_request (
        id UUID NOT NULL,
        version INTEGER NOT NULL,
        client_id UUID NOT NULL,
        origin VARCHAR(40) NOT NULL,
        asked_on DATE NOT NULL,
        reason TEXT,
        state VARCHAR(40) NOT NULL,
        proposed_at TIMESTAMP WITH TIME ZONE NOT NULL,
        proposed_by VARCHAR(120) NOT NULL,
        proposed_by_name VARCHAR(200) NOT NULL,
        decided_at TIMESTAMP WITH TIME ZONE,
        decided_by_name VARCHAR(200),
        answer TEXT,
        carried_out_on DATE,
        CONSTRAINT pk_erasure_request PRIMARY KEY (id),
        CONSTRAINT fk_erasure_request_client_id FOREIGN KEY (client_id) REFERENCES client (id),
        CONSTRAINT ck_erasure_request_origin CHECK (origin IN ('period_over', 'own_request')),
        CONSTRAINT ck_erasure_request_state CHECK (state IN ('proposed', 'approved', 'refused')),
        CONSTRAINT ck_erasure_request_decided CHECK ((state = 'proposed') = (decided_at is null)),
        CONSTRAINT ck_erasure_request_approved_has_day
            CHECK ((state = 'approved') = (carried_out_on is not null)),
        CONSTRAINT ck_erasure_request_refused_has_reason CHECK ((state = 'refused') = (answer is not null))
    )""",
    """CREATE UNIQUE INDEX uq_erasure_request_open ON erasure_request (client_id)
        WHERE state IN ('proposed', 'approved')""",
    "CREATE INDEX ix_erasure_request_client ON erasure_request (client_id)",
    "CREATE INDEX ix_erasure_request_state ON erasure_request (state, id)",
    """CREATE TABLE retention_due (
        client_id UUID NOT NULL,
        due_on DATE NOT NULL,
        period VARCHAR(60) NOT NULL,
        last_on DATE NOT NULL,
        CONSTRAINT pk_retention_due PRIMARY KEY (client_id),
        CONSTRAINT fk_retention_due_client_id FOREIGN KEY (client_id) REFERENCES client (id) ON DELETE CASCADE
    )""",
    "CREATE INDEX ix_retention_due_day ON retention_due (due_on, client_id)",
    """CREATE TABLE erasure (
        id UUID NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        rule VARCHAR(40) NOT NULL,
        period VARCHAR(60),
        records UUID[] NOT NULL,
        deleted INTEGER,
        proposed_by_name VARCHAR(200),
        decided_by_name VARCHAR(200),
        carried_out_in xid8 NOT NULL DEFAULT pg_current_xact_id(),
        CONSTRAINT pk_erasure PRIMARY KEY (id),
        CONSTRAINT ck_erasure_rule CHECK (rule IN ('period_over', 'own_request', 'again', 'expired'))
    )""",
    "CREATE INDEX ix_erasure_at ON erasure (at, id)",
    "CREATE TABLE erased_reference (reference UUID NOT NULL, CONSTRAINT pk_erased_reference PRIMARY KEY (reference))",
    "SELECT hide_restricted('legal_hold')",
    "SELECT hide_restricted('erasure_request')",
    "SELECT hide_restricted('retention_due')",
    # The first night; each one sets the timer for the next.
    "INSERT INTO timers (kind, key, due_at, payload) VALUES ('look_over_records', '', now(), '{}')",
)


def upgrade() -> None:
    """Add the tables, protect what was written once, and let the first night come."""
    for statement in _TABLES:
        op.execute(statement)
    erasing_v1(op)
