"""The published inventory, as the copy of the homes takes it in (P5)."""

from collections.abc import Sequence

from chassis.bus import Incoming
from chassis.bus.events import Events
from chassis.perform import perform_in
from chassis.tx import Tx
from contracts import units
from support_svc.homes.commands import Availability, Listing, take_availability, take_listings
from support_svc.homes.facts import facts_of
from support_svc.homes.model import ManagedBy, Occupancy

EVENTS = Events()


@EVENTS.on_many(units.UnitPublishedV1)
async def units_published(tx: Tx, incoming: Sequence[Incoming]) -> None:
    """Take listings into the copy."""
    await perform_in(tx, take_listings, [_listing(one) for one in incoming])


def _listing(incoming: Incoming) -> Listing:
    event = incoming.parse(units.UnitPublishedV1)
    address = event.address
    return Listing(
        inventory=incoming.sender,
        unit=event.unit,
        listing_version=event.listing_version,
        building_name=address.building_name,
        street=address.street,
        unit_number=address.unit_number,
        city=address.city,
        province=address.province,
        postal_code=address.postal_code,
        country=address.country,
        region=address.region,
        housing_type=event.housing_type.value,
        rent=event.rent.amount if event.rent else None,
        currency=event.rent.currency if event.rent else None,
        features=tuple(feature.value for feature in event.features),
        managed_by=ManagedBy(event.managed_by.value),
        manager=event.manager,
        occupancy=Occupancy(event.occupancy.value),
        available_from=event.available_from,
        published_at=incoming.time,
        **facts_of(event),
    )


@EVENTS.on_many(units.UnitAvailabilityChangedV1)
async def availability_changed(tx: Tx, incoming: Sequence[Incoming]) -> None:
    """Take changes of occupancy into the copy."""
    changes: list[Availability] = []
    for one in incoming:
        event = one.parse(units.UnitAvailabilityChangedV1)
        occupancy = Occupancy(event.occupancy.value)
        changes.append(
            Availability(
                one.sender,
                event.unit,
                event.listing_version,
                occupancy,
                event.available_from,
                published_at=one.time,
            )
        )
    await perform_in(tx, take_availability, changes)


@EVENTS.on_many(units.UnitWithdrawnV1)
async def units_withdrawn(tx: Tx, incoming: Sequence[Incoming]) -> None:
    """Take homes that are no longer listed out of the search."""
    changes: list[Availability] = []
    for one in incoming:
        event = one.parse(units.UnitWithdrawnV1)
        gone = Availability(one.sender, event.unit, event.listing_version, None, None, published_at=one.time)
        changes.append(gone)
    await perform_in(tx, take_availability, changes)
