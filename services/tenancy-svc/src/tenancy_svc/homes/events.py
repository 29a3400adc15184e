"""Events of the inventory, from which the copy of the homes and of the holds on them is made (P6, U9)."""

from __future__ import annotations

from collections.abc import Sequence

from chassis.bus import Incoming
from chassis.bus.events import Events
from chassis.perform import perform_in
from chassis.tx import Tx
from contracts import units
from tenancy_svc.homes.commands import (
    receive_availability,
    receive_hold,
    receive_listings,
    receive_withdrawal,
)
from tenancy_svc.homes.model import (
    ManagedBy,
    Occupancy,
    ReceiveAvailability,
    ReceivedListing,
    ReceiveHold,
    ReceiveListings,
    ReceiveWithdrawal,
)

EVENTS = Events()


@EVENTS.on_many(units.UnitPublishedV1)
async def units_published(tx: Tx, incoming: Sequence[Incoming]) -> None:
    """Store the listings of homes."""
    listings = tuple(_listing(one.parse(units.UnitPublishedV1), one.sender) for one in incoming)
    await perform_in(tx, receive_listings, ReceiveListings(listings=listings))


def _listing(event: units.UnitPublishedV1, inventory: str) -> ReceivedListing:
    return ReceivedListing(
        inventory=inventory,
        unit=event.unit,
        listing_version=event.listing_version,
        building_name=event.address.building_name,
        street=event.address.street,
        unit_number=event.address.unit_number,
        city=event.address.city,
        province=event.address.province,
        postal_code=event.address.postal_code,
        country=event.address.country,
        region=event.address.region,
        housing_type=event.housing_type.value,
        bedrooms=event.bedrooms,
        rent_amount=event.rent.amount if event.rent else None,
        rent_currency=event.rent.currency if event.rent else None,
        accessible=event.accessible,
        managed_by=ManagedBy(event.managed_by.value),
        manager=event.manager,
        occupancy=Occupancy(event.occupancy.value),
        available_from=event.available_from,
    )


@EVENTS.on(units.UnitWithdrawnV1)
async def unit_withdrawn(tx: Tx, incoming: Incoming) -> None:
    """Note that a home is no longer listed."""
    event = incoming.parse(units.UnitWithdrawnV1)
    withdrawal = ReceiveWithdrawal(
        inventory=incoming.sender, unit=event.unit, listing_version=event.listing_version
    )
    await perform_in(tx, receive_withdrawal, withdrawal)


@EVENTS.on(units.UnitAvailabilityChangedV1)
async def unit_availability_changed(tx: Tx, incoming: Incoming) -> None:
    """Store the occupancy of a home."""
    event = incoming.parse(units.UnitAvailabilityChangedV1)
    await perform_in(
        tx,
        receive_availability,
        ReceiveAvailability(
            inventory=incoming.sender,
            unit=event.unit,
            listing_version=event.listing_version,
            occupancy=Occupancy(event.occupancy.value),
            available_from=event.available_from,
        ),
    )


@EVENTS.on(units.UnitSecuredV1)
async def unit_secured(tx: Tx, incoming: Incoming) -> None:
    """Store a hold."""
    event = incoming.parse(units.UnitSecuredV1)
    await perform_in(
        tx,
        receive_hold,
        ReceiveHold(
            inventory=incoming.sender,
            request=event.request,
            unit=event.unit,
            deadline=event.deadline,
            managed_by=ManagedBy(event.managed_by.value),
            manager=event.manager,
        ),
    )


@EVENTS.on(units.UnitHoldEndingV1)
async def unit_hold_ending(tx: Tx, incoming: Incoming) -> None:
    """Note that a hold will lapse soon."""
    event = incoming.parse(units.UnitHoldEndingV1)
    await perform_in(
        tx,
        receive_hold,
        ReceiveHold(
            inventory=incoming.sender,
            request=event.request,
            unit=event.unit,
            deadline=event.deadline,
            ending_at=incoming.time,
        ),
    )
