"""The streams and consumers of a publisher, and their idempotent set-up."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, fields, replace
from datetime import timedelta

from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import (
    DEFAULT_PREFIX,
    AckPolicy,
    ConsumerConfig,
    ConsumerInfo,
    DeliverPolicy,
    DiscardPolicy,
    ReplayPolicy,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)
from nats.js.errors import NotFoundError

from contracts.border.grants import Grants
from contracts.seats import Seat

RETAINED = timedelta(days=365)
"""How long an addressed event stays in the broker after it was acknowledged.

Until then it stays for as long as its addressee is away. The publisher's outbox is the permanent record.
"""


STREAM_BYTES = 2 * 1024**3
"""Bytes that one stream may store."""

MAX_PAYLOAD = 65_536
"""Bytes; an event has a few hundred, and the border accepts nothing else."""

ANSWERED_WITHIN = 30
"""Seconds that a request to JetStream may take; a busy disk keeps a server longer than the client's 5."""


@dataclass(frozen=True, slots=True)
class ConsumerSpec:
    """The durable pull consumer of another service that listens."""

    stream: str
    name: str
    filter_subjects: tuple[str, ...]
    ack_wait: timedelta = timedelta(seconds=10)
    max_ack_pending: int = 1_000
    """Two batches of 500."""

    def config(self) -> ConsumerConfig:
        """Return it as the client library's configuration."""
        return ConsumerConfig(
            durable_name=self.name,
            description=f"granted to {self.name}",
            deliver_policy=DeliverPolicy.ALL,
            ack_policy=AckPolicy.EXPLICIT,
            replay_policy=ReplayPolicy.INSTANT,
            ack_wait=self.ack_wait.total_seconds(),
            max_ack_pending=self.max_ack_pending,
            max_deliver=-1,
            max_waiting=32,
            filter_subjects=list(self.filter_subjects),
        )


@dataclass(frozen=True, slots=True)
class StreamSpec:
    """A publisher's one stream."""

    name: str
    subjects: tuple[str, ...]
    consumers: tuple[ConsumerSpec, ...]
    max_bytes: int = STREAM_BYTES
    """When it is full, new events are refused and wait in the outbox; nothing is deleted to make room."""
    duplicate_window: timedelta = timedelta(hours=2)

    def config(self) -> StreamConfig:
        """Return it as the client library's configuration."""
        return StreamConfig(
            name=self.name,
            subjects=list(self.subjects),
            retention=RetentionPolicy.LIMITS,
            storage=StorageType.FILE,
            discard=DiscardPolicy.NEW,
            max_bytes=self.max_bytes,
            max_age=0,
            max_msg_size=MAX_PAYLOAD,
            duplicate_window=self.duplicate_window.total_seconds(),
            num_replicas=1,
            deny_delete=True,
            # The owner removes what was acknowledged long ago; nobody else may.
            deny_purge=False,
            allow_atomic=True,
            allow_direct=False,
        )


def stream_for(seat: Seat, grants: Grants) -> StreamSpec | None:
    """Return the stream a seat must have with the consumers it grants; None if it publishes nothing."""
    published = grants.catalogue.published_by(seat.service)
    if not published:
        return None
    return StreamSpec(
        name=seat.stream,
        subjects=(f"evt.{seat.party}.{seat.service}.>",),
        consumers=tuple(
            ConsumerSpec(seat.stream, grant.consumer, grant.subjects) for grant in grants.promised_by(seat)
        ),
    )


def jetstream(connection: Client, prefix: str = DEFAULT_PREFIX) -> JetStreamContext:
    """Return JetStream through a connection, as patient as a server with a busy disk requires."""
    return connection.jetstream(prefix=prefix, timeout=ANSWERED_WITHIN)


@dataclass(frozen=True, slots=True)
class Changes:
    """What a set-up changed, for the operator; all empty when nothing differed."""

    made: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


async def establish(seat: Seat, grants: Grants, connection: Client) -> Changes:
    """Set up exactly a seat's stream and consumers; safe to repeat.

    Returns what it changed. `connection` must be the seat's admin user. A consumer continues where it was
    when its subjects change; one of a listener that no longer takes part is removed. Raises
    nats.js.errors.APIError when the server refuses.
    """
    js = jetstream(connection)
    made: list[str] = []
    updated: list[str] = []
    removed: list[str] = []
    spec = stream_for(seat, grants)
    if spec is not None:
        outcome = await _stream(js, spec)
        if outcome:
            (made if outcome == "made" else updated).append(spec.name)
        present = {info.name: info.config for info in await _consumers(js, spec.name)}
        for consumer in spec.consumers:
            before = present.pop(consumer.name, None)
            if before is not None and _same_consumer(before, consumer.config()):
                continue
            await js.add_consumer(spec.name, consumer.config())
            (made if before is None else updated).append(f"{spec.name}/{consumer.name}")
        for revoked, config in present.items():
            if config.durable_name:
                await js.delete_consumer(spec.name, revoked)
                removed.append(f"{spec.name}/{revoked}")
    return Changes(tuple(made), tuple(updated), tuple(removed))


async def redeliver(seat: Seat, grants: Grants, connection: Client, listener: Seat) -> None:
    """Reset a listener's consumer to the first message; the listener recognises what it has received.

    `connection` must be the admin user of `seat`. Raises ValueError for a listener that is granted nothing.
    """
    js = jetstream(connection)
    spec = stream_for(seat, grants)
    consumer = next((c for c in spec.consumers if c.name == listener.account), None) if spec else None
    if spec is None or consumer is None:
        raise ValueError(f"{seat} grants {listener} nothing")
    with suppress(NotFoundError):
        await js.delete_consumer(spec.name, consumer.name)
    await js.add_consumer(spec.name, consumer.config())


async def _stream(js: JetStreamContext, spec: StreamSpec) -> str | None:
    wanted = spec.config()
    try:
        present = (await js.stream_info(spec.name)).config
    except NotFoundError:
        await js.add_stream(wanted)
        return "made"
    if _differs(present, wanted):
        await js.update_stream(wanted)
        return "updated"
    return None


async def _consumers(js: JetStreamContext, stream: str) -> list[ConsumerInfo]:
    found: list[ConsumerInfo] = []
    while page := await js.consumers_info(stream, offset=len(found)):
        found += page
    return found


def _same_consumer(present: ConsumerConfig, wanted: ConsumerConfig) -> bool:
    filters = set(present.filter_subjects or ([present.filter_subject] if present.filter_subject else []))
    settings = replace(wanted, filter_subjects=None)
    return filters == set(wanted.filter_subjects or []) and not _differs(present, settings)


def _differs(present: StreamConfig | ConsumerConfig, wanted: StreamConfig | ConsumerConfig) -> bool:
    """Compare only the requested settings: the server adds settings and metadata of its own."""
    has = {field.name: getattr(present, field.name) for field in fields(present)}
    return any(
        value is not None and (has[name] or None) != (value or None)
        for name, value in ((field.name, getattr(wanted, field.name)) for field in fields(wanted))
    )
