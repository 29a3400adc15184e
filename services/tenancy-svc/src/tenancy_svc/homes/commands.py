"""Keeps the copy of the inventory: each event moves a home or hold forward, and never back."""

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
    TakeAvailability,
    TakeHold,
    TakeListing,
    TakeListings,
    TakeRelease,
    TakeWithdrawal,
    searchable_address,
)

_AVAILABILITY = frozenset({"availability_version", "occupancy", "available_from"})


@use_case(RECEIVE_EVENTS)
async def take_listings(tx: Tx, command: TakeListings) -> None:
    """Keep each listing, and each occupancy in it, unless a newer one is known; in one statement for all."""
    newest: dict[uuid.UUID, TakeListing] = {}
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
    told = statement.excluded
    newer = told.listing_version > Home.listing_version
    freer = told.listing_version > Home.availability_version
    changes = {
        name: case((freer if name in _AVAILABILITY else newer, told[name]), else_=getattr(Home, name))
        for name in rows[0]
        if name != "unit"
    }
    await tx.execute(statement.on_conflict_do_update(index_elements=[Home.unit], set_=changes))


@use_case(RECEIVE_EVENTS)
async def take_availability(tx: Tx, command: TakeAvailability) -> None:
    """Keep the occupancy unless a newer one is known; the listing may arrive later."""
    statement = insert(Home).values(
        unit=command.unit,
        availability_version=command.listing_version,
        occupancy=command.occupancy,
        available_from=command.available_from,
    )
    told = statement.excluded
    await tx.execute(
        statement.on_conflict_do_update(
            index_elements=[Home.unit],
            set_={name: told[name] for name in _AVAILABILITY},
            where=told.availability_version > Home.availability_version,
        )
    )


@use_case(RECEIVE_EVENTS)
async def take_withdrawal(tx: Tx, command: TakeWithdrawal) -> None:
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
async def take_hold(tx: Tx, command: TakeHold) -> None:
    """Keep the hold and its deadline; a hold that was released stays released."""
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
async def take_release(tx: Tx, command: TakeRelease) -> None:
    """Note that the hold ended, also when its beginning wasn't heard yet."""
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
