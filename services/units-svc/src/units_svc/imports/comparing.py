"""Comparing what was read with what is there, a batch of addresses at a time.

A batch holds whole buildings, so that what is true of a building is decided once. For each batch a fixed
number of statements fills temporary tables that show for each building and home whether it's new, changed or
unchanged; `writing.py` applies them in the same transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import text

from deskkit.i18n import N_
from trade import addresses
from units_svc.imports import statements
from units_svc.imports.mapping import Mapping
from units_svc.imports.reading import FLOOR_ABOVE

if TYPE_CHECKING:
    from chassis.tx import Tx

_SAMPLE = "7777777"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many homes a plan adds, changes and leaves as they are."""

    new: int
    changed: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class Batch:
    """So many staged `rows`: those of the addresses behind `after`, up to and including `upto`."""

    after: str
    upto: str
    rows: int


async def next_batch(tx: Tx, import_id: UUID, after: str, most: int) -> Batch | None:
    """Return the next whole buildings with about `most` homes, one building at least; None at the end."""
    params = {"import": import_id, "after": after, "most": most}
    upto = await tx.scalar(text(statements.UPTO), params)
    if upto is None:
        return None
    rows = await tx.scalar(text(statements.ROWS), {"import": import_id, "after": after, "upto": upto})
    return Batch(after, str(upto), int(rows or 0))


async def check_keys(tx: Tx, import_id: UUID, after: str, most: int) -> Batch | None:
    """Find lines with the key of an earlier one, among about `most` rows whose keys come after `after`.

    Returns how far it came; None at the end.
    """
    params = {"import": import_id, "after": after, "most": most}
    upto = await tx.scalar(text(statements.UPTO_KEY), params)
    if upto is None:
        return None
    params["upto"] = upto
    await run(
        tx,
        statements.TWICE.format(
            key="source_ref",
            rows=f"import_row WHERE {statements.KEYS_WITHIN}",
            rule="row_twice",
            message=N_("Line {other} has the same key."),
        ),
        params,
    )
    rows = await tx.scalar(
        text(f"SELECT count(*) FROM import_row WHERE {statements.KEYS_WITHIN}"),  # noqa: S608 - of our own text
        {"import": import_id, "after": after, "upto": upto},
    )
    return Batch(after, str(upto), int(rows or 0))


async def set_wrong_aside(tx: Tx, import_id: UUID, mapping: Mapping, batch: Batch) -> None:
    """Set rows of a batch aside that contradict each other or the inventory, each with its problem.

    The rows are copied into a table of their own whose statistics are right, everything else is looked up
    row by row: what the server estimates of large tables that were just filled can't make it slow.
    """
    params = params_of(import_id, mapping) | {"after": batch.after, "upto": batch.upto}
    same_home = "address_key" if mapping.rows == "building" else "address_key, unit_key"
    for statement in (
        statements.CHECK,
        "ANALYZE import_check",
        *(
            ()
            if mapping.same_address == "keep"
            else (
                statements.TWICE.format(
                    key=same_home,
                    rows="import_check",
                    rule="address_twice",
                    message=N_("Line {other} has the same address and number."),
                ),
            )
        ),
        statements.ABOVE.format(message=FLOOR_ABOVE),
        *(
            (statements.BUILDING_OF_ANOTHER,)
            if mapping.rows == "building" and mapping.same_address == "wrong"
            else ()
        ),
        *((statements.HOME_OF_ANOTHER,) if mapping.rows == "unit" and mapping.key else ()),
        statements.WRONG,
        statements.ASIDE,
        statements.REMOVE,
        *((statements.KEEP_BOTH,) if mapping.same_address == "keep" else ()),
        "DROP TABLE import_wrong",
        "DROP TABLE import_check",
    ):
        await run(tx, statement, params)


async def find_missing(tx: Tx, import_id: UUID, mapping: Mapping) -> None:
    """Record the listed homes of a source that its newest list doesn't name, not even in a wrong row."""
    ref, within = "u.source_ref", "true"
    if mapping.rows == "building":
        ref = "regexp_replace(u.source_ref, '/[0-9]+$', '')"
        within = "(n.units IS NULL OR substring(u.source_ref FROM '[0-9]+$')::int <= n.units)"
    for statement in (
        "DELETE FROM import_missing WHERE import_id = :import",
        statements.NAMED,
        "ANALYZE import_named",
        statements.MISSING.format(ref=ref, within=within),
        "DROP TABLE import_named",
    ):
        await run(tx, statement, params_of(import_id, mapping))


async def take_statistics(tx: Tx) -> None:
    """Let the server take statistics of the staging tables: the last ones are of another file."""
    await tx.execute(text("ANALYZE import_row, import_problem"))


async def plan(tx: Tx, import_id: UUID, mapping: Mapping, batch: Batch) -> Counts:
    """Compare the rows of a batch with the inventory and return what would be written."""
    params = params_of(import_id, mapping) | {"after": batch.after, "upto": batch.upto}
    await run(tx, statements.TODO, params)
    same = int(await tx.scalar(text(statements.SAME)) or 0)
    for statement in (
        statements.FORGET_SAME,
        statements.ANALYZE_TODO,
        statements.building_plan(mapping),
        statements.INDEX_BUILDING,
        statements.unit_plan(mapping),
        statements.ANALYZE,
    ):
        await run(tx, statement, params)
    row = (await tx.execute(text(statements.COUNTS))).one()
    return Counts(row.new, row.changed, row.unchanged + same)


async def run(tx: Tx, statement: str, params: dict[str, Any]) -> None:
    """Run a statement with those of the parameters that it names."""
    await tx.execute(text(statement), {k: v for k, v in params.items() if f":{k}" in statement})


def params_of(import_id: UUID, mapping: Mapping) -> dict[str, Any]:
    """Return what the statements of an import take from its mapping."""
    before, _, after = mapping.numbering.partition("{n}")
    key_before, _, key_after = addresses.unit_key(f"{before}{_SAMPLE}{after}").partition(_SAMPLE)
    return {
        "import": import_id,
        "source": mapping.source,
        "number_before": before,
        "number_after": after,
        "key_before": key_before,
        "key_after": key_after,
        "order_before": addresses.padded(key_before),
        "order_after": addresses.padded(key_after),
        "stated": sorted(mapping.features),
    }
