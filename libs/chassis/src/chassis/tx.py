"""A transaction as use cases see it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from opentelemetry import trace
from sqlalchemy import Executable, Result
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import flush
from chassis.actor import Actor
from chassis.ids import new_id
from chassis.publisher import OutboxMessage
from chassis.usecase import Isolation

if TYPE_CHECKING:
    from chassis.runtime import Runtime

Changes = Mapping[str, tuple[Any, Any]]


class _Held:
    """What both kinds of transaction offer: who asks, when, and statements of SQLAlchemy."""

    def __init__(self, runtime: Runtime, actor: Actor, use_case: str) -> None:
        self.runtime = runtime
        self.actor = actor
        self.use_case = use_case
        self.now: datetime = runtime.clock.now()
        self._session: AsyncSession | None = None

    @cached_property
    def today(self) -> date:
        """The date in the organisation's time zone."""
        return self.now.astimezone(self.runtime.time_zone).date()

    def _open(self) -> AsyncSession:
        raise NotImplementedError

    @property
    def session(self) -> AsyncSession:
        """The session of SQLAlchemy; the transaction begins with its first statement."""
        if self._session is None:
            self._session = self._open()
        return self._session

    async def execute(self, statement: Executable, params: Any = None) -> Result[Any]:
        """Run a statement of SQLAlchemy (Core or ORM) in this transaction."""
        return await self.session.execute(statement, params)

    async def scalar(self, statement: Executable, params: Any = None) -> Any:
        """Run a statement and return the first column of its first row, or None."""
        return await self.session.scalar(statement, params)

    async def _close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None


class ReadTx(_Held):
    """A transaction that can't write: the database refuses."""

    def __init__(self, runtime: Runtime, actor: Actor, use_case: str) -> None:
        super().__init__(runtime, actor, use_case)
        self.viewed_records: list[tuple[str, str]] = []

    def _open(self) -> AsyncSession:
        return AsyncSession(self.runtime.database.reading, expire_on_commit=False, autoflush=False)

    def viewed(self, kind: str, id: UUID | str) -> None:  # noqa: A002 - the word of the interface
        """Say which person's record was shown, for the access log (X3)."""
        self.viewed_records.append((kind, str(id)))


class Tx(_Held):
    """A transaction that may write. It begins with the first statement and ends in `Runtime.transaction` alone."""

    def __init__(self, runtime: Runtime, actor: Actor, use_case: str, isolation: Isolation) -> None:
        super().__init__(runtime, actor, use_case)
        self._isolation = isolation
        self._pending = flush.Pending()
        self.published = False
        self.concluded = False

    def _open(self) -> AsyncSession:
        engine = self.runtime.database.engine
        if self._isolation != "READ COMMITTED":
            engine = engine.execution_options(isolation_level=self._isolation)
        return AsyncSession(engine, expire_on_commit=False)

    @property
    def begun(self) -> bool:
        """Whether anything was sent to the database, or waits in the session to be sent."""
        return self._session is not None and self._session.in_transaction()

    def publish(self, fact: object, about: str | None = None, basis: str | None = None) -> None:
        """Tell `fact` to whom it concerns: its messages become outbox rows of this transaction.

        `about` is the private reference of the person concerned (for the disclosure statement; it never leaves),
        `basis` the reference of the consent under which it is told.
        """
        for message in self.runtime.publisher.to_messages(fact, self):
            self._record(message, about, basis, None)
            self.published = True

    def withhold(self, fact: object, about: str | None, reason: str) -> None:
        """Record what would have been told and wasn't, and why (W5, W13); it's never sent."""
        for message in self.runtime.publisher.to_messages(fact, self):
            self._record(message, about, None, reason)

    def _record(self, message: OutboxMessage, about: str | None, basis: str | None, withheld: str | None) -> None:
        self._pending.outbox.append(
            flush.outbox_row(
                event_id=message.event_id,
                aggregate=message.aggregate,
                version=message.version,
                subject=message.subject,
                type_=message.type,
                data=message.data,
                about=about,
                basis=basis,
                withheld=withheld,
                now=self.now,
                traceparent=traceparent(),
            )
        )

    def touched(self, kind: str, id: UUID | str, action: str, changes: Changes | None = None) -> None:  # noqa: A002
        """Record that a record was changed, by whom and how: `changes` maps a field to (old, new) (X3)."""
        text = None if changes is None else flush.json_text({name: list(pair) for name, pair in changes.items()})
        actor = self.actor
        self._pending.audit.append(
            (
                new_id(),
                self.now,
                actor.subject,
                actor.name,
                actor.kind,
                self.use_case,
                kind,
                str(id),
                action,
                text,
            )
        )

    def schedule(self, kind: str, key: str, due_at: datetime, payload: Mapping[str, Any] | None = None) -> None:
        """Set the timer (`kind`, `key`) to `due_at`, aware; one that stands already is moved."""
        if due_at.tzinfo is None:
            raise ValueError("a timer needs an aware moment")
        self._pending.cancelled.discard((kind, key))
        self._pending.timers[kind, key] = (due_at, flush.json_text(payload or {}))

    def cancel_timer(self, kind: str, key: str) -> None:
        """Forget the timer (`kind`, `key`), if it stands."""
        self._pending.timers.pop((kind, key), None)
        self._pending.cancelled.add((kind, key))

    async def conclude(self, sql: str, params: Mapping[str, Any], *, result: Any = None) -> Any:
        """Write the business row and everything recorded so far in ONE statement; return its row, or None.

        `sql` is a guarded statement with `:name` parameters and `RETURNING` (it may begin with `WITH`). When it
        matches no row, nothing at all is written. If nothing was begun it commits by itself: one round trip.
        """
        guarded = flush.take_apart(sql)
        given = flush.bind(guarded, params)
        rows = self._pending.rows()
        text = flush.statement(tuple(name for name, _ in rows), guarded)
        values = flush.arguments(rows, given)
        if self.begun:
            await self.session.flush()
            connection = await self.session.connection()
            row = (await connection.exec_driver_sql(text, tuple(values))).mappings().first()
        else:
            async with (await self.runtime.database.raw()).acquire() as connection:
                row = await connection.fetchrow(text, *values)
        self._pending = flush.Pending()
        self.concluded = row is not None
        if row is None:
            self.published = False
        return row

    @contextmanager
    def named(self, use_case: str) -> Iterator[None]:
        """Let audit rows name `use_case` for the length of the block."""
        before, self.use_case = self.use_case, use_case
        try:
            yield
        finally:
            self.use_case = before

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """Undo the block alone when it fails: its statements and what it recorded for the flush."""
        before, published = self._pending.copy(), self.published
        try:
            async with self.session.begin_nested():
                yield
        except BaseException:
            self._pending, self.published = before, published
            raise

    async def _settle(self) -> None:
        """Flush and commit; called by `Runtime.transaction` alone."""
        if self._session is not None:
            await self._session.flush()
        if self._pending:
            rows = self._pending.rows()
            text = flush.statement(tuple(name for name, _ in rows))
            values = flush.arguments(rows)
            if self.begun:
                connection = await self.session.connection()
                await connection.exec_driver_sql(text, tuple(values))
            else:
                async with (await self.runtime.database.raw()).acquire() as raw:
                    await raw.execute(text, *values)
        if self._session is not None:
            await self._session.commit()

    async def _undo(self) -> None:
        if self._session is not None:
            await self._session.rollback()


def traceparent() -> str | None:
    """Return the W3C `traceparent` of the span that is open, or None."""
    context = trace.get_current_span().get_span_context()
    if not context.is_valid:
        return None
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{int(context.trace_flags):02x}"
