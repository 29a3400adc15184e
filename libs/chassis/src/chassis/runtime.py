"""The parts of a running service, built once in its `wiring.py`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self
from zoneinfo import ZoneInfo

from chassis.access import Access
from chassis.actor import Actor
from chassis.clock import Clock, SystemClock
from chassis.db.database import Database
from chassis.errors import DomainError, fill
from chassis.feature import Feature, permissions_of
from chassis.parties import Alone, Parties
from chassis.publisher import Publisher
from chassis.register import Register
from chassis.settings import ServiceSettings, WebSettings
from chassis.tx import Isolation, ReadTx, Tx

if TYPE_CHECKING:
    # A worker loads no web framework.
    from starlette.requests import Request
    from starlette.responses import Response

    from chassis.border import Border

Check = Callable[[], Awaitable[None]]


def _nobody_waits() -> None:
    """Nothing listens for commits: the relay's poll finds the rows."""


def _as_written(message: str, locale: str) -> str:
    """Return the English message: the service has no catalogue of translations."""
    return message


def _as_found(problem: Mapping[str, Any], locale: str) -> str:
    """Return Pydantic's own message."""
    return str(problem["msg"])


async def _no_page(request: Request, status: int, reference: str) -> Response | None:
    """Return None: without a desk every failure is answered with a problem document."""
    return None


@dataclass
class Runtime:
    """The parts of one running service.

    `features` are what the service is made of, `parties` the organisations it deals with, and `border` is its
    part of the broker, if it has one. `register` is the register of staff as last read from the
    gateway; the web process keeps it up to date. What an undoable use case publishes waits for `undo_for`.
    `on_commit` is called after every commit that left messages in the outbox: the relay sets it to be woken.
    `translate(msgid, locale)` returns a message in the reader's language; `say(error, locale)` a refusal with
    dates and amounts in the reader's format, `explain(problem, locale)` a value that Pydantic refused.
    Without `say` the message is translated and filled in. `error_page(request, status, reference)` returns
    the page for a request that failed outside its handler, or None for one of a program. `checks` are awaited
    by `/readyz`; each raises what is wrong.
    `companions` are entered when the application starts and left when it stops; `closing` is awaited last.
    """

    name: str
    entity: str
    settings: WebSettings
    database: Database
    clock: Clock
    access: Access
    publisher: Publisher
    time_zone: ZoneInfo
    undo_for: timedelta = timedelta()
    features: Sequence[Feature] = ()
    parties: Parties = field(default_factory=Alone)
    border: Border | None = None
    register: Register = field(default_factory=Register)
    on_commit: Callable[[], None] = _nobody_waits
    translate: Callable[[str, str], str] = _as_written
    say: Callable[[DomainError, str], str] | None = None
    explain: Callable[[Mapping[str, Any], str], str] = _as_found
    error_page: Callable[[Request, int, str], Awaitable[Response | None]] = _no_page
    checks: dict[str, Check] = field(default_factory=dict)
    companions: list[Callable[[], AbstractAsyncContextManager[object]]] = field(default_factory=list)
    closing: list[Callable[[], Awaitable[None]]] = field(default_factory=list)

    @classmethod
    def of_features(
        cls,
        name: str,
        settings: WebSettings,
        features: Sequence[Feature],
        publisher: Publisher,
        *,
        application: str,
        parties: Parties,
        border: Border | None = None,
        clock: Clock | None = None,
        by_person: bool = False,
    ) -> Self:
        """Return the parts of a service with these features, not yet connected to anything.

        `application` is its name at the database server; tests pass a `clock` of their own. With `by_person`
        the database is given who acts, because the rows that its tables show depend on it.
        """
        return cls(
            name=name,
            entity=settings.entity,
            settings=settings,
            database=Database(
                settings.database_url.get_secret_value(),
                pool=settings.database_pool,
                application=application,
                by_person=by_person,
            ),
            clock=clock or SystemClock(),
            access=Access(permissions_of(features), entity=settings.entity),
            publisher=publisher,
            time_zone=ZoneInfo(settings.time_zone),
            undo_for=timedelta(seconds=settings.undo_seconds if isinstance(settings, ServiceSettings) else 0),
            features=features,
            parties=parties,
            border=border,
        )

    def in_words(self, error: DomainError, locale: str) -> str:
        """Return the message of `error` in the reader's language."""
        if self.say is not None:
            return self.say(error, locale)
        return fill(self.translate(error.message, locale), error.params)

    def wake_relay(self) -> None:
        """Wake the relay: the outbox has new rows."""
        self.on_commit()

    @asynccontextmanager
    async def transaction(
        self, actor: Actor, *, use_case: str = "chassis.transaction", isolation: Isolation = "READ COMMITTED"
    ) -> AsyncIterator[Tx]:
        """Hold one transaction: leaving it writes audit and outbox rows and commits; an error undoes it all.

        This is the only code of the project that commits; `perform` is built on it.
        """
        tx = Tx(self, actor, use_case, isolation)
        try:
            yield tx
            await tx._commit()
        finally:
            # Closing rolls back what wasn't committed.
            await tx._close()
        if tx.published:
            self.wake_relay()

    @asynccontextmanager
    async def rehearsal(self, actor: Actor, *, use_case: str, isolation: Isolation) -> AsyncIterator[Tx]:
        """Hold a transaction that is always rolled back."""
        tx = Tx(self, actor, use_case, isolation)
        try:
            yield tx
        finally:
            await tx._close()

    @asynccontextmanager
    async def reading(self, actor: Actor, *, query: str = "chassis.reading") -> AsyncIterator[ReadTx]:
        """Hold one read-only transaction: every statement sees the same snapshot, and a write fails."""
        tx = ReadTx(self, actor, query)
        try:
            yield tx
        finally:
            await tx._close()

    async def close(self) -> None:
        """Close everything that was opened, in reverse order."""
        for close in reversed(self.closing):
            await close()
        await self.database.close()
