"""The SQL that is the same for all records: batches of staged rows, and setting wrong ones aside.

Values are parameters; what is put into a text is a name of a column or one of our own messages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import text

from deskkit.i18n import N_
from importing.kind import Batch, Importing

if TYPE_CHECKING:
    from chassis.tx import Tx

_UPTO = """
    SELECT max({group} COLLATE "C") FROM (
        SELECT {group}, row_number() OVER by_group AS at, sum(weight) OVER by_group AS sum FROM (
            SELECT {group}, line, {weight} AS weight FROM import_row
            WHERE import_id = :import AND {group} COLLATE "C" > cast(:after AS text) COLLATE "C"
            ORDER BY {group} COLLATE "C", line LIMIT cast(:most AS bigint)) rows
        WINDOW by_group AS (ORDER BY {group} COLLATE "C", line)) groups
    WHERE sum <= cast(:most AS bigint) OR at = 1
"""
_WITHIN = """
    import_id = :import AND {column} COLLATE "C" > cast(:after AS text) COLLATE "C"
        AND {column} COLLATE "C" <= cast(:upto AS text) COLLATE "C"
"""
_UPTO_KEY = """
    SELECT max(source_ref COLLATE "C") FROM (
        SELECT source_ref FROM import_row
        WHERE import_id = :import AND source_ref COLLATE "C" > cast(:after AS text) COLLATE "C"
        ORDER BY source_ref COLLATE "C" LIMIT cast(:most AS bigint)) rows
"""
TWICE = """
    INSERT INTO import_problem (import_id, line, "column", rule, value, message, params)
    SELECT import_id, line, NULL, '{rule}', NULL, '{message}', jsonb_build_object('other', first)
    FROM (SELECT import_id, line, min(line) OVER (PARTITION BY {key}) AS first FROM {rows}) AS keyed
    WHERE line <> first
"""
_WRONG = """
    CREATE TEMP TABLE import_wrong ON COMMIT DROP AS
    SELECT c.row_at, c.import_id, c.line, c.cells, c.source_ref FROM import_check c
    CROSS JOIN LATERAL (
        SELECT 1 FROM import_problem p WHERE p.import_id = :import AND p.line = c.line LIMIT 1) problem
"""
_ASIDE = """
    INSERT INTO import_wrong_row (import_id, line, cells, source_ref)
    SELECT import_id, line, string_to_array(cells, E'\\x1f'), source_ref FROM import_wrong
    ON CONFLICT DO NOTHING
"""
# Nobody else writes rows of this import meanwhile: they are where they were read.
_REMOVE = "DELETE FROM import_row WHERE ctid = ANY (ARRAY(SELECT row_at FROM import_wrong))"


def within(column: str) -> str:
    """Return the condition of staged rows of a batch, by the column that it is one of."""
    return _WITHIN.format(column=column)


async def run(tx: Tx, statement: str, params: dict[str, Any]) -> None:
    """Run a statement with those of the parameters that it names."""
    await tx.execute(text(statement), {k: v for k, v in params.items() if f":{k}" in statement})


async def next_batch(tx: Tx, kind: Importing, import_id: UUID, after: str, most: int) -> Batch | None:
    """Return the next whole groups with about `most` records, one group at least; None at the end."""
    upto_statement = _UPTO.format(group=kind.grouped_by, weight=kind.weight)
    upto = await tx.scalar(text(upto_statement), {"import": import_id, "after": after, "most": most})
    if upto is None:
        return None
    return await _batch(tx, kind.grouped_by, import_id, after, str(upto))


async def check_keys(tx: Tx, import_id: UUID, after: str, most: int) -> Batch | None:
    """Find lines with the key of an earlier one, among about `most` rows whose keys come after `after`.

    Returns how far it came; None at the end.
    """
    upto = await tx.scalar(text(_UPTO_KEY), {"import": import_id, "after": after, "most": most})
    if upto is None:
        return None
    twice = TWICE.format(
        key="source_ref",
        rows=f"import_row WHERE {within('source_ref')}",
        rule="row_twice",
        message=N_("Line {other} has the same key."),
    )
    await run(tx, twice, {"import": import_id, "after": after, "upto": upto})
    return await _batch(tx, "source_ref", import_id, after, str(upto))


async def _batch(tx: Tx, column: str, import_id: UUID, after: str, upto: str) -> Batch:
    count = f"SELECT count(*) FROM import_row WHERE {within(column)}"  # noqa: S608 - a name of our own
    rows = await tx.scalar(text(count), {"import": import_id, "after": after, "upto": upto})
    return Batch(after, upto, int(rows or 0))


async def set_aside(
    tx: Tx,
    kind: Importing,
    params: dict[str, Any],
    *,
    columns: str,
    find: tuple[str, ...],
    then: tuple[str, ...] = (),
) -> None:
    """Set rows of a batch aside in which the statements `find` find problems; then run what follows.

    The rows are copied, with these `columns`, into a table of their own whose statistics are right, and
    everything else is looked up row by row: what the server estimates of large tables that were just filled
    can't make it slow. `params` are those of the batch.
    """
    check = f"""
        CREATE TEMP TABLE import_check ON COMMIT DROP AS
        SELECT ctid AS row_at, import_id, line, source_ref, cells, {columns}
        FROM import_row WHERE {within(kind.grouped_by)}
    """  # noqa: S608 - only parameters come from outside
    for statement in (
        check,
        "ANALYZE import_check",
        *find,
        _WRONG,
        _ASIDE,
        _REMOVE,
        *then,
        "DROP TABLE import_wrong",
        "DROP TABLE import_check",
    ):
        await run(tx, statement, params)


async def take_statistics(tx: Tx) -> None:
    """Let the server take statistics of the staging tables: the last ones are of another file."""
    await tx.execute(text("ANALYZE import_row, import_problem"))
