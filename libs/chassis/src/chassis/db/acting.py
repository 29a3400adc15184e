"""On whose behalf a transaction runs, as the database knows it, so that its rows can depend on the person.

A service whose tables have such policies builds its `Database` with `by_person=True` and creates the domain
of `DOMAIN_SQL` in a migration. Policies read `current_setting('partywall.acting', true)`. It holds for one
transaction, and without it nobody acts: what is forgotten sees too little, never too much.
"""

from __future__ import annotations

from typing import Any, cast

import asyncpg
from sqlalchemy import Connection, event
from sqlalchemy.orm import Session

from chassis.actor import Actor

SETTING = "partywall.acting"
SYSTEM = "*"
"""Who acts in listeners, timers and migrations: a program of the service, which every row is for."""
DOMAIN = "acting_as"
# The check of a domain is made when a value of it is bound, before anything of the statement is planned or
# run. So a statement that is a transaction by itself says in its own round trip who acts.
DOMAIN_SQL = f"CREATE DOMAIN {DOMAIN} AS text CHECK (set_config('{SETTING}', VALUE, true) IS NOT NULL)"
PARAMETER = "acting"
_KEY = "acting_as"


def acting_as(actor: Actor) -> str:
    """Return how the database knows an actor: by kind and subject, a program of the service as SYSTEM."""
    return SYSTEM if actor.kind == "system" else f"{actor.kind} {actor.subject}"


def saying_who(sql: str, number: int) -> str:
    """Return a statement that says who acts with its parameter `number`, the last one.

    The query that names it is never run: to bind its value is enough.
    """
    who = f"{PARAMETER} AS (SELECT ${number}::{DOMAIN})"
    if sql.startswith("WITH "):
        return f"WITH {who}, {sql.removeprefix('WITH ')}"
    return f"WITH {who} {sql}"


class ActingConnection(asyncpg.Connection):  # type: ignore[misc]
    """A connection that says who acts in the message that begins a transaction."""

    acting: str | None = None

    async def execute(self, query: str, *args: Any, timeout: float | None = None) -> str:  # noqa: ASYNC109 - as in asyncpg
        """Run a statement, or several; the one that begins a transaction says who acts in it."""
        if self.acting is not None and not self.is_in_transaction():
            # For this transaction alone: the next one on this connection may be somebody else's.
            acting, self.acting = self.acting, None
            query = f"{query} SET LOCAL {SETTING} = {_quoted(acting)};"
        status: str = await super().execute(query, *args, timeout=timeout)
        return status


def _quoted(text: str) -> str:
    doubled = text.replace("'", "''")
    return f"'{doubled}'"


class ActingSession(Session):
    """A session of SQLAlchemy whose transactions say who acts; `info` is what `informed` returns."""


def informed(actor: Actor) -> dict[str, str]:
    """Return what a session has to know of the actor."""
    return {_KEY: acting_as(actor)}


@event.listens_for(ActingSession, "after_begin")
def _say_who(session: ActingSession, _: object, connection: Connection) -> None:
    # Nothing was sent yet: the driver begins the transaction with the first statement.
    driver = connection.connection.driver_connection
    # Not isinstance: asyncpg's classes answer it with yes for every connection.
    if issubclass(type(driver), ActingConnection):
        cast("ActingConnection", driver).acting = session.info[_KEY]
