"""The chassis' own tables, which every service has in its own database. `chassis.db.schema` creates them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from chassis.db.models import new_metadata

metadata = new_metadata()
MOMENT = sa.TIMESTAMP(timezone=True)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", sa.Uuid(), primary_key=True),
    sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column("aggregate", sa.Text(), nullable=False),
    sa.Column("aggregate_version", sa.Integer(), nullable=False),
    sa.Column("subject", sa.Text(), nullable=False),
    sa.Column("type", sa.Text(), nullable=False),
    # The one party that it is for; null for what every party that listens may have.
    sa.Column("addressee", sa.Text()),
    sa.Column("data", JSONB(), nullable=False),
    sa.Column("about", sa.Text()),
    sa.Column("basis", sa.Text()),
    sa.Column("status", sa.Text(), nullable=False, server_default="pending"),
    sa.Column("withheld_reason", sa.Text()),
    sa.Column("recorded_at", MOMENT, nullable=False),
    sa.Column("published_at", MOMENT),
    sa.Column("traceparent", sa.Text()),
    # The change that it reports, if that can be undone or could.
    sa.Column("change", sa.Uuid()),
    sa.CheckConstraint("status IN ('pending', 'published', 'withheld', 'delayed', 'undone')", name="status"),
    sa.CheckConstraint(
        "CASE WHEN status = 'undone' THEN true"
        " ELSE (status = 'withheld') = (withheld_reason IS NOT NULL) END",
        name="withheld_reason",
    ),
)
sa.Index("ix_outbox_pending", outbox.c.position, postgresql_where=sa.text("status = 'pending'"))
sa.Index("ix_outbox_about", outbox.c.about, outbox.c.position, postgresql_where=sa.text("about IS NOT NULL"))
sa.Index("ix_outbox_published_at", outbox.c.published_at, postgresql_where=sa.text("status = 'published'"))
sa.Index("ix_outbox_delayed", outbox.c.aggregate, postgresql_where=sa.text("status = 'delayed'"))

delayed_change = sa.Table(
    "delayed_change",
    metadata,
    sa.Column("id", sa.Uuid(), primary_key=True),
    sa.Column("use_case", sa.Text(), nullable=False),
    sa.Column("permission", sa.Text(), nullable=False),
    sa.Column("actor", sa.Text(), nullable=False),
    sa.Column("actor_name", sa.Text(), nullable=False),
    sa.Column("made_at", MOMENT, nullable=False),
    sa.Column("send_after", MOMENT, nullable=False),
    # Its rows in the outbox, withheld ones included.
    sa.Column("messages", ARRAY(sa.Uuid()), nullable=False, server_default=sa.text("'{}'::uuid[]")),
    # Kind and id of each record of which the audit says that it was changed.
    sa.Column("records", JSONB(), nullable=False, server_default=sa.text("'[]'::jsonb")),
)
sa.Index("ix_delayed_change_send_after", delayed_change.c.send_after)

undo_step = sa.Table(
    "undo_step",
    metadata,
    sa.Column("number", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
    sa.Column("change", sa.ForeignKey("delayed_change.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("relation", sa.Text(), nullable=False),
    # A row as it was and as it became; null where there was none.
    sa.Column("before", JSONB()),
    sa.Column("after", JSONB()),
)

inbox = sa.Table(
    "inbox",
    metadata,
    # Ids are separate for each publisher: one can't use up another's.
    sa.Column("source", sa.Text(), primary_key=True),
    sa.Column("id", sa.Uuid(), primary_key=True),
    sa.Column("subject", sa.Text(), nullable=False),
    sa.Column("aggregate", sa.Text(), nullable=False),
    sa.Column("aggregate_version", sa.Integer(), nullable=False),
    sa.Column("received_at", MOMENT, nullable=False),
    # Its sequence in the publisher's stream; null when that stream has been recreated since.
    sa.Column("sequence", sa.BigInteger()),
    # The number of its last delivery by the consumer; null when that consumer has been recreated since.
    sa.Column("turn", sa.BigInteger()),
)
sa.Index("ix_inbox_received_at", inbox.c.received_at)
sa.Index("ix_inbox_sequence", inbox.c.source, inbox.c.sequence)

bus_position = sa.Table(
    "bus_position",
    metadata,
    sa.Column("stream", sa.Text(), primary_key=True),
    sa.Column("duty", sa.Text(), primary_key=True),
    # When the stream (publisher) or the consumer (listener) was created, as the broker writes it.
    sa.Column("made", sa.Text(), nullable=False),
    sa.Column("sequence", sa.BigInteger(), nullable=False),
    # The number of the last delivery that was acknowledged; null for a publisher.
    sa.Column("turn", sa.BigInteger()),
    sa.CheckConstraint("duty IN ('publisher', 'listener')", name="duty"),
)

acknowledged = sa.Table(
    "acknowledged",
    metadata,
    sa.Column("consumer", sa.Text(), primary_key=True),
    # When the consumer was created, as the broker writes it: a new one begins with the first message again.
    sa.Column("made", sa.Text(), primary_key=True),
    sa.Column("day", sa.Date(), primary_key=True),
    # The last message of the own stream up to which it had acknowledged everything, at the day's first look.
    sa.Column("sequence", sa.BigInteger(), nullable=False),
)

parked = sa.Table(
    "parked",
    metadata,
    # Ids are separate for each publisher: one can't use up another's.
    sa.Column("source", sa.Text(), primary_key=True),
    sa.Column("id", sa.Uuid(), primary_key=True),
    sa.Column("subject", sa.Text(), nullable=False),
    sa.Column("aggregate", sa.Text(), nullable=False),
    sa.Column("aggregate_version", sa.Integer(), nullable=False),
    sa.Column("sequence", sa.BigInteger(), nullable=False),
    sa.Column("payload", sa.LargeBinary(), nullable=False),
    sa.Column("state", sa.Text(), nullable=False, server_default="waiting"),
    sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
    sa.Column("reason", sa.Text(), nullable=False),
    sa.Column("next_attempt_at", MOMENT),
    sa.Column("first_failed_at", MOMENT, nullable=False),
    sa.Column("decided_at", MOMENT),
    sa.Column("decided_by", sa.Text()),
    sa.CheckConstraint("state IN ('waiting', 'parked', 'dropped', 'replayed')", name="state"),
)
sa.Index("ix_parked_waiting", parked.c.next_attempt_at, postgresql_where=sa.text("state = 'waiting'"))
sa.Index(
    "ix_parked_aggregate",
    parked.c.source,
    parked.c.aggregate,
    parked.c.sequence,
    postgresql_where=sa.text("state IN ('waiting', 'parked')"),
)

timers = sa.Table(
    "timers",
    metadata,
    sa.Column("kind", sa.Text(), primary_key=True),
    sa.Column("key", sa.Text(), primary_key=True),
    sa.Column("due_at", MOMENT, nullable=False),
    sa.Column("payload", JSONB(), nullable=False),
    sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
    sa.Column("last_error", sa.Text()),
    sa.Column("parked_at", MOMENT),
)
sa.Index("ix_timers_due_at", timers.c.due_at, postgresql_where=timers.c.parked_at.is_(None))

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("id", sa.Uuid(), primary_key=True),
    sa.Column("at", MOMENT, nullable=False),
    sa.Column("actor", sa.Text(), nullable=False),
    sa.Column("actor_name", sa.Text(), nullable=False),
    sa.Column("actor_kind", sa.Text(), nullable=False),
    sa.Column("use_case", sa.Text(), nullable=False),
    sa.Column("record_kind", sa.Text(), nullable=False),
    sa.Column("record_id", sa.Text(), nullable=False),
    sa.Column("action", sa.Text(), nullable=False),
    sa.Column("changes", JSONB()),
)
sa.Index("ix_audit_record", audit.c.record_kind, audit.c.record_id, audit.c.id)

access_log = sa.Table(
    "access_log",
    metadata,
    sa.Column("id", sa.Uuid(), primary_key=True),
    sa.Column("at", MOMENT, nullable=False),
    sa.Column("actor", sa.Text(), nullable=False),
    sa.Column("actor_name", sa.Text(), nullable=False),
    sa.Column("actor_kind", sa.Text(), nullable=False),
    sa.Column("query", sa.Text(), nullable=False),
    sa.Column("record_kind", sa.Text(), nullable=False),
    sa.Column("record_id", sa.Text(), nullable=False),
)
sa.Index("ix_access_log_record", access_log.c.record_kind, access_log.c.record_id, access_log.c.id)
sa.Index("ix_access_log_at", access_log.c.at, access_log.c.id)
sa.Index("ix_access_log_actor", access_log.c.actor, access_log.c.at, access_log.c.id)

idempotency = sa.Table(
    "idempotency",
    metadata,
    sa.Column("actor", sa.Text(), primary_key=True),
    sa.Column("key", sa.Text(), primary_key=True),
    sa.Column("use_case", sa.Text(), nullable=False),
    sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
    sa.Column("result", JSONB(), nullable=False),
    sa.Column("at", MOMENT, nullable=False),
)
sa.Index("ix_idempotency_at", idempotency.c.at)
