"""What is told of a home: built from its rows, with the words that others know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable
from uuid import UUID

from sqlalchemy import Column, MetaData, Select, Table, Uuid, insert, select, text, update

from units_svc.inventory.model import AvailabilityChanged, Building, Unit, UnitListed, UnitUnlisted
from units_svc.landlords.model import OWN, Landlord
from units_svc.lookups.model import PUBLISHED, LookupList, LookupValue

if TYPE_CHECKING:
    from chassis.tx import Tx

OTHER_TYPE = "other"
"""What a housing type without a published word is told as."""


@runtime_checkable
class TellsInSets(Protocol):
    """A publisher that can tell the listings of many units in one statement."""

    async def tell_listings(self, tx: Tx) -> int:
        """Write the outbox rows for the units in the temporary table `told_unit` (unit_id); return how many."""
        ...


_TOLD = Table("told_unit", MetaData(), Column("unit_id", Uuid()))


async def tell_listing(tx: Tx, unit: Unit) -> None:
    """Tell everybody the unit's listing as it is now; nothing when the unit isn't active."""
    if not unit.active:
        return
    await tx.session.flush()
    building = await tx.session.get_one(Building, unit.building_id)
    landlord = await tx.session.get(Landlord, unit.landlord_id) if unit.landlord_id else None
    said = {
        (row.list, row.code): row.published_as
        for row in await tx.execute(
            select(LookupValue.list, LookupValue.code, LookupValue.published_as).where(LookupValue.list.in_(PUBLISHED))
        )
    }
    features = {said.get((LookupList.FEATURE, code)) for code in unit.features}
    unit.listing_version += 1
    tx.publish(
        UnitListed(
            unit_id=unit.id,
            listing_version=unit.listing_version,
            building_name=building.name,
            street=building.street,
            unit_number=unit.unit_number,
            city=building.city,
            province=building.province,
            country=building.country,
            postal_code=building.postal_code,
            region=said.get((LookupList.REGION, building.region)) if building.region else None,
            housing_type=said.get((LookupList.HOUSING_TYPE, unit.housing_type)) or OTHER_TYPE,
            bedrooms=unit.bedrooms,
            area_square_feet=unit.area_square_feet,
            floor=unit.floor,
            building_floors=building.floors,
            year_built=building.year_built,
            rent_amount=unit.rent_amount,
            rent_currency=unit.rent_currency,
            features=tuple(sorted(feature for feature in features if feature)),
            accessible=bool(unit.accessible),
            shareable=unit.shareable,
            own=landlord is not None and landlord.relation in OWN,
            occupancy=unit.occupancy,
            available_from=unit.available_from,
        )
    )


async def tell_listings(tx: Tx, which: Select[tuple[UUID]]) -> int:
    """Tell the listings of many units, in a number of statements that doesn't depend on how many; return how many.

    `which` selects `Unit.id`. Units that aren't active are left out. The session must not hold changes of them.
    """
    publisher = tx.runtime.publisher
    if not isinstance(publisher, TellsInSets):
        raise TypeError(f"{type(publisher).__name__} can't tell listings in sets")
    await tx.session.flush()
    await tx.execute(text("CREATE TEMP TABLE IF NOT EXISTS told_unit (unit_id uuid PRIMARY KEY) ON COMMIT DROP"))
    await tx.execute(text("DELETE FROM told_unit"))
    await tx.execute(insert(_TOLD).from_select(["unit_id"], which.where(Unit.active)))
    await tx.execute(
        update(Unit)
        .where(Unit.id.in_(select(_TOLD.c.unit_id)))
        .values(listing_version=Unit.listing_version + 1)
        .execution_options(synchronize_session=False)
    )
    return await publisher.tell_listings(tx)


def tell_unlisted(tx: Tx, unit: Unit) -> None:
    """Tell everybody that the unit is no longer listed."""
    unit.listing_version += 1
    tx.publish(UnitUnlisted(unit.id, unit.listing_version))


def tell_availability(tx: Tx, unit: Unit) -> None:
    """Tell everybody the unit's occupancy as it is now."""
    if not unit.active:
        return
    unit.listing_version += 1
    tx.publish(AvailabilityChanged(unit.id, unit.listing_version, unit.occupancy, unit.available_from))
