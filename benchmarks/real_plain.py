"""The plain contestant of `real_commands.py`: FastAPI and an ORM session, as tutorials do it.

It writes the rows that the real command wrote, and decides nothing: no token, no permission, no consent, no
rule of the trade. It reads only the rows that it changes.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
from real_records import Change, Written, copied, identifiers, insertable, reflected
from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import registry


@dataclass(frozen=True)
class Recorded:
    """A command as it was recorded: its route, what it was asked with, and what it wrote to which record.

    `record` is the record that the path names, or the new one where the path names none. `known` are
    identifiers that aren't the record's own. `names` are fields of the body whose values are written, as they
    are or in small letters.
    """

    path: str
    body: Mapping[str, Any]
    record: UUID
    known: frozenset[UUID]
    written: Written
    names: tuple[str, ...] = ()


def app_of(recorded: Recorded, body: type[BaseModel], url: str, metadata: MetaData) -> FastAPI:
    """Return the application with the one endpoint; `body` is the model that the real endpoint takes."""
    engine = create_async_engine(url, pool_size=8, max_overflow=0)
    session_of = async_sessionmaker(engine, expire_on_commit=False)
    mapping, written = registry(metadata=metadata), recorded.written
    classes: dict[str, type[Any]] = {}
    for name in written.tables:
        classes[name] = type(name, (), {})
        mapping.map_imperatively(classes[name], metadata.tables[name])
    # Tables that others point at come first; a flush between them costs no round trip of its own.
    order = [table.name for table in metadata.sorted_tables if table.name in classes]
    new = {name: [row for where, row in written.inserted if where == name] for name in order}
    everything = (written.inserted, written.updated, written.deleted)
    old = identifiers(everything) - recorded.known

    async def write(session: AsyncSession, changed: Change) -> None:
        for name, key in written.deleted:
            await session.delete(await session.get_one(classes[name], changed(list(key))))
        for name, key, values in written.updated:
            found = await session.get_one(classes[name], changed(list(key)))
            for column, value in values.items():
                setattr(found, column, changed(value))
        for name, rows in new.items():
            if rows:
                table = metadata.tables[name]
                session.add_all(classes[name](**insertable(table, row, changed)) for row in rows)
                await session.flush()

    def change_of(record: UUID, given: Mapping[str, Any]) -> Change:
        changed = copied(old, recorded.record, record)
        replaced = [
            (form(recorded.body[name]), form(str(given[name])))
            for name in recorded.names
            for form in (str, str.lower)
        ]

        def renamed(value: Any) -> Any:
            if isinstance(value, str):
                for before, after in replaced:
                    value = value.replace(before, after)
            return changed(value)

        return renamed if replaced else changed

    app = FastAPI()
    if "{record}" not in recorded.path:

        @app.post(recorded.path)
        async def create(given: body) -> dict[str, UUID]:
            record = uuid4()
            async with session_of() as session:
                await write(session, change_of(record, dict(given)))
                await session.commit()
            return {"id": record}

        return app

    @app.post(recorded.path)
    async def change(record: UUID, given: body) -> dict[str, UUID]:
        async with session_of() as session:
            await write(session, change_of(record, dict(given)))
            await session.commit()
        return {"id": record}

    return app


def serve(recorded: Recorded, body: type[BaseModel], url: str, port: int) -> None:
    """Serve the endpoint in this process until it is killed."""

    async def read() -> MetaData:
        engine = create_async_engine(url)
        try:
            async with engine.connect() as connection:
                return await reflected(connection)
        finally:
            await engine.dispose()

    uvicorn.run(
        app_of(recorded, body, url, asyncio.run(read())),
        host="127.0.0.1",
        port=port,
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_config=None,
        server_header=False,
    )
