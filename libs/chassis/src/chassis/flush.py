"""The one statement that writes a transaction's outbox, audit, timer, idempotency and inbox rows.

Several rows of a table are passed as arrays, so that one prepared statement serves any number of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from pydantic_core import to_json

from chassis.publisher import OutboxMessage

OUTBOX = ["uuid", "text", "int", "text", "text", "jsonb", *["text"] * 4, "timestamptz", "text"]
AUDIT = ["uuid", "timestamptz", "text", "text", "text", "text", "text", "text", "text", "jsonb"]
TIMERS = ["text", "text", "timestamptz", "jsonb"]
CANCELLED = ["text", "text"]
IDEMPOTENCY = ["text", "text", "text", "bytea", "jsonb", "timestamptz"]
INBOX = ["text", "uuid", "text", "text", "int", "timestamptz", "bigint"]

_INSERTS = {
    "outbox": (
        OUTBOX,
        "INSERT INTO outbox (id, aggregate, aggregate_version, subject, type, data, about, basis, status,"
        " withheld_reason, recorded_at, traceparent) SELECT {rows}",
        "",
    ),
    "audit": (
        AUDIT,
        "INSERT INTO audit (id, at, actor, actor_name, actor_kind, use_case, record_kind, record_id, action,"
        " changes) SELECT {rows}",
        "",
    ),
    "timers": (
        TIMERS,
        "INSERT INTO timers (kind, key, due_at, payload) SELECT {rows}",
        " ON CONFLICT (kind, key) DO UPDATE SET due_at = excluded.due_at, payload = excluded.payload,"
        " attempts = 0, last_error = NULL, parked_at = NULL",
    ),
    "cancelled": (
        CANCELLED,
        "DELETE FROM timers WHERE (kind, key) IN (SELECT {rows})",
        "",
    ),
    "idempotency": (
        IDEMPOTENCY,
        "INSERT INTO idempotency (actor, key, use_case, fingerprint, result, at) SELECT {rows}",
        "",
    ),
    # A row that exists already is a violation, which undoes the effect: it would be the second.
    "inbox": (
        INBOX,
        "INSERT INTO inbox (source, id, subject, aggregate, aggregate_version, received_at, sequence)"
        " SELECT {rows}",
        "",
    ),
}


Row = tuple[Any, ...]


def json_text(value: Any) -> str:
    """Return `value` as JSON text; dates, decimals, references and enumerations become strings."""
    return to_json(value).decode()


@dataclass(slots=True)
class Pending:
    """Rows waiting for the flush of their transaction; a timer that maps to None will be cancelled."""

    outbox: list[Row] = field(default_factory=list)
    audit: list[Row] = field(default_factory=list)
    timers: dict[tuple[str, str], tuple[datetime, str] | None] = field(default_factory=dict)
    idempotency: list[Row] = field(default_factory=list)
    published: bool = False

    def add(self, later: Pending) -> None:
        """Add what was recorded later."""
        self.outbox += later.outbox
        self.audit += later.audit
        self.timers |= later.timers
        self.idempotency += later.idempotency
        self.published |= later.published

    def rows(self) -> list[tuple[str, list[Row]]]:
        """Return the parts that have rows, by name."""
        parts: list[tuple[str, list[Row]]] = []
        if self.outbox:
            parts.append(("outbox", self.outbox))
        if self.audit:
            parts.append(("audit", self.audit))
        if self.timers:
            scheduled = [(*name, *what) for name, what in self.timers.items() if what is not None]
            cancelled: list[Row] = [name for name, what in self.timers.items() if what is None]
            parts += [("timers", scheduled)] if scheduled else []
            parts += [("cancelled", cancelled)] if cancelled else []
        if self.idempotency:
            parts.append(("idempotency", self.idempotency))
        return parts


@dataclass(frozen=True, slots=True)
class Guarded:
    """A guarded statement in parts: its CTEs, the main statement, and its parameters in order."""

    ctes: str
    statement: str
    names: tuple[str, ...]


_TOKEN = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|--[^\n]*|::|:([A-Za-z_]\w*)|[()]|[A-Za-z_]\w*")
_VERBS = {"select", "insert", "update", "delete", "merge"}


@lru_cache(maxsize=512)
def take_apart(sql: str) -> Guarded:
    """Number the `:name` parameters of `sql`, and separate its leading `WITH` list from the main statement.

    PostgreSQL allows writing statements only in a `WITH` at the top level, so the list is joined to ours.
    """
    names: dict[str, int] = {}
    out: list[str] = []
    depth = 0
    end = 0
    body_at: int | None = None
    with_at: int | None = None
    length = 0
    for match in _TOKEN.finditer(sql):
        piece = match.group(0)
        between = sql[end : match.start()]
        out.append(between)
        length += len(between)
        end = match.end()
        if piece == "(":
            depth += 1
        elif piece == ")":
            depth -= 1
        elif depth == 0 and body_at is None and piece.lower() in _VERBS:
            body_at = length
        elif depth == 0 and body_at is None and with_at is None and piece.lower() == "with":
            with_at = length + len(piece)
        if match.group(1):
            piece = f"${names.setdefault(match.group(1), len(names) + 1)}"
        out.append(piece)
        length += len(piece)
    out.append(sql[end:])
    text = "".join(out)
    if body_at is None:
        raise ValueError("not a statement that conclude() can run")
    ctes = text[with_at:body_at].strip() if with_at is not None else ""
    return Guarded(ctes, text[body_at:].strip().rstrip(";"), tuple(names))


Part = tuple[str, bool]
_CONDITION = " {join} EXISTS (SELECT 1 FROM concluded)"


@lru_cache(maxsize=1024)
def statement(parts: tuple[Part, ...], guarded: Guarded | None = None) -> str:
    """Return the text that writes `parts`, each a table and whether it's a single row.

    With `guarded`, they're written only if that matched a row. A single row, the usual case of a command, is
    passed as plain values, which saves Python and PostgreSQL the arrays.
    """
    number = len(guarded.names) if guarded else 0
    ctes: list[str] = []
    if guarded:
        if guarded.ctes:
            ctes.append(guarded.ctes)
        ctes.append(f"concluded AS ({guarded.statement})")
    for part, single in parts:
        types, insert, tail = _INSERTS[part]
        if single:
            rows = ", ".join(f"${number + at}::{kind}" for at, kind in enumerate(types, start=1))
        else:
            arrays = ", ".join(f"${number + at}::{kind}[]" for at, kind in enumerate(types, start=1))
            rows = f"* FROM unnest({arrays}) AS given"
        number += len(types)
        condition = _CONDITION.format(join="AND" if part == "cancelled" else "WHERE") if guarded else ""
        ctes.append(f"{part}_rows AS ({insert.format(rows=rows)}{condition}{tail})")
    return f"WITH {', '.join(ctes)} SELECT {'* FROM concluded' if guarded else '1'}"  # noqa: S608 - no values


def arguments(rows: list[tuple[str, list[Row]]], given: Row = ()) -> list[Any]:
    """Return the arguments of `statement`: those of the guarded statement, then each part's."""
    found: list[Any] = list(given)
    for _, part in rows:
        if len(part) == 1:
            found.extend(part[0])
        else:
            found.extend(list(column) for column in zip(*part, strict=True))
    return found


def parts_of(rows: list[tuple[str, list[Row]]]) -> tuple[Part, ...]:
    """Return the parts of the statement for these rows: each table, and whether it has a single row."""
    return tuple((name, len(part) == 1) for name, part in rows)


def bind(guarded: Guarded, params: Mapping[str, Any]) -> Row:
    """Return the parameters of a guarded statement in their order."""
    return tuple(params[name] for name in guarded.names)


def outbox_row(
    message: OutboxMessage,
    *,
    about: str | None,
    basis: str | None,
    withheld: str | None,
    now: datetime,
    traceparent: str | None,
) -> Row:
    """Return the outbox row of `message`, its values in the order of `OUTBOX`."""
    data = message.data
    text = data if isinstance(data, str) else data.decode() if isinstance(data, bytes) else json_text(data)
    status = "pending" if withheld is None else "withheld"
    what = (message.event_id, message.aggregate, message.version, message.subject, message.type, text)
    return (*what, about, basis, status, withheld, now, traceparent)
