"""The chassis' tables as a migration step: `chassis_v1(op)` is called by the first migration of each service.

The statements are literal and never change once released; a later change is a further function, such as
`chassis_v2`. A test compares the resulting tables with `chassis.db.tables`.
"""

from __future__ import annotations

from typing import Protocol

from chassis.db.undo import UNDO_FUNCTIONS

_V1 = (
    """CREATE TABLE outbox (
        id uuid CONSTRAINT pk_outbox PRIMARY KEY,
        position bigint GENERATED ALWAYS AS IDENTITY,
        aggregate text NOT NULL,
        aggregate_version integer NOT NULL,
        subject text NOT NULL,
        type text NOT NULL,
        data jsonb NOT NULL,
        about text,
        basis text,
        status text NOT NULL DEFAULT 'pending'
            CONSTRAINT ck_outbox_status CHECK (status IN ('pending', 'published', 'withheld')),
        withheld_reason text,
        recorded_at timestamptz NOT NULL,
        published_at timestamptz,
        traceparent text,
        CONSTRAINT ck_outbox_withheld_reason CHECK ((status = 'withheld') = (withheld_reason IS NOT NULL))
    )""",
    "CREATE INDEX ix_outbox_pending ON outbox (position) WHERE status = 'pending'",
    "CREATE INDEX ix_outbox_about ON outbox (about, position) WHERE about IS NOT NULL",
    "CREATE INDEX ix_outbox_published_at ON outbox (published_at) WHERE status = 'published'",
    """CREATE TABLE inbox (
        source text NOT NULL,
        id uuid NOT NULL,
        subject text NOT NULL,
        aggregate text NOT NULL,
        aggregate_version integer NOT NULL,
        received_at timestamptz NOT NULL,
        CONSTRAINT pk_inbox PRIMARY KEY (source, id)
    )""",
    "CREATE INDEX ix_inbox_received_at ON inbox (received_at)",
    "CREATE INDEX ix_inbox_aggregate ON inbox (source, aggregate, aggregate_version)",
    """CREATE TABLE parked (
        source text NOT NULL,
        id uuid NOT NULL,
        subject text NOT NULL,
        aggregate text NOT NULL,
        aggregate_version integer NOT NULL,
        sequence bigint NOT NULL,
        payload bytea NOT NULL,
        state text NOT NULL DEFAULT 'waiting'
            CONSTRAINT ck_parked_state CHECK (state IN ('waiting', 'parked', 'dropped', 'replayed')),
        attempts integer NOT NULL DEFAULT 0,
        reason text NOT NULL,
        next_attempt_at timestamptz,
        first_failed_at timestamptz NOT NULL,
        settled_at timestamptz,
        settled_by text,
        CONSTRAINT pk_parked PRIMARY KEY (source, id)
    )""",
    "CREATE INDEX ix_parked_waiting ON parked (next_attempt_at) WHERE state = 'waiting'",
    "CREATE INDEX ix_parked_aggregate ON parked (source, aggregate, sequence)"
    " WHERE state IN ('waiting', 'parked')",
    """CREATE TABLE timers (
        kind text NOT NULL,
        key text NOT NULL,
        due_at timestamptz NOT NULL,
        payload jsonb NOT NULL,
        attempts integer NOT NULL DEFAULT 0,
        last_error text,
        parked_at timestamptz,
        CONSTRAINT pk_timers PRIMARY KEY (kind, key)
    )""",
    "CREATE INDEX ix_timers_due_at ON timers (due_at) WHERE parked_at IS NULL",
    """CREATE TABLE audit (
        id uuid CONSTRAINT pk_audit PRIMARY KEY,
        at timestamptz NOT NULL,
        actor text NOT NULL,
        actor_name text NOT NULL,
        actor_kind text NOT NULL,
        use_case text NOT NULL,
        record_kind text NOT NULL,
        record_id text NOT NULL,
        action text NOT NULL,
        changes jsonb
    )""",
    "CREATE INDEX ix_audit_record ON audit (record_kind, record_id, id)",
    """CREATE TABLE access_log (
        id uuid CONSTRAINT pk_access_log PRIMARY KEY,
        at timestamptz NOT NULL,
        actor text NOT NULL,
        actor_name text NOT NULL,
        actor_kind text NOT NULL,
        query text NOT NULL,
        record_kind text NOT NULL,
        record_id text NOT NULL
    )""",
    "CREATE INDEX ix_access_log_record ON access_log (record_kind, record_id, id)",
    """CREATE TABLE idempotency (
        actor text NOT NULL,
        key text NOT NULL,
        use_case text NOT NULL,
        fingerprint bytea NOT NULL,
        result jsonb NOT NULL,
        at timestamptz NOT NULL,
        CONSTRAINT pk_idempotency PRIMARY KEY (actor, key)
    )""",
    "CREATE INDEX ix_idempotency_at ON idempotency (at)",
)


_V2 = (
    "ALTER TABLE inbox ADD COLUMN sequence bigint",
    "DROP INDEX ix_inbox_aggregate",
    "CREATE INDEX ix_inbox_sequence ON inbox (source, sequence)",
    """CREATE TABLE bus_position (
        stream text NOT NULL,
        duty text NOT NULL CONSTRAINT ck_bus_position_duty CHECK (duty IN ('publisher', 'listener')),
        made text NOT NULL,
        sequence bigint NOT NULL,
        CONSTRAINT pk_bus_position PRIMARY KEY (stream, duty)
    )""",
)

_V3 = (
    "ALTER TABLE parked RENAME COLUMN settled_at TO decided_at",
    "ALTER TABLE parked RENAME COLUMN settled_by TO decided_by",
)


_V4 = (
    "ALTER TABLE outbox ADD COLUMN addressee text",
    """CREATE TABLE acknowledged (
        consumer text NOT NULL,
        made text NOT NULL,
        day date NOT NULL,
        sequence bigint NOT NULL,
        CONSTRAINT pk_acknowledged PRIMARY KEY (consumer, made, day)
    )""",
    "ALTER TABLE inbox ADD COLUMN turn bigint",
    "ALTER TABLE bus_position ADD COLUMN turn bigint",
    # Nothing is known of the deliveries so far.
    "DELETE FROM bus_position WHERE duty = 'listener'",
)


_V5 = (
    "CREATE INDEX ix_access_log_at ON access_log (at, id)",
    "CREATE INDEX ix_access_log_actor ON access_log (actor, at, id)",
)

_V6 = (
    "ALTER TABLE outbox ADD COLUMN change uuid",
    "ALTER TABLE outbox DROP CONSTRAINT ck_outbox_status",
    "ALTER TABLE outbox DROP CONSTRAINT ck_outbox_withheld_reason",
    """ALTER TABLE outbox ADD CONSTRAINT ck_outbox_status
        CHECK (status IN ('pending', 'published', 'withheld', 'delayed', 'undone'))""",
    """ALTER TABLE outbox ADD CONSTRAINT ck_outbox_withheld_reason
        CHECK (CASE WHEN status = 'undone' THEN true
            ELSE (status = 'withheld') = (withheld_reason IS NOT NULL) END)""",
    "CREATE INDEX ix_outbox_delayed ON outbox (aggregate) WHERE status = 'delayed'",
    """CREATE TABLE delayed_change (
        id uuid CONSTRAINT pk_delayed_change PRIMARY KEY,
        use_case text NOT NULL,
        permission text NOT NULL,
        actor text NOT NULL,
        actor_name text NOT NULL,
        made_at timestamptz NOT NULL,
        send_after timestamptz NOT NULL,
        messages uuid[] NOT NULL DEFAULT '{}',
        records jsonb NOT NULL DEFAULT '[]'
    )""",
    "CREATE INDEX ix_delayed_change_send_after ON delayed_change (send_after)",
    """CREATE TABLE undo_step (
        number bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_undo_step PRIMARY KEY,
        change uuid NOT NULL
            CONSTRAINT fk_undo_step_change REFERENCES delayed_change (id) ON DELETE CASCADE,
        relation text NOT NULL,
        before jsonb,
        after jsonb
    )""",
    "CREATE INDEX ix_undo_step_change ON undo_step (change)",
    *UNDO_FUNCTIONS,
)


class Operations(Protocol):
    """The part of Alembic's `op` that is used here."""

    def execute(self, sqltext: str) -> None:
        """Run one statement."""
        ...


def chassis_v1(op: Operations) -> None:
    """Create outbox, inbox, parked, timers, audit, access_log and idempotency."""
    for statement in _V1:
        op.execute(statement)


def chassis_v2(op: Operations) -> None:
    """Add the table that records how far the service got with each stream, to notice a lost one."""
    for statement in _V2:
        op.execute(statement)


def chassis_v3(op: Operations) -> None:
    """Rename when, and by whom, it was decided about a parked event."""
    for statement in _V3:
        op.execute(statement)


def chassis_v4(op: Operations) -> None:
    """Add whom a message in the outbox is for, how far listeners were each day, and numbers of deliveries."""
    for statement in _V4:
        op.execute(statement)


def chassis_v5(op: Operations) -> None:
    """Add what finds the views of a day, and those of one person, in the access log (X3)."""
    for statement in _V5:
        op.execute(statement)


_ERASING_V1 = (
    """CREATE FUNCTION require_erasure() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        -- What isn't sent yet is no proof of anything: it can be taken back, or withheld (X8).
        IF TG_TABLE_NAME = 'outbox' AND TG_OP = 'UPDATE' AND to_jsonb(OLD) ->> 'status' = 'delayed' THEN
            RETURN NEW;
        END IF;
        IF TG_OP <> 'TRUNCATE' AND EXISTS (
            SELECT FROM erasure WHERE id::text = current_setting('partywall.erasing', true)
            AND carried_out_in = pg_current_xact_id()
        ) THEN
            IF TG_OP = 'DELETE' AND TG_TABLE_NAME IN ('audit', 'access_log') THEN
                RETURN OLD;
            ELSIF TG_TABLE_NAME = 'audit' AND to_jsonb(NEW) - 'changes' = to_jsonb(OLD) - 'changes' THEN
                RETURN NEW;
            ELSIF TG_TABLE_NAME = 'outbox' AND NEW.data = OLD.data - 'data'
                AND OLD.status NOT IN ('pending', 'delayed')
                AND to_jsonb(NEW) - '{data,about,traceparent}'::text[]
                    = to_jsonb(OLD) - '{data,about,traceparent}'::text[] THEN
                RETURN NEW;
            END IF;
        END IF;
        RAISE EXCEPTION '% is written once; nothing but a recorded erasure changes it', TG_TABLE_NAME;
    END $$""",
    "CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON audit"
    " FOR EACH ROW EXECUTE FUNCTION require_erasure()",
    "CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON access_log"
    " FOR EACH ROW EXECUTE FUNCTION require_erasure()",
    # What the relay changes, the state and the moment of sending, is free, and costs nothing.
    """CREATE TRIGGER written_once
        BEFORE DELETE OR UPDATE OF id, position, aggregate, aggregate_version, subject, type, addressee, data,
            about, basis, withheld_reason, recorded_at, traceparent
        ON outbox
        FOR EACH ROW EXECUTE FUNCTION require_erasure()""",
    "CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON erasure"
    " FOR EACH ROW EXECUTE FUNCTION require_erasure()",
    *(
        f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION require_erasure()"
        for table in ("audit", "access_log", "outbox", "erasure")
    ),
)


def erasing_v1(op: Operations) -> None:
    """Protect audit, access log and outbox: nothing but an erasure that is recorded changes them.

    The service has a table `erasure` with the columns `id` and `carried_out_in xid8` (`chassis.erasing`).
    """
    for statement in _ERASING_V1:
        op.execute(statement)


def chassis_v6(op: Operations) -> None:
    """Add what delays a message, and what undoes the change that it reports, until it is sent (X8)."""
    for statement in _V6:
        op.execute(statement)
