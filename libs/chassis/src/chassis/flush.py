"""The one statement that writes a transaction's outbox, audit, timer, idempotency and inbox rows.

Several rows of a table are passed as arrays, so that one prepared statement serves any number of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, TypeVar, cast

from pydantic_core import to_json
from sqlalchemy import (
    CTE,
    BindParameter,
    ClauseElement,
    HasCTE,
    Select,
    TextualSelect,
    bindparam,
    literal_column,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeEngine

from chassis.db.acting import PARAMETER, saying_who
from chassis.publisher import OutboxMessage
from chassis.writing import Write, complete, ctes

OUTBOX = ["uuid", "text", "int", *["text"] * 3, "jsonb", *["text"] * 4, "timestamptz", "text"]
AUDIT = ["uuid", "timestamptz", "text", "text", "text", "text", "text", "text", "text", "jsonb"]
TIMERS = ["text", "text", "timestamptz", "jsonb"]
CANCELLED = ["text", "text"]
IDEMPOTENCY = ["text", "text", "text", "bytea", "jsonb", "timestamptz"]
INBOX = ["text", "uuid", "text", "text", "int", "timestamptz", "bigint", "bigint"]

_INSERTS = {
    "outbox": (
        OUTBOX,
        "INSERT INTO outbox (id, aggregate, aggregate_version, subject, type, addressee, data, about, basis,"
        " status, withheld_reason, recorded_at, traceparent) SELECT {rows}",
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
        "INSERT INTO inbox (source, id, subject, aggregate, aggregate_version, received_at, sequence, turn)"
        " SELECT {rows}",
        "",
    ),
}


Row = tuple[Any, ...]
Rows = Sequence[tuple[str, list[Row]]]
"""Rows to be written, by the name of their part."""
T = TypeVar("T")


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
    joining: list[tuple[HasCTE, Mapping[str, Any]]] = field(default_factory=list)
    published: bool = False

    def add(self, later: Pending) -> None:
        """Add what was recorded later."""
        self.outbox += later.outbox
        self.audit += later.audit
        self.timers |= later.timers
        self.idempotency += later.idempotency
        self.joining += later.joining
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


Part = tuple[str, bool]
_CONDITION = " {join} EXISTS (SELECT 1 FROM concluded)"
_DIALECT: Dialect = asyncpg.dialect()  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement as asyncpg takes it: its text, its parameters in order, and the values it brings along."""

    text: str
    names: tuple[str, ...]
    constants: Mapping[str, Any]

    def arguments(self, rows: Rows, given: Mapping[str, Any] = MappingProxyType({})) -> list[Any]:
        """Return the values of the parameters in their order. Raises KeyError for one that has none."""
        values = {**self.constants, **given, **_values(rows)}
        return [values[name] for name in self.names]


@lru_cache(maxsize=512)
def guarded(sql: str) -> TextualSelect:
    """Return a guarded statement that is written as text, with `:name` parameters."""
    plain = text(sql)
    return plain.bindparams(*(parameter(name) for name in plain.compile().binds)).columns()


def parameter(name: str, type_: TypeEngine[T] | None = None) -> BindParameter[T]:
    """Return a parameter of a guarded statement, whose value `Tx.conclude` is given by name."""
    return bindparam(name, None, type_, required=False)


@lru_cache(maxsize=1024)
def statement(
    parts: tuple[Part, ...],
    guard: HasCTE | None = None,
    writes: tuple[Write, ...] = (),
    joining: tuple[HasCTE, ...] = (),
    acting: bool = False,
) -> Prepared:
    """Return the statement that writes `parts`, each named with whether it's a single row.

    With `guard`, a statement that returns rows, they're written only if it returned one. With `writes`, rows
    of the service's own, it returns whether all of them were written. `joining` are statements that write
    and go along. PostgreSQL wants statements that write at the top level of a `WITH`; SQLAlchemy puts them
    there. A single row travels as it is, which spares Python and PostgreSQL the arrays; it's the usual case
    of a command. With `acting` it says who acts.
    """
    whole: Select[Any] = select(literal_column(complete(writes) if writes else "1"))
    if guard is not None:
        concluded = guard.cte("concluded")
        whole = select(literal_column("*")).select_from(concluded).add_cte(concluded)
    whole = whole.add_cte(
        *ctes(writes),
        *(each.cte(f"joining_{at}") for at, each in enumerate(joining)),
        *(_part(part, single, conditional=guard is not None) for part, single in parts),
    )
    return _compiled(whole, acting=acting)


@lru_cache(maxsize=1024)
def question(asked: ClauseElement, *, acting: bool = False) -> Prepared:
    """Return a statement that reads, as asyncpg takes it; it's made once, as a guarded one is."""
    return _compiled(asked, acting=acting)


def _compiled(whole: ClauseElement, *, acting: bool) -> Prepared:
    compiled = whole.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    constants = {name: value for name, value in compiled.params.items() if value is not None}
    names = tuple(cast("Any", compiled).positiontup or ())
    if not acting:
        return Prepared(compiled.string, names, constants)
    return Prepared(saying_who(compiled.string.lstrip(), len(names) + 1), (*names, PARAMETER), constants)


def _part(part: str, single: bool, *, conditional: bool) -> CTE:
    types, insert, tail = _INSERTS[part]
    names = _names(part)
    if single:
        rows = ", ".join(f"CAST(:{name} AS {kind})" for name, kind in zip(names, types, strict=True))
    else:
        arrays = ", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in zip(names, types, strict=True))
        rows = f"* FROM unnest({arrays}) AS given"
    condition = _CONDITION.format(join="AND" if part == "cancelled" else "WHERE") if conditional else ""
    sql = text(f"{insert.format(rows=rows)}{condition}{tail}")
    return sql.bindparams(*(parameter(name) for name in names)).columns().cte(f"{part}_rows")


def _names(part: str) -> list[str]:
    return [f"{part}_{at}" for at in range(1, len(_INSERTS[part][0]) + 1)]


def _values(rows: Rows) -> dict[str, Any]:
    """Return the values of each part's parameters: those of its one row, or a list for each column."""
    values: dict[str, Any] = {}
    for part, found in rows:
        columns = found[0] if len(found) == 1 else map(list, zip(*found, strict=True))
        values |= zip(_names(part), columns, strict=True)
    return values


def parts_of(rows: Rows) -> tuple[Part, ...]:
    """Return what of `rows` decides about the text of the statement."""
    return tuple((name, len(part) == 1) for name, part in rows)


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
    what = (message.event_id, message.aggregate, message.version, message.subject, message.type)
    return (*what, message.addressee, text, about, basis, status, withheld, now, traceparent)
