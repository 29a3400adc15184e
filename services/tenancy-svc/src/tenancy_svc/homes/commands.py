"""Updates the copy of the inventory: an event never replaces what a later one reported."""

from __future__ import annotations

import uuid

from sqlalchemy import case, func
from sqlalchemy.dialects.postgresql import insert

from chassis.access import RECEIVE_EVENTS
from chassis.tx import Tx
from chassis.usecase import use_case
from tenancy_svc.homes.model import (
    Hold,
    HoldStatus,
    Home,
    ReceiveAvailability,
    ReceivedListing,
    ReceiveHold,
    ReceiveListings,
    ReceiveRelease,
    ReceiveWithdrawal,
    searchable_address,
)

_AVAILABILITY = frozenset({"availability_version", "occupancy", "available_from"})


@use_case(RECEIVE_EVENTS)
async def receive_listings(tx: Tx, command: ReceiveListings) -> None:
    """Store each listing and the occupancy in it, unless a newer one is known; one statement for all."""
    newest: dict[uuid.UUID, ReceivedListing] = {}
    for listing in command.listings:
        known = newest.get(listing.unit)
        if known is None or listing.listing_version > known.listing_version:
            newest[listing.unit] = listing
    # In the order of the units, so that two listeners never wait for each other in a circle.
    rows = [
        {
            **newest[unit].model_dump(),
            "availability_version": newest[unit].listing_version,
            "address_search": searchable_address(newest[unit]),
        }
        for unit in sorted(newest)
    ]
    statement = insert(Home).values(rows)
    received = statement.excluded
    newer_listing = received.listing_version > Home.listing_version
    newer_occupancy = received.listing_version > Home.availability_version
    changes = {
        name: case(
            (newer_occupancy if name in _AVAILABILITY else newer_listing, received[name]),
            else_=getattr(Home, name),
        )
        for name in rows[0]
        if name != "unit"
    }
    await tx.execute(statement.on_conflict_do_update(index_elements=[Home.unit], set_=changes))


@use_case(RECEIVE_EVENTS)
async def receive_availability(tx: Tx, command: ReceiveAvailability) -> None:
    """Store the occupancy unless a newer one is known; the listing may arrive later."""
    statement = insert(Home).values(
        unit=command.unit,
        availability_version=command.listing_version,
        occupancy=command.occupancy,
        available_from=command.available_from,
    )
    received = statement.excluded
    await tx.execute(
        statement.on_conflict_do_update(
            index_elements=[Home.unit],
            set_={name: received[name] for name in _AVAILABILITY},
            where=received.availability_version > Home.availability_version,
        )
    )


@use_case(RECEIVE_EVENTS)
async def receive_withdrawal(tx: Tx, command: ReceiveWithdrawal) -> None:
    """Note that the home is no longer listed; a newer listing brings it back."""
    statement = insert(Home).values(unit=command.unit, withdrawn_version=command.listing_version)
    await tx.execute(
        statement.on_conflict_do_update(
            index_elements=[Home.unit],
            set_={
                "withdrawn_version": func.greatest(
                    Home.withdrawn_version, statement.excluded.withdrawn_version
                )
            },
        )
    )


@use_case(RECEIVE_EVENTS)
async def receive_hold(tx: Tx, command: ReceiveHold) -> None:
    """Store the hold and its deadline; a hold that was released stays released."""
    statement = insert(Hold).values(
        request=command.request,
        unit=command.unit,
        status=HoldStatus.HELD,
        deadline=command.deadline,
        ending_announced_at=command.ending_at,
        managed_by=command.managed_by,
    )
    await tx.execute(
        statement.on_conflict_do_update(
            index_elements=[Hold.request],
            set_={
                # A hold is only ever prolonged, so the later deadline is the newer one.
                "deadline": func.greatest(Hold.deadline, statement.excluded.deadline),
                "managed_by": func.coalesce(statement.excluded.managed_by, Hold.managed_by),
                "ending_announced_at": func.coalesce(
                    statement.excluded.ending_announced_at, Hold.ending_announced_at
                ),
            },
        )
    )


@use_case(RECEIVE_EVENTS)
async def receive_release(tx: Tx, command: ReceiveRelease) -> None:
    """Note that the hold ended, also when its beginning wasn't received yet."""
    statement = insert(Hold).values(
        request=command.request,
        unit=command.unit,
        status=HoldStatus.RELEASED,
        released_at=command.released_at,
        release_reason=command.reason,
    )
    await tx.execute(
        statement.on_conflict_do_update(
            index_elements=[Hold.request],
            set_={
                "status": statement.excluded.status,
                "released_at": func.coalesce(Hold.released_at, statement.excluded.released_at),
                "release_reason": func.coalesce(Hold.release_reason, statement.excluded.release_reason),
            },
        )
    )
