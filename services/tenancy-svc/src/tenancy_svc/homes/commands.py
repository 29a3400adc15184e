"""Updates the copy of the inventory: an event never replaces what a later one reported."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import case, func
from sqlalchemy.dialects.postgresql import Insert, insert

from chassis.access import RECEIVE_EVENTS
from chassis.parties import NotTheSenders, require_sender
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
    """Store each listing and the occupancy in it, unless a newer one is known; one statement for all.

    Raises NotTheSenders when one of the homes is another inventory's; nothing is stored then.
    """
    newest: dict[uuid.UUID, ReceivedListing] = {}
    for listing in command.listings:
        known = newest.get(listing.unit)
        if known is not None:
            require_sender(listing.inventory, known.inventory)
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
        if name not in {"unit", "inventory"}
    }
    await _of_its_inventory(tx, statement, changes, len(rows))


@use_case(RECEIVE_EVENTS)
async def receive_availability(tx: Tx, command: ReceiveAvailability) -> None:
    """Store the occupancy unless a newer one is known; the listing may arrive later.

    Raises NotTheSenders for another inventory's home.
    """
    statement = insert(Home).values(
        unit=command.unit,
        inventory=command.inventory,
        availability_version=command.listing_version,
        occupancy=command.occupancy,
        available_from=command.available_from,
    )
    received = statement.excluded
    newer = received.availability_version > Home.availability_version
    changes = {
        name: case((newer, received[name]), else_=getattr(Home, name)) for name in sorted(_AVAILABILITY)
    }
    await _of_its_inventory(tx, statement, changes)


@use_case(RECEIVE_EVENTS)
async def receive_withdrawal(tx: Tx, command: ReceiveWithdrawal) -> None:
    """Note that the home is no longer listed; a newer listing brings it back.

    Raises NotTheSenders for another inventory's home.
    """
    statement = insert(Home).values(
        unit=command.unit, inventory=command.inventory, withdrawn_version=command.listing_version
    )
    withdrawn = func.greatest(Home.withdrawn_version, statement.excluded.withdrawn_version)
    await _of_its_inventory(tx, statement, {"withdrawn_version": withdrawn})


@use_case(RECEIVE_EVENTS)
async def receive_hold(tx: Tx, command: ReceiveHold) -> None:
    """Store the hold and its deadline; a hold that was released stays released.

    Raises NotTheSenders for another inventory's home.
    """
    await require_inventory(tx, command.unit, command.inventory)
    statement = insert(Hold).values(
        request=command.request,
        unit=command.unit,
        status=HoldStatus.HELD,
        deadline=command.deadline,
        ending_announced_at=command.ending_at,
        managed_by=command.managed_by,
        manager=command.manager,
    )
    await tx.execute(
        statement.on_conflict_do_update(
            index_elements=[Hold.unit, Hold.request],
            set_={
                # A hold is only ever prolonged, so the later deadline is the newer one.
                "deadline": func.greatest(Hold.deadline, statement.excluded.deadline),
                "managed_by": func.coalesce(statement.excluded.managed_by, Hold.managed_by),
                "manager": case(
                    (statement.excluded.managed_by.is_(None), Hold.manager),
                    else_=statement.excluded.manager,
                ),
                "ending_announced_at": func.coalesce(
                    statement.excluded.ending_announced_at, Hold.ending_announced_at
                ),
            },
        )
    )


@use_case(RECEIVE_EVENTS)
async def receive_release(tx: Tx, command: ReceiveRelease) -> None:
    """Note that the hold ended, also when its beginning wasn't received yet.

    Raises NotTheSenders for another inventory's home.
    """
    await require_inventory(tx, command.unit, command.inventory)
    statement = insert(Hold).values(
        request=command.request,
        unit=command.unit,
        status=HoldStatus.RELEASED,
        released_at=command.released_at,
        release_reason=command.reason,
    )
    await tx.execute(
        statement.on_conflict_do_update(
            index_elements=[Hold.unit, Hold.request],
            set_={
                "status": statement.excluded.status,
                "released_at": func.coalesce(Hold.released_at, statement.excluded.released_at),
                "release_reason": func.coalesce(Hold.release_reason, statement.excluded.release_reason),
            },
        )
    )


async def require_inventory(tx: Tx, unit: uuid.UUID, sender: str) -> None:
    """Check that what an inventory says about a home is its to say; the first that speaks of it has it (N2).

    Raises NotTheSenders for another inventory's home.
    """
    statement = insert(Home).values(unit=unit, inventory=sender)
    await _of_its_inventory(tx, statement, {"inventory": statement.excluded.inventory})


async def _of_its_inventory(tx: Tx, statement: Insert, changes: Mapping[str, Any], homes: int = 1) -> None:
    """Insert homes, or change those that their inventory sent before. Raises NotTheSenders for another's."""
    stored = await tx.execute(
        statement.on_conflict_do_update(
            index_elements=[Home.unit],
            set_=changes,
            where=Home.inventory == statement.excluded.inventory,
        ).returning(Home.unit)
    )
    if len(stored.all()) < homes:
        raise NotTheSenders
