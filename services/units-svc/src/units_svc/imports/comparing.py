"""Comparing what was read with what is there, a batch of addresses at a time.

A batch holds whole buildings, so that what is true of a building is decided once. For each batch a fixed
number of statements fills temporary tables that show for each building and home whether it's new, changed or
unchanged; `writing.py` applies them in the same transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import text

from deskkit.i18n import N_
from importing.kind import Batch, Counts, Importing
from importing.statements import TWICE, run, set_aside
from trade import addresses
from units_svc.imports import statements
from units_svc.imports.mapping import Mapping
from units_svc.imports.reading import FLOOR_ABOVE

if TYPE_CHECKING:
    from chassis.tx import Tx

_SAMPLE = "7777777"


async def set_wrong_aside(tx: Tx, kind: Importing, import_id: UUID, mapping: Mapping, batch: Batch) -> None:
    """Set rows of a batch aside that contradict each other or the inventory, each with its problem."""
    same_home = "address_key" if mapping.rows == "building" else "address_key, unit_key"
    twice = TWICE.format(
        key=same_home,
        rows="import_check",
        rule="address_twice",
        message=N_("Line {other} has the same address and number."),
    )
    await set_aside(
        tx,
        kind,
        params_of(import_id, mapping) | {"after": batch.after, "upto": batch.upto},
        columns="address_key, unit_key, street, floor, building_floors",
        find=(
            *(() if mapping.same_address == "keep" else (twice,)),
            statements.ABOVE.format(message=FLOOR_ABOVE),
            *(
                (statements.BUILDING_OF_ANOTHER,)
                if mapping.rows == "building" and mapping.same_address == "wrong"
                else ()
            ),
            *((statements.HOME_OF_ANOTHER,) if mapping.rows == "unit" and mapping.key else ()),
        ),
        then=(statements.KEEP_BOTH,) if mapping.same_address == "keep" else (),
    )


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
