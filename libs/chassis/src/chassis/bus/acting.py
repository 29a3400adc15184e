"""Acting on events: one transaction, one handler after the other, each within its publisher's trace."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg
from opentelemetry import trace
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from sqlalchemy.exc import DBAPIError, InvalidRequestError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from chassis.bus.arrivals import UNREADABLE
from chassis.bus.listening import Incoming, Listening, Many, OneByOne, Unreadable
from chassis.bus.parking import UNKNOWN
from chassis.errors import DomainError, NotFound
from chassis.feature import offers_of
from chassis.parties import NotTheSenders
from chassis.tracing import SILENT

if TYPE_CHECKING:
    from chassis.tx import Tx

_tracer = trace.get_tracer("chassis.bus")
_propagator = TraceContextTextMapPropagator()

# Connection lost, server shutting down or out of space, a conflicting transaction: the event isn't at fault.
_TRANSIENT = ("08", "53", "57")
_REFERENCE = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CONTENDED = {"40001", "40P01", "55P03", "25006"}


class UnknownEvent(Exception):
    """This service has no handler for the event."""


async def act_on(tx: Tx, listening: Listening, events: Sequence[Incoming]) -> None:
    """Call the handlers of the events, in order; runs of one type together where its handler takes many.

    Raises UnknownEvent for one without a handler, and whatever a handler raises.
    """
    for type, run in groupby(events, key=lambda event: event.type):
        registered = listening.handler(type)
        if registered is None:
            raise UnknownEvent(type)
        with tx.named(f"messaging.{type}"):
            if isinstance(registered, Many):
                together = list(run)
                with _span(type, together):
                    await registered.handler(tx, together)
            else:
                for event in run:
                    with _span(type, (event,)):
                        await _unless_erased(tx, registered, event)


async def act_at_once(tx: Tx, registered: OneByOne, event: Incoming) -> None:
    """Call the handler of the only event of a transaction; one that concludes may end it by itself."""
    with _span(event.type, (event,)):
        if registered.concludes:
            await registered.handler(tx, event)
        else:
            with tx.named(tx.use_case):
                await _unless_erased(tx, registered, event)


async def _unless_erased(tx: Tx, registered: OneByOne, event: Incoming) -> None:
    """Call a handler; an event about somebody who was erased changes nothing, and nobody is alarmed (X7)."""
    try:
        await registered.handler(tx, event)
    except NotFound:
        asked = offers_of(tx.runtime.features, "erased_references")
        named = [UUID(one) for one in _REFERENCE.findall(event.data.decode())]
        for is_erased in asked:
            if await is_erased(tx, named):
                return
        raise


@contextmanager
def _span(type: str, events: Sequence[Incoming]) -> Iterator[None]:
    """Open a handler's span: a child of the publisher's for one event, linked to all of theirs for many."""
    contexts = [_propagator.extract({"traceparent": e.traceparent}) for e in events if e.traceparent]
    name = f"act on {type}"
    if len(events) == 1:
        parent = contexts[0] if contexts else None
        attributes = {"messaging.message.id": str(events[0].id), "messaging.destination.name": type}
        with _tracer.start_as_current_span(
            name, parent, kind=trace.SpanKind.CONSUMER, attributes=attributes, **SILENT
        ):
            yield
        return
    links = [trace.Link(trace.get_current_span(context).get_span_context()) for context in contexts]
    with _tracer.start_as_current_span(
        name,
        kind=trace.SpanKind.CONSUMER,
        links=links,
        attributes={"messaging.batch.message_count": len(events), "messaging.destination.name": type},
        **SILENT,
    ):
        yield


def transient(error: BaseException) -> bool:
    """Return whether an error is the database's, not the event's: a reason to wait, not a failed attempt."""
    if isinstance(error, DBAPIError):
        if error.connection_invalidated:
            return True
        return error.orig is not None and transient(error.orig)
    if isinstance(error, DomainError):
        return False
    state = getattr(error, "sqlstate", None)
    if isinstance(state, str):
        return state[:2] in _TRANSIENT or state in _CONTENDED
    lost = OSError | TimeoutError | PoolTimeout | asyncpg.InterfaceError | asyncpg.InternalClientError
    return isinstance(error, lost) or (
        isinstance(error, InvalidRequestError) and "connection" in str(error).lower()
    )


def reason_of(error: BaseException) -> str:
    """Return why an event failed, for operators: classes, codes, constraints; never a value of the event."""
    if isinstance(error, UnknownEvent):
        return UNKNOWN
    if isinstance(error, Unreadable):
        return f"{UNREADABLE}: {error.reason}"
    if isinstance(error, DomainError):
        return f"refused: {error.code}"
    inner: BaseException = error
    if isinstance(error, DBAPIError) and error.orig is not None:
        inner = error.orig.__cause__ or error.orig
    parts = [
        getattr(inner, "sqlstate", None),
        getattr(inner, "table_name", None),
        getattr(inner, "constraint_name", None),
    ]
    known = " ".join(str(part) for part in parts if part)
    return f"failed: {type(inner).__name__}{f' ({known})' if known else ''}"


def received_before(error: BaseException) -> bool:
    """Return whether a transaction failed because its event's inbox row was there already."""
    inner = error.orig.__cause__ if isinstance(error, DBAPIError) and error.orig is not None else error
    return isinstance(inner, asyncpg.UniqueViolationError) and inner.constraint_name == "pk_inbox"


def permanent(error: BaseException) -> bool:
    """Return whether trying again can't help until the service is changed."""
    return isinstance(error, UnknownEvent | Unreadable | NotTheSenders)
