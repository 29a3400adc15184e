"""Adding and amending homes of a list: any number of them by the same few statements (U2, U3).

A list is a selectable with a row for each home or building, its columns named as in the tables. What a row
doesn't state is NULL. Adding one home is adding a list of one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Date, FromClause, Text, case, cast, func, insert, literal, select, update

from trade import addresses, letters
from units_svc.inventory import facts
from units_svc.inventory.buildings import copies_of
from units_svc.inventory.model import Building, Cause, OccupancyChange, StatusObservation, Unit
from units_svc.inventory.rents import first_rents, record_rents

if TYPE_CHECKING:
    from chassis.tx import Tx

OF_BUILDING = (
    "name", "street", "city", "province", "country", "postal_code", "postal_area", "latitude", "longitude",
    "region", *(fact.column for fact in facts.OF_BUILDING),
)  # fmt: skip
"""What a list may state of a building."""
OF_HOME = (
    "housing_type", "landlord_id", "service_provider", "features", *(fact.column for fact in facts.OF_UNIT),
    "comments",
)  # fmt: skip
"""What a list may state of a home itself, without what is dated."""
_KEYS = ("id", "building_id", "unit_number", "unit_key", "unit_order")
_ORIGIN = ("source", "source_ref")
_DATED = ("status", "status_observed_on", "occupancy", "available_from", "rent_currency")


async def add_buildings(tx: Tx, buildings: FromClause) -> None:
    """Add buildings of a list: `OF_BUILDING` with id, address_key, search_text, source and source_ref."""
    names = ("id", *OF_BUILDING, "address_key", "search_text", *_ORIGIN)
    added = select(*(buildings.c[name] for name in names), literal(1))
    await tx.execute(insert(Building).from_select([*names, "version"], added))


async def amend_buildings(tx: Tx, buildings: FromClause, stated: Collection[str]) -> None:
    """Write over buildings what a list states of those columns; homes there follow.

    `buildings` has the columns of `add_buildings`, city_key and street_order.
    """
    await tx.execute(
        update(Building)
        .where(Building.id == buildings.c.id)
        .values(
            **_where_stated(Building, buildings, stated),
            address_key=buildings.c.address_key,
            search_text=buildings.c.search_text,
            version=Building.version + 1,
        )
        .execution_options(synchronize_session=False)
    )
    copies = copies_of(
        region=Building.region,
        city_key=buildings.c.city_key,
        year_built=Building.year_built,
        street_order=buildings.c.street_order,
        unit_order=Unit.unit_order,
    )
    await tx.execute(
        update(Unit)
        .where(Unit.building_id == Building.id, Building.id == buildings.c.id)
        .values(copies)
        .execution_options(synchronize_session=False)
    )


async def add_homes(
    tx: Tx,
    homes: FromClause,
    cause: Cause,
    cause_id: UUID | None = None,
    *,
    by: str,
    listing_version: int,
) -> None:
    """Add homes of a list, each with its first condition, rent and occupancy, which have its own id.

    `homes` has the columns of a home, with city_key and street_order of its building and `rent_from`, and
    states all that a home needs. `cause_id` is the home itself unless it's given; `by` is who noted it,
    `listing_version` the number of the last listing that is published.
    """
    own = (*_KEYS, *OF_HOME, *_DATED, *_ORIGIN)
    stated: dict[str, Any] = {name: homes.c[name] for name in own} | copies_of(
        region=homes.c.region,
        city_key=homes.c.city_key,
        year_built=homes.c.year_built,
        street_order=homes.c.street_order,
        unit_order=homes.c.unit_order,
    )
    stated |= {
        "rent_amount": case((homes.c.rent_from <= tx.today, homes.c.rent_amount)),
        "active": literal(True),
        "listing_version": literal(listing_version),
        "created_at": _moment(tx),
        "version": literal(1),
    }
    await tx.execute(insert(Unit).from_select([*stated], select(*stated.values())))
    first_seen = select(
        homes.c.id, homes.c.id, homes.c.status, homes.c.status_observed_on, _moment(tx), literal(by)
    )
    names = ["id", "unit_id", "status", "observed_on", "noted_at", "noted_by"]
    await tx.execute(insert(StatusObservation).from_select(names, first_seen))
    await first_rents(tx, homes, by=by)
    first_use = select(
        homes.c.id,
        homes.c.id,
        homes.c.occupancy,
        homes.c.available_from,
        literal(cause, OccupancyChange.cause.type),
        homes.c.id if cause_id is None else literal(cause_id),
        _moment(tx),
        literal(by),
    )
    names = ["id", "unit_id", "occupancy", "available_from", "cause", "cause_id", "changed_at", "changed_by"]
    await tx.execute(insert(OccupancyChange).from_select(names, first_use))


def list_of_one(building: Building, home: Mapping[str, Any]) -> FromClause:
    """Return the list for `add_homes` of one home in a building; what `home` leaves out isn't known."""
    key = addresses.unit_key(home["unit_number"])
    row: dict[str, Any] = dict.fromkeys(("available_from", *_ORIGIN)) | {
        **home,
        "unit_key": key,
        "unit_order": addresses.padded(key),
        "region": building.region,
        "year_built": building.year_built,
        "city_key": letters.folded(building.city),
        "street_order": addresses.street_order(building.street),
    }
    types = {one.name: one.type for one in Unit.__table__.columns}
    types |= {"rent_from": Date(), "street_order": Text()}
    return select(*(cast(value, types[name]).label(name) for name, value in row.items())).subquery("homes")


async def amend_homes(tx: Tx, homes: FromClause, stated: Collection[str], *, by: str) -> None:
    """Write over homes what a list states of those columns; a new condition or rent is noted by `by`.

    `homes` has id, the columns of `OF_HOME`, status, status_observed_on, rent_amount, rent_currency,
    rent_from, source and source_ref. Of the condition the newest day counts, of one day what was noted first:
    a list may be older than what staff saw on that day. Where a home comes from stays as it was first known.
    """
    seen_later = homes.c.status_observed_on > Unit.status_observed_on
    await tx.execute(
        update(Unit)
        .where(Unit.id == homes.c.id)
        .values(
            **_where_stated(Unit, homes, stated),
            status=case((seen_later, homes.c.status), else_=Unit.status),
            status_observed_on=func.greatest(Unit.status_observed_on, homes.c.status_observed_on),
            source=func.coalesce(Unit.source, homes.c.source),
            source_ref=func.coalesce(Unit.source_ref, homes.c.source_ref),
            version=Unit.version + 1,
        )
        .execution_options(synchronize_session=False)
    )
    known = (
        select(StatusObservation.id)
        .where(
            StatusObservation.unit_id == homes.c.id,
            StatusObservation.observed_on == homes.c.status_observed_on,
            StatusObservation.status == homes.c.status,
        )
        .exists()
    )
    seen = select(
        func.uuidv7(),
        homes.c.id,
        homes.c.status,
        homes.c.status_observed_on,
        _moment(tx),
        literal(by),
    ).where(homes.c.status_observed_on.is_not(None), ~known)
    names = ["id", "unit_id", "status", "observed_on", "noted_at", "noted_by"]
    await tx.execute(insert(StatusObservation).from_select(names, seen))
    await record_rents(tx, homes, by=by)


def _where_stated(
    record: type[Building | Unit], listed: FromClause, stated: Collection[str]
) -> dict[str, Any]:
    """Return the value of each column after a list: the list's where it states one."""
    return {name: func.coalesce(listed.c[name], getattr(record, name)) for name in stated}


def _moment(tx: Tx) -> Any:
    moment: datetime = tx.now
    return literal(moment, Unit.created_at.type)
