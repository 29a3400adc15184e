"""The servers that `http_command.py` compares: each records an entry, with audit and outbox row.

`python http_contestants.py <name> <port> <settings as JSON>` serves one of them in one process.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import asyncpg
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel, Field, TypeAdapter
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis import telemetry
from chassis.access import Access
from chassis.clock import SystemClock
from chassis.db import Conventions, Database, new_metadata, tables
from chassis.http import ApiRouter, Call, direct, service_app
from chassis.ids import new_id
from chassis.publisher import OutboxMessage
from chassis.runtime import Runtime
from chassis.settings import WebSettings
from chassis.tx import Tx
from chassis.usecase import use_case

PATH = "/api/bench/v1/entries"


class NewEntry(BaseModel):
    """The body of the request."""

    shelf: UUID
    text: str = Field(min_length=1, max_length=200)
    weight: int = Field(ge=0, le=1000)


class Permission(StrEnum):
    """The one permission."""

    RECORD_ENTRY = "record_entry"


@dataclass(frozen=True, slots=True)
class EntryRecorded:
    """The fact that is published."""

    entry: UUID
    shelf: UUID
    weight: int


@dataclass(frozen=True, slots=True)
class RecordEntry:
    """The command."""

    shelf: UUID
    text: str
    weight: int


RECORD = """
INSERT INTO entry (id, shelf, text, weight, at)
SELECT :id, shelf.id, :text, :weight, :at FROM shelf WHERE shelf.id = :shelf AND shelf.open
RETURNING id
"""


@use_case(Permission.RECORD_ENTRY)
async def record_entry(tx: Tx, command: RecordEntry) -> UUID:
    """Record an entry under an open shelf."""
    entry = new_id()
    tx.publish(EntryRecorded(entry, command.shelf, command.weight))
    tx.touched("entry", entry, "recorded", {"weight": (None, command.weight)})
    values = {"id": entry, "shelf": command.shelf, "text": command.text, "weight": command.weight}
    row = await tx.conclude(RECORD, values | {"at": tx.now}, result=entry)
    if row is None:
        raise LookupError
    return entry


class _Publisher:
    def to_messages(self, fact: object, now: datetime) -> Sequence[OutboxMessage]:
        assert isinstance(fact, EntryRecorded)
        event = new_id()
        body = _message(event, fact.entry, fact.shelf, fact.weight, now)
        return [
            OutboxMessage(
                "evt.bench.entry_recorded.v1",
                "entry_recorded",
                str(fact.shelf),
                1,
                body,
                frozenset(),
                event_id=event,
            )
        ]


def _message(event: UUID, entry: UUID, shelf: UUID, weight: int, at: datetime) -> str:
    return json.dumps(
        {
            "specversion": "1.0",
            "id": str(event),
            "source": "/bench",
            "type": "entry_recorded",
            "subject": str(shelf),
            "time": at.isoformat(),
            "aggregateversion": 1,
            "data": {"entry": str(entry), "shelf": str(shelf), "weight": weight},
        }
    )


def ours(settings: dict[str, str]) -> FastAPI:
    """The chassis, complete: signed token, permission, problem documents, log line, metrics."""
    telemetry.configure("bench", "property")
    web = WebSettings.model_validate(settings)
    database = Database(settings["database_url"])
    runtime = Runtime(
        name="bench",
        entity="property",
        settings=web,
        database=database,
        clock=SystemClock(),
        access=Access({"porter": frozenset(Permission)}, entity="property"),
        publisher=_Publisher(),
        time_zone=ZoneInfo("America/Toronto"),
    )
    api = ApiRouter()

    @api.post(PATH, status_code=201)
    @direct
    async def record(call: Call, body: NewEntry) -> dict[str, UUID]:
        return {"id": await call.perform(record_entry, RecordEntry(body.shelf, body.text, body.weight))}

    return service_app(runtime, title="bench", api_routers=[api])


ONE_STATEMENT = """
WITH recorded AS (
    INSERT INTO entry (id, shelf, text, weight, at)
    SELECT $1, shelf.id, $3, $4, $5 FROM shelf WHERE shelf.id = $2 AND shelf.open RETURNING id
), sent AS (
    INSERT INTO outbox (id, aggregate, aggregate_version, subject, type, data, recorded_at)
    SELECT $6, $7, 1, 'evt.bench.entry_recorded.v1', 'entry_recorded', $8::jsonb, $5
    WHERE EXISTS (SELECT 1 FROM recorded)
), seen AS (
    INSERT INTO audit
        (id, at, actor, actor_name, actor_kind, use_case, record_kind, record_id, action, changes)
    SELECT $9, $5, $10, '', 'staff', 'bench.record_entry', 'entry', $11, 'recorded', $12::jsonb
    WHERE EXISTS (SELECT 1 FROM recorded)
)
SELECT id FROM recorded
"""
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


def bare(settings: dict[str, str]) -> Any:
    """Bare ASGI and raw asyncpg with the same statement: no routing, no token, no validation beyond JSON."""
    opened: list[asyncpg.Pool[Any]] = []

    async def pool() -> asyncpg.Pool[Any]:
        if not opened:
            opened.append(
                await asyncpg.create_pool(settings["database_url"], min_size=8, max_size=8, reset=_no_reset)
            )
        return opened[0]

    async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body = json.loads((await receive())["body"])
        entry, event, at = uuid4(), uuid4(), datetime.now(UTC)
        shelf = UUID(body["shelf"])
        async with (await pool()).acquire() as connection:
            await connection.fetchrow(
                ONE_STATEMENT,
                *(entry, shelf, body["text"], body["weight"], at, event, body["shelf"]),
                _message(event, entry, shelf, body["weight"], at),
                *(uuid4(), "actor", str(entry), '{"weight": [null, 1]}'),
            )
        answer = b'{"id":"%s"}' % str(entry).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(answer))]
        await send({"type": "http.response.start", "status": 201, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    return app


async def _no_reset(_: Any) -> None:
    """Single statements leave nothing to reset."""


class Base(Conventions, DeclarativeBase):
    """Tables of the plain contestant."""

    metadata = new_metadata()


class Shelf(Base):
    """ORM record of the plain contestant."""

    __tablename__ = "shelf"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    open: Mapped[bool]


class Entry(Base):
    """ORM record of the plain contestant."""

    __tablename__ = "entry"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    shelf: Mapped[UUID]
    text: Mapped[str]
    weight: Mapped[int]
    at: Mapped[datetime]


class Outbox(Base):
    """The outbox as an ORM record."""

    __table__ = tables.outbox.to_metadata(Base.metadata)


class Audit(Base):
    """The audit as an ORM record."""

    __table__ = tables.audit.to_metadata(Base.metadata)


def plain(settings: dict[str, str]) -> FastAPI:
    """Plain FastAPI with an ORM session, as tutorials do it: no token, same rows."""
    engine = create_async_engine(
        settings["database_url"].replace("postgresql:", "postgresql+asyncpg:"), pool_size=8, max_overflow=0
    )
    session_of = async_sessionmaker(engine, expire_on_commit=False)
    app = FastAPI()

    @app.post(PATH, status_code=201)
    async def record(body: NewEntry) -> dict[str, UUID]:
        at, event = datetime.now(UTC), uuid4()
        async with session_of() as session:
            shelf = await session.get(Shelf, body.shelf)
            assert shelf is not None
            assert shelf.open
            entry = Entry(id=uuid4(), shelf=shelf.id, text=body.text, weight=body.weight, at=at)
            message = json.loads(_message(event, entry.id, shelf.id, body.weight, at))
            sent = {"aggregate": str(shelf.id), "aggregate_version": 1, "type": "entry_recorded"}
            session.add_all(
                [
                    entry,
                    Outbox(
                        id=event, subject="evt.bench.entry_recorded.v1", data=message, recorded_at=at, **sent
                    ),
                    Audit(
                        id=uuid4(),
                        at=at,
                        actor="actor",
                        actor_name="",
                        actor_kind="staff",
                        use_case="bench.record_entry",
                        record_kind="entry",
                        record_id=str(entry.id),
                        action="recorded",
                        changes={"weight": [None, body.weight]},
                    ),
                ]
            )
            await session.commit()
        return {"id": entry.id}

    return app


CONTESTANTS: dict[str, Callable[[dict[str, str]], Any]] = {"ours": ours, "bare": bare, "plain": plain}

if __name__ == "__main__":
    name, port, given = sys.argv[1], int(sys.argv[2]), TypeAdapter(dict[str, str]).validate_json(sys.argv[3])
    uvicorn.run(
        CONTESTANTS[name](given),
        host="127.0.0.1",
        port=port,
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_config=None,
        server_header=False,
    )
