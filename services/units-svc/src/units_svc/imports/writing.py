"""Writing the difference between a batch of rows and the inventory, by what the inventory offers for lists.

`comparing.plan` has filled the temporary tables of what is new and what has changed, in the same
transaction.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Boolean, Date, String, Text, Uuid, bindparam, column, select, table, text

from importing.kind import Batch
from importing.statements import run
from units_svc.entities import PropertyEntities
from units_svc.holds.use import record_first_uses
from units_svc.imports import statements
from units_svc.imports.comparing import params_of
from units_svc.imports.mapping import Mapping
from units_svc.inventory.home_lists import (
    OF_BUILDING,
    OF_HOME,
    add_buildings,
    add_homes,
    amend_buildings,
    amend_homes,
)
from units_svc.inventory.model import Building, Cause, Unit
from units_svc.landlords.commands import add_landlords
from units_svc.landlords.model import Landlord
from units_svc.publishing import publish_listings

if TYPE_CHECKING:
    from sqlalchemy import Subquery

    from chassis.tx import Tx

_TYPES = {one.name: one.type for record in (Landlord, Building, Unit) for one in record.__table__.columns} | {
    "rent_from": Date(),
    "street_order": Text(),
    "is_new": Boolean(),
    "is_changed": Boolean(),
}
_OF_PARAMETER: dict[type, Any] = {date: Date(), str: String(), UUID: Uuid()}
_HOME = ("id", *OF_HOME, "status", "status_observed_on", "rent_amount", "rent_currency", "rent_from",
    "source", "source_ref")  # fmt: skip
_NEW_HOME = (*_HOME, "building_id", "unit_number", "unit_key", "unit_order", "region", "year_built",
    "city_key", "street_order", "relation", "party", "occupancy", "available_from")  # fmt: skip
_BUILDING = ("id", *OF_BUILDING, "address_key", "search_text", "city_key", "street_order", "source",
    "source_ref", "is_new", "is_changed")  # fmt: skip


async def write_landlords(tx: Tx, import_id: UUID, mapping: Mapping, batch: Batch) -> None:
    """Add the landlords that new or changed rows of a batch name and that aren't known."""
    params = {"import": import_id, "source": mapping.source, "after": batch.after, "upto": batch.upto}
    params["usual"] = _usual(tx)
    names = ("kind", "name", "name_key", "relation", "party")
    await add_landlords(tx, _listed("landlords", statements.LANDLORDS, names, **params))


async def write(tx: Tx, import_id: UUID, mapping: Mapping, by: str) -> None:
    """Do what the plan of this transaction says in the name of `by`, and publish it.

    The landlords are there already.
    """
    source, today, usual = mapping.source, tx.today, _usual(tx)
    buildings = _listed("buildings", statements.BUILDINGS, _BUILDING, source=source)
    await add_buildings(tx, select(buildings).where(buildings.c.is_new).subquery("buildings"))
    changed = select(buildings).where(buildings.c.is_changed).subquery("buildings")
    await amend_buildings(tx, changed, statements.stated_of(mapping, OF_BUILDING))

    new = _listed("homes", statements.NEW_HOMES, _NEW_HOME, source=source, today=today, usual=usual)
    await add_homes(tx, new, Cause.IMPORT, import_id, by=by, listing_version=1)
    await record_first_uses(tx, new, by=by)
    changed_homes = _listed("homes", statements.CHANGED_HOMES, _HOME, source=source, usual=usual)
    stated = {"landlord_id", "features", *statements.stated_of(mapping, OF_HOME)}
    if not mapping.states_features:
        stated.remove("features")
    await amend_homes(tx, changed_homes, sorted(stated), by=by)

    for statement in (statements.MARKS, statements.TO_PUBLISH):
        await run(tx, statement, params_of(import_id, mapping))
    homes = table("import_published", column("unit_id"), column("is_new"))
    await publish_listings(
        tx,
        select(homes.c.unit_id).where(~homes.c.is_new),
        fresh=select(homes.c.unit_id).where(homes.c.is_new),
    )


def _usual(tx: Tx) -> str:
    """Return the property entity that is meant where a row names none; rows that need one aren't staged."""
    return PropertyEntities.of(tx.runtime, tx.today).usual or ""


def _listed(name: str, sql: str, columns: Collection[str], **params: Any) -> Subquery:
    """Return what a statement selects, as a list that features take."""
    given = [bindparam(key, value, _OF_PARAMETER.get(type(value))) for key, value in params.items()]
    selected = text(sql).bindparams(*given)
    return selected.columns(*(column(one, _TYPES[one]) for one in columns)).subquery(name)
