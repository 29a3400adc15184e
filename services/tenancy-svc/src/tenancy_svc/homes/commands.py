"""Keeps the copy of the inventory: each event moves a home or hold forward, and never back."""

from __future__ import annotations

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert

from chassis.tx import Tx
from chassis.usecase import use_case
from tenancy_svc.access import Permission
from tenancy_svc.homes.model import (
    Hold,
    HoldStatus,
    Home,
    TakeAvailability,
    TakeHold,
    TakeListing,
    TakeRelease,
    TakeWithdrawal,
)


@use_case(Permission.HEAR_EVENTS)
async def take_listing(tx: Tx, command: TakeListing) -> None:
    """Keep the listing unless a newer one is known; the occupancy in it counts unless a newer one is
    known.
    """
    home = await _home(tx, command.unit)
    if command.listing_version > home.listing_version:
        for name, value in command.model_dump(exclude={"unit", "occupancy", "available_from"}).items():
            setattr(home, name, value)
    if command.listing_version > home.availability_version:
        home.availability_version = command.listing_version
        home.occupancy = command.occupancy
        home.available_from = command.available_from


@use_case(Permission.HEAR_EVENTS)
async def take_availability(tx: Tx, command: TakeAvailability) -> None:
    """Keep the occupancy unless a newer one is known; the listing may arrive later."""
    home = await _home(tx, command.unit)
    if command.listing_version > home.availability_version:
        home.availability_version = command.listing_version
        home.occupancy = command.occupancy
        home.available_from = command.available_from


@use_case(Permission.HEAR_EVENTS)
async def take_withdrawal(tx: Tx, command: TakeWithdrawal) -> None:
    """Note that the home is no longer listed; a newer listing brings it back."""
    home = await _home(tx, command.unit)
    home.withdrawn_version = max(home.withdrawn_version, command.listing_version)


@use_case(Permission.HEAR_EVENTS)
async def take_hold(tx: Tx, command: TakeHold) -> None:
    """Keep the hold and its deadline; a hold that was released stays released."""
    statement = insert(Hold).values(
        request=command.request,
        unit=command.unit,
        status=HoldStatus.HELD,
        deadline=command.deadline,
        ending_announced_at=command.ending_at,
    )
    await tx.execute(
        statement.on_conflict_do_update(
            index_elements=[Hold.request],
            set_={
                "deadline": func.coalesce(Hold.deadline, statement.excluded.deadline)
                if command.ending_at is None
                else statement.excluded.deadline,
                "ending_announced_at": func.coalesce(
                    statement.excluded.ending_announced_at, Hold.ending_announced_at
                ),
            },
        )
    )


@use_case(Permission.HEAR_EVENTS)
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


async def _home(tx: Tx, unit: object) -> Home:
    """Return the row of a home, made when missing, locked against a second event of the same home."""
    await tx.execute(insert(Home).values(unit=unit).on_conflict_do_nothing())
    return await tx.session.get_one(Home, unit, with_for_update=True)
