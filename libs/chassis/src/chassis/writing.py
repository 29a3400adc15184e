"""What the objects of a session wait to write, as parts of the one statement that ends a transaction.

SQLAlchemy's own flush asks the database once for each table, and works out anew in which order. Here the rows
of a command go along with its audit and outbox rows. What isn't simple (a deletion, a value that the database
is to compute, another kind of relationship) is left to SQLAlchemy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from typing import Any, cast

from sqlalchemy import CTE, BindParameter, Column, ColumnElement, MetaData, Table, bindparam, text
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import InstanceState, Mapper, RelationshipDirection, Session, attributes

MOST_ROWS = 40
"""The most rows that are written with the statement that ends a transaction: its text names each value."""
_DIALECT: Dialect = asyncpg.dialect(dbapi=asyncpg.dialect.import_dbapi())  # type: ignore[no-untyped-call]


class _NotSimple(Exception):
    """SQLAlchemy has to flush the session."""


@dataclass(frozen=True, slots=True)
class Write:
    """A part of the statement: rows of one table to insert, or one row to change.

    `columns` are the names of the columns that are written, `found_by` of those that find the row to change.
    """

    table: Table
    columns: tuple[str, ...]
    found_by: tuple[str, ...] = ()
    rows: int = 1


@dataclass(slots=True)
class Waiting:
    """What waits to be written: the parts, which decide about the text, and their values in order."""

    writes: tuple[Write, ...] = ()
    values: list[Any] = field(default_factory=list)

    @property
    def changes(self) -> bool:
        """Whether rows that exist are changed."""
        return any(write.found_by for write in self.writes)

    def named(self) -> dict[str, Any]:
        """Return the values by the names of the statement's parameters."""
        return {_name(at): value for at, value in enumerate(self.values)}


def waiting(session: Session) -> Waiting | None:
    """Return what the objects of `session` wait to write; None if only SQLAlchemy's own flush can."""
    new, changed = list(session.new), list(session.dirty)
    if session.deleted or len(new) + len(changed) > MOST_ROWS:
        return None
    try:
        states = [attributes.instance_state(one) for one in new]
        return _collected(sorted(states, key=lambda state: state.insert_order or 0), changed)
    except _NotSimple:
        return None


def _collected(new: list[InstanceState[Any]], changed: list[Any]) -> Waiting:
    inherited: dict[InstanceState[Any], dict[str, Any]] = {}
    added = set(new)
    updates = [attributes.instance_state(one) for one in changed]
    for state in (*new, *updates):
        _inherit(state, added, inherited)
    found = [update for state in updates if (update := _update(state)) is not None]
    parts = [(_order(write.table), 0, write, values) for write, values in found]
    rows: list[tuple[Table, dict[str, Any]]] = [_insert(state, inherited.get(state, {})) for state in new]
    # Rows of the same columns go together, but none before one that was added earlier: numbers count on.
    rows.sort(key=lambda row: _order(row[0]))
    for (table, columns), alike in groupby(rows, key=lambda row: (row[0], tuple(row[1]))):
        values = [list(row.values()) for _, row in alike]
        write = Write(table, columns, rows=len(values))
        parts.append((_order(table), 1, write, [value for row in values for value in row]))
    # As SQLAlchemy does: tables that others point at first, and in each the changes before the new rows.
    parts.sort(key=lambda part: part[:2])
    return Waiting(tuple(part[2] for part in parts), [value for part in parts for value in part[3]])


def _inherit(
    state: InstanceState[Any],
    added: set[InstanceState[Any]],
    inherited: dict[InstanceState[Any], dict[str, Any]],
) -> None:
    """Note what new objects in a collection take from the object that has it: the reference to it."""
    mapper: Mapper[Any] = state.mapper
    for relationship in mapper.relationships:
        key = relationship.key
        if key not in state.dict or not (state in added or key in state.committed_state):
            continue
        if relationship.direction is not RelationshipDirection.ONETOMANY or relationship.post_update:
            raise _NotSimple
        history = state.attrs[key].history
        if history.deleted:
            raise _NotSimple
        for child in history.added or ():
            its = attributes.instance_state(child)
            if its not in added:
                raise _NotSimple
            for here, there in relationship.synchronize_pairs:
                value = state.dict.get(mapper.get_property_by_column(here).key)
                if value is None:
                    raise _NotSimple
                inherited.setdefault(its, {})[str(there.key)] = value


def _insert(state: InstanceState[Any], inherited: Mapping[str, Any]) -> tuple[Table, dict[str, Any]]:
    """Return the table of a new object, and the values of its row by column."""
    shape = _shape(state.mapper)
    values: dict[str, Any] = {}
    for column in shape.columns:
        value = inherited.get(column.name)
        if value is None:
            value = state.dict.get(column.attribute)
        if column.is_version:
            value = shape.next_version(None)
        if value is None:
            if column.left_to_database:
                continue
            if column.only_by_sqlalchemy:
                raise _NotSimple
            value = column.default
        values[column.name] = column.stored(value)
    return shape.table, values


def _update(state: InstanceState[Any]) -> tuple[Write, list[Any]] | None:
    """Return the part that changes the row of an object, and its values; None if no column has changed."""
    shape, now, before = _shape(state.mapper), state.dict, state.committed_state
    values: dict[str, Any] = {}
    version: tuple[_Column, Any] | None = None
    for column in shape.columns:
        attribute = column.attribute
        if column.is_version:
            if attribute not in now:
                raise _NotSimple
            version = column, before.get(attribute, now[attribute])
        if attribute not in before or attribute not in now:
            continue
        if state.manager[attribute].impl.is_equal(now[attribute], before[attribute]):
            continue
        if column.is_key or column.set_on_update or (now[attribute] is None and column.has_null_of_its_own):
            raise _NotSimple
        values[column.name] = column.stored(now[attribute])
    if not values:
        return None
    if state.key is None:
        raise _NotSimple
    found = {column.name: column.stored(one) for column, one in zip(shape.keys, state.key[1], strict=True)}
    if version is not None:
        column, old = version
        found[column.name] = old
        values.setdefault(column.name, shape.next_version(old))
    return Write(shape.table, tuple(values), tuple(found)), [*values.values(), *found.values()]


class _Column:
    """A column of a mapped table: how its value is found and stored."""

    def __init__(self, column: Column[Any], mapper: Mapper[Any]) -> None:
        default = column.default
        self.name = column.key
        self.attribute = mapper.get_property_by_column(column).key
        self.is_key = column.primary_key
        self.is_version = column is mapper.version_id_col
        self.set_on_update = column.onupdate is not None or column.computed is not None
        self.has_null_of_its_own = bool(getattr(column.type, "should_evaluate_none", False))
        self.left_to_database = default is None and (
            column.server_default is not None or column.identity is not None or column.computed is not None
        )
        self.default = getattr(default, "arg", None) if default is not None and default.is_scalar else None
        self.only_by_sqlalchemy = (
            (default is not None and not default.is_scalar)
            or self.has_null_of_its_own
            or (column.primary_key and default is None)
        )
        self._process = column.type.dialect_impl(_DIALECT).bind_processor(_DIALECT)

    def stored(self, value: Any) -> Any:
        """Return a value as the driver takes it."""
        if isinstance(value, ColumnElement) or hasattr(value, "__clause_element__"):
            raise _NotSimple
        return value if self._process is None else self._process(value)


class _Shape:
    """What is known about a mapped class before any of its objects is."""

    def __init__(self, mapper: Mapper[Any]) -> None:
        self.table = cast("Table", mapper.local_table)
        self.columns = [_Column(column, mapper) for column in self.table.columns]
        by_name = {column.name: column for column in self.columns}
        self.keys = [by_name[str(column.key)] for column in mapper.primary_key]
        self.next_version: Any = mapper.version_id_generator


@lru_cache(maxsize=1024)
def _shape(mapper: Mapper[Any]) -> _Shape:
    if len(mapper.tables) != 1 or mapper.inherits is not None or mapper.polymorphic_on is not None:
        raise _NotSimple
    return _Shape(mapper)


@lru_cache(maxsize=64)
def _orders(metadata: MetaData) -> dict[Table, int]:
    return {table: at for at, table in enumerate(metadata.sorted_tables)}


def _order(table: Table) -> int:
    return _orders(table.metadata)[table]


def _name(at: int) -> str:
    return f"written_{at}"


def ctes(writes: tuple[Write, ...]) -> Iterator[CTE]:
    """Return the parts of a statement that write this, each only once all before it were written in full."""
    at, before = 0, ""
    for number, write in enumerate(writes):
        names = [_name(at + each) for each in range(_parameters(write))]
        at += len(names)
        sql = text((_update_sql if write.found_by else _insert_sql)(write, names, before))
        parameters: list[BindParameter[Any]] = [bindparam(name, None, required=False) for name in names]
        yield sql.bindparams(*parameters).columns().cte(f"rows_{number}")
        before = _written(number, write)


def complete(writes: tuple[Write, ...]) -> str:
    """Return the expression that is true if everything was written: the last part, after all before it."""
    return _written(len(writes) - 1, writes[-1])


def _written(number: int, write: Write) -> str:
    return f"(SELECT count(*) FROM rows_{number}) = {write.rows}"  # noqa: S608 - numbers of our own


def _parameters(write: Write) -> int:
    return len(write.columns) * write.rows + len(write.found_by)


def _insert_sql(write: Write, names: list[str], before: str) -> str:
    width = len(write.columns)
    casts = [_cast(write.table, column) for column in write.columns]
    rows = [
        ", ".join(cast.format(name) for cast, name in zip(casts, names[start : start + width], strict=True))
        for start in range(0, len(names), width)
    ]
    several = f"* FROM (VALUES ({'), ('.join(rows)})) AS given"
    values = f"SELECT {rows[0] if write.rows == 1 else several}"
    where = f" WHERE {before}" if before else ""
    columns = ", ".join(_quoted(write.table, column) for column in write.columns)
    return f"INSERT INTO {_quoted(write.table)} ({columns}) {values}{where} RETURNING 1"


def _update_sql(write: Write, names: list[str], before: str) -> str:
    pairs = [
        f"{_quoted(write.table, column)} = {_cast(write.table, column).format(name)}"
        for column, name in zip((*write.columns, *write.found_by), names, strict=True)
    ]
    changed, found = pairs[: len(write.columns)], pairs[len(write.columns) :]
    where = " AND ".join([*found, *([before] if before else [])])
    return f"UPDATE {_quoted(write.table)} SET {', '.join(changed)} WHERE {where} RETURNING 1"  # noqa: S608


def _cast(table: Table, column: str) -> str:
    kind = _DIALECT.type_compiler_instance.process(table.columns[column].type)
    return f"CAST(:{{}} AS {kind})"


def _quoted(table: Table, column: str | None = None) -> str:
    quoter = _DIALECT.identifier_preparer
    return quoter.format_table(table) if column is None else quoter.format_column(table.columns[column])
