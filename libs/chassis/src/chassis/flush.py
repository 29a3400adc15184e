"""The one statement that writes what a transaction leaves beside its own rows: outbox, audit, timers, idempotency.

Every part takes its rows as arrays, so that one prepared statement serves any number of rows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from pydantic_core import to_json

OUTBOX = ("uuid", "text", "int", "text", "text", "jsonb", "text", "text", "text", "text", "timestamptz", "text")
AUDIT = ("uuid", "timestamptz", "text", "text", "text", "text", "text", "text", "text", "jsonb")
TIMERS = ("text", "text", "timestamptz", "jsonb")
CANCELLED = ("text", "text")
IDEMPOTENCY = ("text", "text", "text", "bytea", "jsonb", "timestamptz")

_INSERTS = {
    "outbox": (
        OUTBOX,
        "INSERT INTO outbox (id, aggregate, aggregate_version, subject, type, data, about, basis, status,"
        " withheld_reason, recorded_at, traceparent) SELECT * FROM {rows}",
        "",
    ),
    "audit": (
        AUDIT,
        "INSERT INTO audit (id, at, actor, actor_name, actor_kind, use_case, record_kind, record_id, action,"
        " changes) SELECT * FROM {rows}",
        "",
    ),
    "timers": (
        TIMERS,
        "INSERT INTO timers (kind, key, due_at, payload) SELECT * FROM {rows}",
        " ON CONFLICT (kind, key) DO UPDATE SET due_at = excluded.due_at, payload = excluded.payload,"
        " attempts = 0, last_error = NULL, parked_at = NULL",
    ),
    "cancelled": (
        CANCELLED,
        "DELETE FROM timers USING {rows} AS gone(kind, key)",
        " timers.kind = gone.kind AND timers.key = gone.key",
    ),
    "idempotency": (
        IDEMPOTENCY,
        "INSERT INTO idempotency (actor, key, use_case, fingerprint, result, at) SELECT * FROM {rows}",
        "",
    ),
}


def json_text(value: Any) -> str:
    """Return `value` as JSON text; dates, decimals, references and enumerations become strings."""
    return to_json(value).decode()


@dataclass(slots=True)
class Pending:
    """Rows waiting for the flush of their transaction."""

    outbox: list[tuple[Any, ...]] = field(default_factory=list)
    audit: list[tuple[Any, ...]] = field(default_factory=list)
    timers: dict[tuple[str, str], tuple[datetime, str]] = field(default_factory=dict)
    cancelled: set[tuple[str, str]] = field(default_factory=set)
    idempotency: list[tuple[Any, ...]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.outbox or self.audit or self.timers or self.cancelled or self.idempotency)

    def rows(self) -> list[tuple[str, list[tuple[Any, ...]]]]:
        """Return the parts that have rows, by name."""
        parts: list[tuple[str, list[tuple[Any, ...]]]] = []
        if self.outbox:
            parts.append(("outbox", self.outbox))
        if self.audit:
            parts.append(("audit", self.audit))
        if self.timers:
            parts.append(("timers", [(*name, *what) for name, what in self.timers.items()]))
        if self.cancelled:
            parts.append(("cancelled", sorted(self.cancelled)))
        if self.idempotency:
            parts.append(("idempotency", self.idempotency))
        return parts

    def copy(self) -> Pending:
        """Return the same rows in lists of their own."""
        return Pending(
            list(self.outbox), list(self.audit), dict(self.timers), set(self.cancelled), list(self.idempotency)
        )


@dataclass(frozen=True, slots=True)
class Guarded:
    """A guarded statement taken apart: its CTEs, the statement proper, and its parameters in order."""

    ctes: str
    statement: str
    names: tuple[str, ...]


_TOKEN = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|--[^\n]*|::|:([A-Za-z_]\w*)|[()]|[A-Za-z_]\w*")
_VERBS = {"select", "insert", "update", "delete", "merge"}


@lru_cache(maxsize=512)
def take_apart(sql: str) -> Guarded:
    """Number the `:name` parameters of `sql`, and part its leading `WITH` list from the statement proper.

    PostgreSQL wants statements that write at the top level of a `WITH`, so the list has to be joined to ours.
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


@lru_cache(maxsize=1024)
def statement(parts: tuple[str, ...], guarded: Guarded | None = None) -> str:
    """Return the text that writes `parts`; with `guarded`, they're written only if that matched a row."""
    number = len(guarded.names) if guarded else 0
    ctes: list[str] = []
    if guarded:
        if guarded.ctes:
            ctes.append(guarded.ctes)
        ctes.append(f"concluded AS ({guarded.statement})")
    for part in parts:
        types, insert, tail = _INSERTS[part]
        arrays = ", ".join(f"${number + at}::{kind}[]" for at, kind in enumerate(types, start=1))
        number += len(types)
        conditions = "EXISTS (SELECT 1 FROM concluded)" if guarded else ""
        if part == "cancelled":
            where = " WHERE" + tail + (f" AND {conditions}" if conditions else "")
            ctes.append(f"{part}_rows AS ({insert.format(rows=f'unnest({arrays})')}{where})")
        else:
            where = f" WHERE {conditions}" if conditions else ""
            ctes.append(f"{part}_rows AS ({insert.format(rows=f'unnest({arrays})')}{where}{tail})")
    return f"WITH {', '.join(ctes)} SELECT {'* FROM concluded' if guarded else '1'}"


def arguments(rows: list[tuple[str, list[tuple[Any, ...]]]], given: tuple[Any, ...] = ()) -> list[Any]:
    """Return the arguments of `statement`: those of the guarded statement, then one array for each column."""
    found: list[Any] = list(given)
    for _, part in rows:
        found.extend(list(column) for column in zip(*part, strict=True))
    return found


def bind(guarded: Guarded, params: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the parameters of a guarded statement in their order."""
    return tuple(params[name] for name in guarded.names)


def outbox_row(
    *,
    event_id: UUID,
    aggregate: str,
    version: int,
    subject: str,
    type_: str,
    data: bytes | str | Mapping[str, Any],
    about: str | None,
    basis: str | None,
    withheld: str | None,
    now: datetime,
    traceparent: str | None,
) -> tuple[Any, ...]:
    """Return one row of the outbox in the order of its array statement."""
    text = data if isinstance(data, str) else data.decode() if isinstance(data, bytes) else json_text(data)
    status = "pending" if withheld is None else "withheld"
    return (event_id, aggregate, version, subject, type_, text, about, basis, status, withheld, now, traceparent)
