"""A transaction as use cases see it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal, Never, TypeVar, TypeVarTuple, cast, overload
from uuid import UUID

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy import ClauseElement, Executable, FromClause, HasCTE, Result, event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.exc import StaleDataError

from chassis import flush, writing
from chassis.actor import Actor
from chassis.db.acting import PARAMETER, ActingSession, acting_as, informed
from chassis.db.tables import audit
from chassis.ids import new_id
from chassis.publisher import BasisMissing, OutboxMessage
from chassis.surroundings import Surroundings
from chassis.tracing import traceparent

if TYPE_CHECKING:
    import asyncpg
    from sqlalchemy.sql.selectable import TypedReturnsRows

Isolation = Literal["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"]


Column = TypeVar("Column")
Columns = TypeVarTuple("Columns")
Changes = Mapping[str, tuple[Any, Any]]
UNSET: Final = object()

# The transaction names its change, which the triggers of all tables go by.
_BEGIN_CHANGE = sa.text(
    """
    WITH begun AS (
        INSERT INTO delayed_change (id, use_case, permission, actor, actor_name, made_at, send_after)
        VALUES (:id, :use_case, :permission, :actor, :actor_name, :made_at, :send_after) RETURNING id
    ) SELECT set_config('partywall.change', id::text, true) FROM begun
    """
)
_END_CHANGE = """
    WITH delayed AS (
        UPDATE outbox SET change = $1, status = CASE status WHEN 'pending' THEN 'delayed' ELSE status END
        WHERE id = ANY($2::uuid[]) RETURNING status
    ), sent AS (
        SELECT EXISTS (SELECT FROM delayed WHERE status = 'delayed') AS any
    ), noted AS (
        UPDATE delayed_change SET messages = $2, records = $3::jsonb FROM sent WHERE id = $1 AND sent.any
    )
    DELETE FROM delayed_change USING sent WHERE id = $1 AND NOT sent.any
    """


class AlreadyConcluded(RuntimeError):
    """The transaction was committed by `conclude`; the use case tried to write more after it."""


class _WritingSession(ActingSession):
    """A session that knows whether it has asked the database for anything."""

    connected = False


@event.listens_for(_WritingSession, "after_begin")
def _note_connection(session: _WritingSession, *_: object) -> None:
    session.connected = True


class _Transaction:
    """What both kinds of transaction have: the actor, the time, and statements of SQLAlchemy."""

    def __init__(self, runtime: Surroundings, actor: Actor, use_case: str) -> None:
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

    @overload
    async def execute(
        self, statement: TypedReturnsRows[*Columns], params: Any = None
    ) -> Result[*Columns]: ...

    @overload
    async def execute(self, statement: Executable, params: Any = None) -> Result[*tuple[Any, ...]]: ...

    async def execute(self, statement: Executable, params: Any = None) -> Result[*tuple[Any, ...]]:
        """Run a statement of SQLAlchemy (Core or ORM) in this transaction."""
        return await self.session.execute(statement, params)

    @overload
    async def scalar(self, statement: TypedReturnsRows[Never], params: Any = None) -> Any: ...

    @overload
    async def scalar(self, statement: TypedReturnsRows[Column], params: Any = None) -> Column | None: ...

    @overload
    async def scalar(self, statement: Executable, params: Any = None) -> Any: ...

    async def scalar(self, statement: Executable, params: Any = None) -> Any:
        """Run a statement and return the first column of its first row, or None."""
        return await self.session.scalar(statement, params)

    async def look(self, question: ClauseElement, params: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """Return the rows of a statement that locks nothing and is made once.

        `params` are the values of its parameters. Values in the rows are as the driver returns them: words
        are texts.
        """
        return (await self.session.execute(cast("Executable", question), params)).all()

    async def _close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None


class ReadTx(_Transaction):
    """A read-only transaction: the database refuses writes."""

    def __init__(self, runtime: Surroundings, actor: Actor, use_case: str) -> None:
        super().__init__(runtime, actor, use_case)
        self.viewed_records: list[tuple[str, str]] = []

    def _open(self) -> AsyncSession:
        return AsyncSession(
            self.runtime.database.reading,
            expire_on_commit=False,
            autoflush=False,
            sync_session_class=ActingSession,
            info=informed(self.actor),
        )

    def viewed(self, kind: str, id: UUID | str) -> None:
        """Note which person's record was shown, for the access log (X3)."""
        self.viewed_records.append((kind, str(id)))


class Tx(_Transaction):
    """A transaction that may write: it begins with the first statement; `Runtime.transaction` ends it."""

    def __init__(self, runtime: Surroundings, actor: Actor, use_case: str, isolation: Isolation) -> None:
        super().__init__(runtime, actor, use_case)
        self._isolation = isolation
        self._pending = flush.Pending()
        self._remembering: Remembering | None = None
        self._received: flush.Row | None = None
        self._committed_alone = False
        self._depth = 0
        self._change: UUID | None = None
        self._delayed: list[UUID] = []
        self._touched: list[tuple[str, str]] = []
        self.committing = False

    def _open(self) -> AsyncSession:
        self._still_open()
        engine = self.runtime.database.engine
        if self._isolation != "READ COMMITTED":
            engine = engine.execution_options(isolation_level=self._isolation)
        return AsyncSession(
            engine,
            expire_on_commit=False,
            sync_session_class=_WritingSession,
            info=informed(self.actor),
        )

    @property
    def _who(self) -> Mapping[str, str]:
        """The parameter by which a statement says who acts."""
        return {PARAMETER: acting_as(self.actor)}

    def _still_open(self) -> None:
        if self._committed_alone:
            raise AlreadyConcluded

    @property
    def begun(self) -> bool:
        """Whether anything was sent to the database or waits in the session."""
        return self._session is not None and self._session.in_transaction()

    @property
    def _connected(self) -> bool:
        """Whether a transaction of the database was begun."""
        return self._session is not None and cast("_WritingSession", self._session.sync_session).connected

    @property
    def published(self) -> bool:
        """Whether the commit of this transaction gives the relay something to send."""
        return self._pending.published

    def purposes_of(self, fact: object) -> frozenset[str]:
        """Return the purposes to which the person concerned must have agreed before `fact` is published."""
        return frozenset[str]().union(
            *(message.needs for message in self.runtime.publisher.to_messages(fact, self.now))
        )

    def publish(
        self,
        fact: object,
        about: str | None = None,
        basis: str | None = None,
        under: Mapping[str, str] | None = None,
    ) -> None:
        """Publish `fact`: its messages become outbox rows of this transaction.

        `about` is the private reference of the person concerned (for the disclosure statement; it never
        leaves the service). `under` maps each purpose that the message needs to the consent under which it is
        disclosed; `basis` is any other basis. Raises BasisMissing for a purpose without consent: what may not
        be disclosed goes to `withhold`.
        """
        bases = " ".join(dict.fromkeys([*([basis] if basis else []), *(under or {}).values()])) or None
        for message in self.runtime.publisher.to_messages(fact, self.now):
            missing = message.needs - {purpose for purpose, consent in (under or {}).items() if consent}
            if missing:
                raise BasisMissing(message, missing)
            self._record(message, about, bases, None)
            self._pending.published = True

    def withhold(self, fact: object, about: str | None, reason: str) -> None:
        """Record that `fact` was not disclosed, and why (W5, W13); it's never sent."""
        for message in self.runtime.publisher.to_messages(fact, self.now):
            self._record(message, about, None, reason)

    async def delay(self, permission: str, wait: timedelta) -> UUID | None:
        """Delay what is published from here on by `wait`, and remember every row that is changed (X8).

        Until then `chassis.undo` can undo the transaction as a whole, for the same actor, who must hold
        `permission`. Returns the id of the change; without a wait this does nothing.
        """
        if not wait:
            return None
        self._change = new_id()
        await self.execute(
            _BEGIN_CHANGE,
            {
                "id": self._change,
                "use_case": self.use_case,
                "permission": permission,
                "actor": self.actor.subject,
                "actor_name": self.actor.name,
                "made_at": self.now,
                "send_after": self.now + wait,
            },
        )
        return self._change

    async def _leave_delayed(self) -> None:
        """Delay the messages of this transaction; without one there is nothing to undo."""
        records = flush.json_text(list(dict.fromkeys(self._touched)))
        await (await self._driver()).execute(_END_CHANGE, self._change, self._delayed, records)

    def _record(
        self, message: OutboxMessage, about: str | None, basis: str | None, withheld: str | None
    ) -> None:
        self._still_open()
        if self._change is not None:
            self._delayed.append(message.event_id)
        self._pending.outbox.append(
            flush.outbox_row(
                message,
                about=about,
                basis=basis,
                withheld=withheld,
                now=self.now,
                traceparent=traceparent(),
            )
        )

    def touched(self, kind: str, id: UUID | str, action: str, changes: Changes | None = None) -> None:
        """Record that a record was changed, by whom and how: `changes` maps a field to (old, new) (X3)."""
        self._still_open()
        if self._change is not None:
            self._touched.append((kind, str(id)))
        text = None if changes is None else flush.json_text(dict(changes))
        actor = self.actor
        who = (actor.subject, actor.name, actor.kind)
        self._pending.audit.append((new_id(), self.now, *who, self.use_case, kind, str(id), action, text))

    async def touched_each(self, kind: str, records: FromClause, action: str) -> None:
        """Record that each of many records was changed, by their `id`: what `touched` does, at once."""
        self._still_open()
        actor = self.actor
        who = (actor.subject, actor.name, actor.kind, self.use_case, kind)
        rows = sa.select(
            sa.func.uuidv7(),
            sa.literal(self.now),
            *map(sa.literal, who),
            sa.cast(records.c.id, sa.Text),
            sa.literal(action),
        )
        names = [column.name for column in audit.columns if column.name != "changes"]
        await self.execute(sa.insert(audit).from_select(names, rows))

    def schedule(
        self, kind: str, key: str, due_at: datetime, payload: Mapping[str, Any] | None = None
    ) -> None:
        """Set the timer (`kind`, `key`) to `due_at` (aware); one that exists is rescheduled."""
        self._still_open()
        if due_at.tzinfo is None:
            raise ValueError("a timer needs an aware moment")
        self._pending.timers[kind, key] = (due_at, flush.json_text(payload or {}))

    def cancel_timer(self, kind: str, key: str) -> None:
        """Delete the timer (`kind`, `key`), if it exists."""
        self._still_open()
        self._pending.timers[kind, key] = None

    async def look(self, question: ClauseElement, params: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """Return the rows of a statement that locks nothing and is made once.

        Before the transaction has begun it's asked by itself, in one round trip: each statement has a
        snapshot of its own anyway. Like any other it sees what the transaction has changed so far.
        """
        self._still_open()
        if self._session is not None:
            mine = self._session.sync_session
            if mine.autoflush and (mine.new or mine.dirty or mine.deleted):
                await self._session.flush()
        prepared = flush.question(question, acting=self.runtime.database.by_person)
        values = prepared.arguments((), {**self._who, **params})
        rows: Sequence[Sequence[Any]]
        if self._connected or self._isolation != "READ COMMITTED":
            rows = await (await self._driver()).fetch(prepared.text, *values)
        else:
            async with (await self.runtime.database.raw()).acquire() as raw:
                rows = await raw.fetch(prepared.text, *values)
        return rows

    async def _driver(self) -> asyncpg.Connection[Any]:
        """Return the driver's connection of this transaction: through SQLAlchemy it takes thrice as long."""
        raw = await (await self.session.connection()).get_raw_connection()
        return cast("asyncpg.Connection[Any]", raw.driver_connection)

    def join(self, statement: HasCTE, params: Mapping[str, Any]) -> None:
        """Have a statement that writes carried out together with the one that ends the transaction.

        It's a statement of SQLAlchemy Core that is made once, and `params` are the values of each
        `flush.parameter` in it. Nothing else in the transaction may need what it writes.
        """
        self._still_open()
        self._pending.joining.append((statement, params))

    async def conclude(
        self, guarded: HasCTE | str, params: Mapping[str, Any], *, result: Any = UNSET
    ) -> Mapping[str, Any] | None:
        """Write the business row and what the use case recorded in ONE statement; return its row, or None.

        `guarded` is a statement of SQLAlchemy Core that returns rows, and `params` the values of each
        `flush.parameter` in it, which go to asyncpg as they are. It's made once: its text is compiled the
        first time and remembered. A simple one may be text with `:name` parameters. When it returns no row,
        nothing that was recorded is written either. If nothing was begun it commits by itself: one round
        trip, and nothing may follow it. Under an idempotency key that needs `result`, the use case's result
        as it will be; without it a transaction is opened to store the result that comes later.
        """
        self._still_open()
        guard = flush.guarded(guarded) if isinstance(guarded, str) else guarded
        # Only the use case that holds the transaction may end it, or says what its result is.
        whole = self._depth == 0
        remembered = whole and self._remembering is not None and result is not UNSET
        if remembered:
            self.remember_result(result)
        alone = whole and not self.begun and (self._remembering is None or remembered)
        rows = [*self._pending.rows(), *self._inbox()] if whole else self._pending.rows()
        joining, given = self._joining()
        prepared = flush.statement(
            flush.parts_of(rows), guard, joining=joining, acting=self.runtime.database.by_person
        )
        text, values = prepared.text, prepared.arguments(rows, {**self._who, **given, **params})
        row: Mapping[str, Any] | None
        if alone:
            async with (await self.runtime.database.raw()).acquire() as raw:
                self.committing = True
                row = await raw.fetchrow(text, *values)
                self.committing = False
        else:
            await self.session.flush()
            connection = await self.session.connection()
            row = cast(
                "Mapping[str, Any] | None",
                (await connection.exec_driver_sql(text, tuple(values))).mappings().first(),
            )
        self._pending = flush.Pending(published=self._pending.published and row is not None)
        if row is not None:
            self._committed_alone = alone
            if remembered:
                self._remembering = None
            if whole:
                self._received = None
        return row

    def receive(self, inbox_row: flush.Row) -> None:
        """Have the inbox row of the one event that this transaction acts on written with its effect.

        If the event was received before, writing it fails with a violation of `pk_inbox`.
        """
        self._received = inbox_row

    def _inbox(self) -> list[tuple[str, list[flush.Row]]]:
        return [] if self._received is None else [("inbox", [self._received])]

    def remember(self, remembering: Remembering | None) -> None:
        """Store the use case's result under an idempotency key; called by `perform`."""
        self._remembering = remembering

    def remember_result(self, result: Any) -> None:
        """Note the result, unless `conclude` has written it already."""
        if self._remembering is not None:
            self._pending.idempotency = self._remembering.row(self, result)

    @contextmanager
    def named(self, use_case: str) -> Iterator[None]:
        """Name `use_case` in audit rows for the length of the block.

        What the block records is separate until it succeeds, so that a `conclude` in it that matches no row
        drops nothing that another use case recorded.
        """
        before, pending = self.use_case, self._pending
        self.use_case, self._pending = use_case, flush.Pending()
        self._depth += 1
        try:
            yield
            pending.add(self._pending)
        finally:
            self._depth -= 1
            self.use_case, self._pending = before, pending

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """Undo only the block when it fails: its statements and what it recorded for the flush."""
        with self.named(self.use_case):
            async with self.session.begin_nested():
                yield

    def _joining(self) -> tuple[tuple[HasCTE, ...], dict[str, Any]]:
        """Return the statements that go along, and the values of their parameters."""
        values: dict[str, Any] = {}
        for _, params in self._pending.joining:
            values |= params
        return tuple(statement for statement, _ in self._pending.joining), values

    async def _commit(self) -> None:
        """Write what waits, in one statement, and commit; called by `Runtime.transaction` alone.

        Without a statement before it, and a row to change, the statement commits by itself: one round trip.
        """
        waits = writing.Waiting()
        if self._session is not None:
            found = writing.waiting(self._session.sync_session)
            if found is None:
                await self._session.flush()
            else:
                waits = found
                # What is written below, SQLAlchemy doesn't write again.
                self._session.expunge_all()
        rows = [*self._pending.rows(), *self._inbox()]
        joining, given = self._joining()
        if rows or waits.writes or joining:
            prepared = flush.statement(
                flush.parts_of(rows),
                writes=waits.writes,
                joining=joining,
                acting=self.runtime.database.by_person,
            )
            values = prepared.arguments(rows, {**self._who, **given, **waits.named()})
            text = prepared.text
            if self._connected or waits.changes or self._isolation != "READ COMMITTED":
                if not await (await self._driver()).fetchval(text, *values):
                    raise StaleDataError
            else:
                async with (await self.runtime.database.raw()).acquire() as raw:
                    self.committing = True
                    await raw.execute(text, *values)
                return
        if self._change is not None:
            await self._leave_delayed()
        if self._session is not None:
            self.committing = True
            await self._session.commit()


@dataclass(frozen=True, slots=True)
class Remembering:
    """What is stored about a command with an idempotency key."""

    key: str
    fingerprint: bytes
    result_type: TypeAdapter[Any]

    def row(self, tx: Tx, result: Any) -> list[tuple[Any, ...]]:
        """Return the idempotency row of `result`."""
        stored = self.result_type.dump_json(result).decode()
        return [(tx.actor.subject, self.key, tx.use_case, self.fingerprint, stored, tx.now)]
