"""Running use cases and queries: the one way from any edge of a service to its records."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from hashlib import blake2b
from typing import Any, ParamSpec, TypeVar

from opentelemetry import trace
from pydantic_core import to_json
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from chassis.actor import Actor
from chassis.errors import Conflict, DomainError, EditedMeanwhile, KeyReused, NotPermitted, Unavailable
from chassis.ids import new_id
from chassis.runtime import Runtime
from chassis.tx import Tx
from chassis.usecase import Query, UseCase

Command = TypeVar("Command")
Result = TypeVar("Result")
Params = ParamSpec("Params")

ATTEMPTS = 5
_RETRIED = {"40001", "40P01"}
_tracer = trace.get_tracer("chassis")


async def perform(
    runtime: Runtime,
    actor: Actor,
    use_case: UseCase[Command, Result],
    command: Command,
    *,
    idempotency_key: str | None = None,
) -> Result:
    """Run `use_case` for `actor` and return its result after the commit.

    Refuses what isn't permitted or declared. Serialization failures and deadlocks are tried again up to five
    times. With `idempotency_key` the result is kept, and the same key with the same command returns it again (X5).
    """
    declared = _declared(use_case, UseCase)
    with _tracer.start_as_current_span(declared.name, attributes={"use_case": declared.name}):
        runtime.access.require(actor, declared.permission)
        print_of = _fingerprint(declared.name, command) if idempotency_key else b""
        attempt = 0
        while True:
            attempt += 1
            try:
                async with runtime.transaction(actor, use_case=declared.name, isolation=declared.isolation) as tx:
                    result = await declared(tx, command)
                    if idempotency_key:
                        _remember(tx, idempotency_key, print_of, declared.result_type.dump_json(result))
                return result
            except Exception as failed:
                if attempt < ATTEMPTS and sqlstate(failed) in _RETRIED:
                    await asyncio.sleep(random.uniform(0.002, 0.02) * 2**attempt)  # noqa: S311 - jitter
                    continue
                if idempotency_key:
                    kept = await _kept(runtime, actor, idempotency_key, print_of)
                    if kept is not None:
                        return declared.result_type.validate_json(kept)  # type: ignore[no-any-return]
                refused = in_words(failed)
                if refused is failed:
                    raise
                raise refused from failed


async def perform_in(tx: Tx, use_case: UseCase[Command, Result], command: Command) -> Result:
    """Run `use_case` inside a transaction that a listener, a timer or another use case holds; commits nothing."""
    declared = _declared(use_case, UseCase)
    tx.runtime.access.require(tx.actor, declared.permission)
    with _tracer.start_as_current_span(declared.name), tx.named(declared.name):
        return await declared(tx, command)


async def ask(
    runtime: Runtime,
    actor: Actor,
    query: Query[Params, Result],
    *args: Params.args,
    **kwargs: Params.kwargs,
) -> Result:
    """Run `query` for `actor` in a read-only transaction; views of persons are logged before the answer (X3)."""
    declared = _declared(query, Query)
    with _tracer.start_as_current_span(declared.name, attributes={"use_case": declared.name}):
        runtime.access.require(actor, declared.permission)
        try:
            async with runtime.reading(actor, query=declared.name) as tx:
                result = await declared(tx, *args, **kwargs)
            if declared.views is not None:
                shown = tx.viewed_records or [(declared.views, str(next(iter((*args, *kwargs.values())), "")))]
                await _log_views(runtime, actor, declared.name, shown, tx.now)
        except Exception as failed:
            refused = in_words(failed)
            if refused is failed:
                raise
            raise refused from failed
        return result


def _declared(case: Any, kind: type[Any]) -> Any:
    if not isinstance(case, kind):
        raise NotPermitted(undeclared=getattr(case, "__name__", type(case).__name__))
    return case


def sqlstate(error: BaseException) -> str | None:
    """Return PostgreSQL's code of the failure, through SQLAlchemy's wrapping, or None."""
    inner: Any = error.orig if isinstance(error, DBAPIError) else error
    found = getattr(inner, "sqlstate", None)
    return found if isinstance(found, str) else None


def in_words(error: Exception) -> Exception:
    """Return the refusal that a failure of the database amounts to, or the failure itself."""
    if isinstance(error, DomainError):
        return error
    if isinstance(error, StaleDataError):
        return EditedMeanwhile()
    state = sqlstate(error)
    if state is not None:
        if state == "23505":
            return Conflict()
        if state in _RETRIED or state[:2] in {"08", "53", "57"} or state == "55P03":
            return Unavailable()
    elif isinstance(error, (OSError, TimeoutError)):
        return Unavailable()
    return error


def _fingerprint(name: str, command: object) -> bytes:
    return blake2b(name.encode() + b"\0" + to_json(command), digest_size=16).digest()


def _remember(tx: Tx, key: str, print_of: bytes, result: bytes) -> None:
    tx._pending.idempotency.append((tx.actor.subject, key, tx.use_case, print_of, result.decode(), tx.now))


async def _kept(runtime: Runtime, actor: Actor, key: str, print_of: bytes) -> str | None:
    async with (await runtime.database.raw()).acquire() as connection:
        row = await connection.fetchrow(
            "SELECT fingerprint, result FROM idempotency WHERE actor = $1 AND key = $2", actor.subject, key
        )
    if row is None:
        return None
    if row["fingerprint"] != print_of:
        raise KeyReused(field="Idempotency-Key")
    return str(row["result"])


async def _log_views(
    runtime: Runtime, actor: Actor, name: str, shown: list[tuple[str, str]], now: Any
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


