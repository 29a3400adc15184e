"""What is published of a home: built from its rows, in the words of the published language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from units_svc.inventory.facts import known_facts
from units_svc.inventory.feature import HOUSING_TYPE, REGION, UNIT_FEATURE
from units_svc.inventory.model import AvailabilityChanged, Building, Unit, UnitListed, UnitUnlisted
from units_svc.landlords.model import NOBODY_KNOWN, Landlord
from units_svc.lookups.model import LookupValue

if TYPE_CHECKING:
    from chassis.tx import Tx

OTHER_TYPE = "other"
"""The published word of a housing type that has none of its own."""


async def publish_listing(tx: Tx, unit: Unit) -> None:
    """Publish the unit's listing as it is now; nothing when the unit isn't active."""
    if not unit.active:
        return
    # Without flushing: what staff changed and its new listing version are one change of the record.
    with tx.session.no_autoflush:
        building = await tx.session.get_one(Building, unit.building_id)
        landlord = await tx.session.get(Landlord, unit.landlord_id) if unit.landlord_id else None
        published_words = {
            (row.list, row.code): row.published_as
            for row in await tx.execute(
                select(LookupValue.list, LookupValue.code, LookupValue.published_as).where(
                    LookupValue.list.in_((HOUSING_TYPE, UNIT_FEATURE, REGION))
                )
            )
        }
    features = {published_words.get((UNIT_FEATURE, code)) for code in unit.features}
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
            region=published_words.get((REGION, building.region)) if building.region else None,
            housing_type=published_words.get((HOUSING_TYPE, unit.housing_type)) or OTHER_TYPE,
            facts=known_facts(unit, building),
            rent_amount=unit.rent_amount,
            rent_currency=unit.rent_currency,
            features=tuple(sorted(feature for feature in features if feature)),
            manager=landlord.manager if landlord else NOBODY_KNOWN,
            occupancy=unit.occupancy,
            available_from=unit.available_from,
        )
    )


def take_off_list(tx: Tx, unit: Unit) -> None:
    """Take a listed home off the list and publish that; the caller has decided that it may be."""
    unit.active = False
    publish_unlisted(tx, unit)
    tx.touched("unit", unit.id, "withdrawn", {"active": (True, False)})


async def put_on_list(tx: Tx, unit: Unit) -> None:
    """Put a home back on the list and publish its listing."""
    unit.active = True
    await publish_listing(tx, unit)
    tx.touched("unit", unit.id, "listed_again", {"active": (False, True)})


def publish_unlisted(tx: Tx, unit: Unit) -> None:
    """Publish that the unit is no longer listed."""
    unit.listing_version += 1
    tx.publish(UnitUnlisted(unit.id, unit.listing_version))


def publish_availability(tx: Tx, unit: Unit) -> None:
    """Publish the unit's occupancy as it is now."""
    if not unit.active:
        return
    unit.listing_version += 1
    tx.publish(AvailabilityChanged(unit.id, unit.listing_version, unit.occupancy, unit.available_from))
