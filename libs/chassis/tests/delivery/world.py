"""Two services and the stream between them: one sends numbered words, the other notes them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import asyncpg
import sqlalchemy as sa
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DiscardPolicy, StorageType, StreamConfig
from pydantic import BaseModel
from pydantic_settings import SettingsConfigDict

from chassis.access import Access
from chassis.actor import Actor
from chassis.border import Given
from chassis.bus import Incoming, Listening, Source
from chassis.clock import Clock, SystemClock
from chassis.db import Database, tables
from chassis.db.schema import chassis_v1, chassis_v2, chassis_v3, chassis_v4, chassis_v5, chassis_v6
from chassis.ids import new_id
from chassis.publisher import OutboxMessage
from chassis.runtime import Runtime
from chassis.settings import ServiceSettings
from chassis.tx import Tx

PARTY = "acme"
STREAM = "EVT_acme_sender"
CONSUMER = "acme_noter"
SOURCE = Source(STREAM, CONSUMER, source="/acme/sender", listener="acme/noter")
WORD_SENT = "sender.word_sent.v1"
SHOUT_SENT = "sender.shout_sent.v1"
WORD_SUBJECT = f"evt.{PARTY}.{WORD_SENT}"
SENDER = Actor.system("sender", PARTY)
NOTER = Actor.system("noter", PARTY)

# Not unique on purpose: what is done twice must be seen.
_EFFECTS = """
CREATE TABLE effects (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event uuid NOT NULL, aggregate text NOT NULL, version integer NOT NULL, word text
);
CREATE TABLE subjects (id text PRIMARY KEY, latest integer NOT NULL DEFAULT 0);
"""
_NOTE = sa.text(
    "INSERT INTO effects (event, aggregate, version, word) VALUES (:event, :aggregate, :version, :word)"
)
_NEXT = sa.text(
    "INSERT INTO subjects (id, latest) VALUES (:id, 1)"
    " ON CONFLICT (id) DO UPDATE SET latest = subjects.latest + 1 RETURNING latest"
)


class DeliverySettings(ServiceSettings):
    """Settings of both services, given by keyword."""

    model_config = SettingsConfigDict(env_prefix="DELIVERY_", extra="ignore")


class Word(BaseModel):
    """What the event carries; reads itself as the models of a published language do."""

    word: str

    @classmethod
    def from_message(cls, message: bytes) -> Word:
        return Message.model_validate_json(message).data


class Message(BaseModel):
    """The message around a word."""

    data: Word


@dataclass(frozen=True)
class WordSent:
    """A fact: this version of this subject came about, with a word."""

    aggregate: UUID
    version: int
    word: str = "-"
    type: str = WORD_SENT
    id: UUID | None = None
    to: str | None = None

    @property
    def subject(self) -> str:
        """The subject on the broker."""
        return f"evt.{PARTY}.{self.type}{'' if self.to is None else f'.{self.to}'}"


def envelope(fact: WordSent, event: UUID, **changes: Any) -> dict[str, Any]:
    """Return the fact as a CloudEvent; `changes` replace attributes, and None removes one."""
    full = {
        "specversion": "1.0",
        "id": str(event),
        "source": SOURCE.source,
        "type": fact.type,
        "addressee": fact.to,
        "subject": str(fact.aggregate),
        "time": datetime.now(UTC).isoformat(),
        "aggregateversion": fact.version,
        "data": {"word": fact.word},
    } | changes
    return {name: value for name, value in full.items() if value is not None}


class Sender:
    """The publisher of the sending service."""

    def to_messages(self, fact: object, now: datetime) -> Sequence[OutboxMessage]:
        """Return the one message of a fact."""
        assert isinstance(fact, WordSent)
        event = fact.id or new_id()
        return [
            OutboxMessage(
                subject=fact.subject,
                type=fact.type,
                aggregate=str(fact.aggregate),
                version=fact.version,
                data=envelope(fact, event),
                needs=frozenset(),
                addressee=fact.to,
                event_id=event,
            )
        ]


@dataclass
class FixedBorder:
    """A service's part of the broker as a test says it; `sources` may be changed while a worker runs."""

    stream: str
    sources: list[Source] = field(default_factory=list)
    party: str = PARTY
    granted: tuple[Given, ...] = ()
    retained: timedelta = timedelta(days=365)

    async def establish(self, connection: Client) -> object:
        """Raise AssertionError: tests make streams and consumers themselves."""
        raise AssertionError("nothing is set up here")

    async def redeliver(self, connection: Client, listener: str) -> None:
        """Raise AssertionError: tests make streams and consumers themselves."""
        raise AssertionError("nothing is set up here")


BORDERS = {"sender": [], "noter": [SOURCE]}


def aggregate(number: int) -> UUID:
    """Return the reference of the numbered subject."""
    return uuid5(UUID(int=7), str(number))


async def create_tables(dsn: str) -> None:
    """Create the chassis' tables and those of the test."""
    statements: list[str] = []

    class Collect:
        def execute(self, sqltext: str) -> None:
            statements.append(sqltext)

    chassis_v1(Collect())
    chassis_v2(Collect())
    chassis_v3(Collect())
    chassis_v4(Collect())
    chassis_v5(Collect())
    chassis_v6(Collect())
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(";\n".join(statements) + ";" + _EFFECTS)
        await connection.execute("SELECT remember_everywhere($1)", [*tables.metadata.tables])
    finally:
        await connection.close()


def build_runtime(
    name: str, dsn: str, nats_url: str = "", *, clock: Clock | None = None, pool: int = 8, **settings: Any
) -> Runtime:
    """Return the parts of a service on the database at `dsn`."""
    return Runtime(
        name=name,
        entity=PARTY,
        settings=DeliverySettings(
            database_url=dsn,
            issuer="http://nobody",
            jwks_url="http://nobody",
            audience=name,
            entity=PARTY,
            parties_file="/nowhere",
            parties_keys="none",
            public_url="http://nobody",
            csrf_secret="0123456789abcdef0123456789abcdef",
            nats_url=nats_url,
            nats_user="",
            nats_password="",
            **settings,
        ),
        database=Database(dsn, pool=pool),
        clock=clock or SystemClock(),
        access=Access({}, entity=PARTY),
        publisher=Sender(),
        time_zone=ZoneInfo("America/Toronto"),
        border=FixedBorder(f"EVT_{PARTY}_{name}", list(BORDERS.get(name, []))),
    )


async def create_stream(js: JetStreamContext, *, ack_wait: float = 1.0, **changes: Any) -> None:
    """Create the sender's stream and the consumer it grants to the noter."""
    settings: dict[str, Any] = {
        "name": STREAM,
        "subjects": [f"evt.{PARTY}.sender.>"],
        "storage": StorageType.FILE,
        "discard": DiscardPolicy.NEW,
        "duplicate_window": 7200,
        "allow_atomic": True,
        "max_bytes": 256 * 1024 * 1024,
    } | changes
    await js.add_stream(StreamConfig(**settings))
    await create_consumer(js, ack_wait=ack_wait)


async def create_consumer(js: JetStreamContext, *, ack_wait: float = 1.0, only: str | None = None) -> None:
    """Create the consumer that the sender grants to the noter; with `only` for the events of one subject."""
    await js.add_consumer(
        STREAM,
        ConsumerConfig(
            durable_name=CONSUMER,
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=ack_wait,
            max_ack_pending=1000,
            max_deliver=-1,
            filter_subject=only,
        ),
    )


async def send(runtime: Runtime, *facts: WordSent) -> None:
    """Commit some facts in one transaction."""
    async with runtime.transaction(SENDER) as tx:
        for fact in facts:
            tx.publish(fact)


async def send_next(
    runtime: Runtime, number: int, word: str = "-", *, wait: float = 0
) -> tuple[UUID | None, int]:
    """Commit the next version of a numbered subject: its row is locked before its version is read.

    Returns the change, if it's delayed by `wait` seconds and can be undone until then, and the version.
    """
    async with runtime.transaction(SENDER) as tx:
        change = await tx.delay("send_words", timedelta(seconds=wait))
        version = await tx.scalar(_NEXT, {"id": str(aggregate(number))})
        tx.publish(WordSent(aggregate(number), version, word))
    return change, version


def noting() -> Listening:
    """Return a listener that notes what was sent, and fails at the word "culprit" or "gibberish"."""
    listening = Listening()

    @listening.on(WORD_SENT)
    async def note_word(tx: Tx, event: Incoming) -> None:
        word = event.parse(Word).word
        if word == "culprit":
            raise RuntimeError("this handler can't take it")
        await note(tx, event, word)

    return listening


async def note(tx: Tx, event: Incoming, word: str) -> None:
    """Write down that an event was acted on."""
    await tx.execute(
        _NOTE, {"event": event.id, "aggregate": event.aggregate, "version": event.version, "word": word}
    )


async def effects(dsn: str) -> list[asyncpg.Record]:
    """Return what was noted, in the order in which it was."""
    connection = await asyncpg.connect(dsn)
    try:
        found: list[asyncpg.Record] = await connection.fetch("SELECT * FROM effects ORDER BY position")
        return found
    finally:
        await connection.close()


async def fetch(dsn: str, sql: str, *values: Any) -> list[asyncpg.Record]:
    """Run any SQL beside the services."""
    connection = await asyncpg.connect(dsn)
    try:
        found: list[asyncpg.Record] = await connection.fetch(sql, *values)
        return found
    finally:
        await connection.close()


async def messages(js: JetStreamContext) -> list[dict[str, Any]]:
    """Return all messages of the stream, in order."""
    info = await js.stream_info(STREAM)
    found: list[dict[str, Any]] = []
    if info.state.messages:
        reader = await js.subscribe(f"evt.{PARTY}.sender.>", stream=STREAM, ordered_consumer=True)
        while len(found) < info.state.messages:
            found.append(json.loads((await reader.next_msg(timeout=5)).data))
        await reader.unsubscribe()
    return found


def out_of_order(versions: Sequence[tuple[str, int]]) -> list[str]:
    """Return the aggregates whose versions don't rise one by one from 1."""
    last: dict[str, int] = {}
    wrong = []
    for name, version in versions:
        if version != last.get(name, 0) + 1:
            wrong.append(f"{name}: {last.get(name, 0)} then {version}")
        last[name] = version
    return wrong
