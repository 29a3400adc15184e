"""Runs use cases and queries: the one way from API, desk, listener and command line to the records."""

from __future__ import annotations

import asyncio
import random
from datetime import datetime
from hashlib import blake2b
from typing import Any, ParamSpec, TypeVar, cast

import asyncpg
import structlog
from pydantic_core import to_json
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError

from chassis import tracing
from chassis.actor import Actor
from chassis.clock import today
from chassis.days import days_to_come, refuse_days_to_come, refuse_unlikely_days
from chassis.db.tables import metadata
from chassis.errors import (
    Conflict,
    DomainError,
    EditedMeanwhile,
    KeyReused,
    NotPermitted,
    OutcomeUnknown,
    Unavailable,
    ValueNotAccepted,
)
from chassis.ids import new_id
from chassis.runtime import Runtime
from chassis.tx import Remembering, Tx
from chassis.usecase import Query, UseCase
from chassis.values import refuse_unstorable

Command = TypeVar("Command")
Result = TypeVar("Result")
Params = ParamSpec("Params")

ATTEMPTS = 5
RETRIED = frozenset({"40001", "40P01"})
TAKEN = "23505"
OVERLAPS = "23P01"
_log = structlog.get_logger("chassis.perform")


KEY_LENGTH = 200
"""Longest idempotency key, in characters."""


def is_key(text: str) -> bool:
    """Whether a text can be an idempotency key: 1 to KEY_LENGTH printable characters."""
    return 1 <= len(text) <= KEY_LENGTH and text.isprintable()


async def perform(
    runtime: Runtime,
    actor: Actor,
    use_case: UseCase[Command, Result],
    command: Command,
    *,
    idempotency_key: str | None = None,
) -> Result:
    """Run `use_case` for `actor` and return its result after the commit.

    Refuses what isn't permitted or declared. Serialization failures and deadlocks are retried, five attempts
    at most; a unique violation is retried once. With `idempotency_key` the result is stored, and the same key
    with the same command returns it again (X5).
    """
    refuse_undeclared(use_case, UseCase)
    with tracing.span(use_case.name):
        runtime.access.require(actor, use_case.permission)
        await _refuse_days(runtime, actor, use_case, command)
        remembering = None
        if idempotency_key is not None:
            fingerprint = fingerprint_of(use_case.name, command)
            remembering = Remembering(idempotency_key, fingerprint, use_case.result_type)
        try:
            return await _retried(runtime, actor, use_case, command, remembering)
        except Exception as failed:
            # A repeated request mostly fails because the first one succeeded: look for its result first.
            if (
                remembering is not None
                and (stored := await _stored(runtime, actor, remembering, failed)) is not None
            ):
                return cast("Result", use_case.result_type.validate_json(stored))
            refused = in_words(failed)
            if refused is failed:
                raise
            raise refused from failed


async def _refuse_days(
    runtime: Runtime, actor: Actor, use_case: UseCase[Command, Result], command: Command
) -> None:
    """Refuse values that no column accepts, and dates too far away to be meant.

    When a date may not be in the future and is, the use case is rehearsed: it may refuse the date with an
    error of its own, together with what else is wrong.
    """
    day = today(runtime.clock, runtime.time_zone)
    refuse_unstorable({"": command})
    refuse_unlikely_days(command, day, runtime.time_zone)
    if days_to_come(command, day, runtime.time_zone):
        await rehearse(runtime, actor, use_case, command)


async def _retried(
    runtime: Runtime,
    actor: Actor,
    use_case: UseCase[Command, Result],
    command: Command,
    remembering: Remembering | None,
) -> Result:
    attempt = 0
    while True:
        attempt += 1
        tx: Tx | None = None
        try:
            async with runtime.transaction(actor, use_case=use_case.name, isolation=use_case.isolation) as tx:
                tx.remember(remembering)
                if use_case.undoable:
                    await tx.delay(use_case.permission, runtime.undo_for)
                result = await use_case.function(tx, command)
                tx.remember_result(result)
        except Exception as failed:
            if tx is not None and tx.committing and lost(failed):
                raise OutcomeUnknown from failed
            state = sqlstate(failed)
            # Another transaction inserted the same key meanwhile, which this attempt couldn't see; the next
            # one sees it and refuses with an error of the domain.
            if attempt >= ATTEMPTS or not (state in RETRIED or (state == TAKEN and attempt == 1)):
                raise
            # Transactions that collided wait for different times, longer with each attempt.
            await asyncio.sleep(random.uniform(0.5, 1) * 0.004 * 2**attempt)  # noqa: S311 - jitter, no secret
        else:
            return result


async def rehearse(
    runtime: Runtime, actor: Actor, use_case: UseCase[Command, Result], command: Command
) -> None:
    """Raise what `perform` would refuse the command with now, and change nothing.

    For a page that shows what will happen before it is confirmed.
    """
    refuse_undeclared(use_case, UseCase)
    with tracing.span(use_case.name):
        runtime.access.require(actor, use_case.permission)
        refuse_unstorable({"": command})
        refuse_unlikely_days(command, today(runtime.clock, runtime.time_zone), runtime.time_zone)
        try:
            async with runtime.rehearsal(actor, use_case=use_case.name, isolation=use_case.isolation) as tx:
                await use_case.function(tx, command)
                refuse_days_to_come(command, tx.today, runtime.time_zone)
        except Exception as failed:
            refused = in_words(failed)
            if refused is failed:
                raise
            raise refused from failed


async def perform_apart(tx: Tx, use_case: UseCase[Command, Result], command: Command) -> Result:
    """Run a use case in a transaction of its own: its effect stays, even when `tx` fails.

    Call it before `tx` has locked rows that it needs: it would wait for them until the lock time-out.
    """
    runtime = tx.runtime
    if not isinstance(runtime, Runtime):
        raise TypeError("only a running service can hold a second transaction")
    return await perform(runtime, tx.actor, use_case, command)


async def perform_in(tx: Tx, use_case: UseCase[Command, Result], command: Command) -> Result:
    """Run `use_case` inside a transaction that a listener, a timer or another use case holds and commits."""
    refuse_undeclared(use_case, UseCase)
    tx.runtime.access.require(tx.actor, use_case.permission)
    with tracing.span(use_case.name), tx.named(use_case.name):
        return await use_case.function(tx, command)


async def ask(
    runtime: Runtime,
    actor: Actor,
    query: Query[Params, Result],
    *args: Params.args,
    **kwargs: Params.kwargs,
) -> Result:
    """Run `query` for `actor` in a read-only transaction.

    A view of a person's record is logged before the result is returned; if that fails, so does the query
    (X3).
    """
    refuse_undeclared(query, Query)
    with tracing.span(query.name):
        runtime.access.require(actor, query.permission)
        refuse_unstorable(query.named(args, kwargs))
        try:
            async with runtime.reading(actor, query=query.name) as tx:
                result = await query.function(tx, *args, **kwargs)
            shown = tx.viewed_records
            if query.views is not None and not shown:
                shown = [(query.views, str(next(iter((*args, *kwargs.values())), "")))]
            if shown:
                await _log_views(runtime, actor, query.name, shown, tx.now)
        except Exception as failed:
            refused = in_words(failed)
            if refused is failed:
                raise
            raise refused from failed
        return result


def refuse_undeclared(case: object, kind: type[object]) -> None:
    """Refuse a function that declares no permission."""
    if not isinstance(case, kind):
        raise NotPermitted(undeclared=getattr(case, "__name__", type(case).__name__))


def sqlstate(error: BaseException) -> str | None:
    """Return PostgreSQL's code of the failure, through SQLAlchemy's wrapping, or None."""
    inner: Any = error.orig if isinstance(error, DBAPIError) else error
    found = getattr(inner, "sqlstate", None)
    return found if isinstance(found, str) else None


def lost(error: BaseException) -> bool:
    """Return whether the connection to the database was lost or couldn't be opened."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or (error.orig is not None and lost(error.orig))
    if isinstance(error, asyncpg.InterfaceError):
        # The driver has one class for this and for misuse.
        return "closed" in str(error)
    state = sqlstate(error)
    if state is not None:
        return state[:2] in {"08", "53"} or state in {"57P01", "57P02", "57P03"}
    return isinstance(error, (OSError, TimeoutError, PoolTimeout))


def not_accepted(error: BaseException) -> bool:
    """Return whether the database, or its driver, refused a value that was to be stored.

    A refusal by one of the chassis' own tables is a bug, whatever was given.
    """
    causes = _causes(error)
    if any(isinstance(each, asyncpg.DataError) for each in causes):
        return True
    state = sqlstate(error)
    if state is None or not (state[:2] == "22" or state == "23503"):
        return False
    return not any(getattr(each, "table_name", None) in metadata.tables for each in causes)


def constraint_of(error: BaseException) -> str | None:
    """Return the name of the constraint that a refusal of the database names, if any."""
    names = (getattr(each, "constraint_name", None) for each in _causes(error))
    return next((name for name in names if isinstance(name, str)), None)


def _causes(error: BaseException) -> list[BaseException]:
    """Return the failure itself, and those of the driver that SQLAlchemy wrapped in it."""
    found, inner = [error], getattr(error, "orig", None)
    while isinstance(inner, BaseException):
        found.append(inner)
        inner = inner.__cause__
    return found


def in_words(error: Exception) -> Exception:
    """Return the domain error for a failure of the database, or the failure itself."""
    if isinstance(error, DomainError):
        return error
    if isinstance(error, StaleDataError):
        return EditedMeanwhile()
    state = sqlstate(error)
    if state in {TAKEN, OVERLAPS}:
        return Conflict()
    if not_accepted(error):
        # A check of the service should have refused it and named the field. Logged, so that one is added.
        _log.error("refused_by_database", state=state, constraint=constraint_of(error))
        return ValueNotAccepted()
    if state in RETRIED or state in {"55P03", "57014"} or lost(error):
        return Unavailable()
    return error


def fingerprint_of(name: str, command: object) -> bytes:
    """Return 16 bytes that distinguish this command of this use case from any other."""
    return blake2b(name.encode() + b"\0" + to_json(command, bytes_mode="base64"), digest_size=16).digest()


async def _stored(runtime: Runtime, actor: Actor, remembering: Remembering, failed: Exception) -> str | None:
    try:
        async with (await runtime.database.raw()).acquire() as connection:
            row = await connection.fetchrow(
                "SELECT fingerprint, result FROM idempotency WHERE actor = $1 AND key = $2",
                actor.subject,
                remembering.key,
            )
    except Exception as unreachable:
        # The database is still away: what the command failed with is the answer.
        if not lost(unreachable):
            raise
        refused = in_words(failed)
        raise (refused if isinstance(refused, DomainError) else Unavailable()) from failed
    if row is None:
        return None
    if row["fingerprint"] != remembering.fingerprint:
        raise KeyReused(field="Idempotency-Key")
    return str(row["result"])


async def _log_views(
    runtime: Runtime, actor: Actor, name: str, shown: list[tuple[str, str]], now: datetime
) -> None:
    async with (await runtime.database.raw()).acquire() as connection:
        await connection.execute(
            "INSERT INTO access_log (id, at, actor, actor_name, actor_kind, query, record_kind, record_id)"
            " SELECT row.id, $1, $2, $3, $4, $5, row.kind, row.record"
            " FROM unnest($6::uuid[], $7::text[], $8::text[]) AS row(id, kind, record)",
            now,
            actor.subject,
            actor.name,
            actor.kind,
            name,
            [new_id() for _ in shown],
            [kind for kind, _ in shown],
            [record for _, record in shown],
        )
