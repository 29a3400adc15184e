"""Keeping the occupancy of a home in step with its holds and occupations (U4).

Every statement here leaves `unit.version` alone: what happens to a home doesn't disturb who is correcting its
record. Locks are taken in one order, unit before hold, so that no two facts about one home wait for each
other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import exists, select, update

from chassis.errors import NotFound
from chassis.ids import new_id
from units_svc.holds.model import Hold, HoldState
from units_svc.holds.occupations import Occupation, OccupationKind, Standing, occupancy_of
from units_svc.inventory.model import AvailabilityChanged, Cause, Occupancy, OccupancyChange, Unit
from units_svc.landlords.model import NOBODY_KNOWN, Landlord, Manager, manager_by
from units_svc.maintenance.entry_requests import ask_first, update_entries
from units_svc.maintenance.model import LIVED_IN

if TYPE_CHECKING:
    from chassis.tx import Tx


@dataclass(frozen=True, slots=True)
class LockedUnit:
    """What decisions need to know of a home, while nobody else can change it."""

    id: UUID
    active: bool
    occupancy: Occupancy
    available_from: date | None
    manager: Manager
    """By the landlord on record: what begins now begins under it."""


async def lock_unit(tx: Tx, unit_id: UUID) -> LockedUnit | None:
    """Lock a home for the rest of the transaction and return it; None when there's no such home."""
    found = (
        await tx.execute(
            select(Unit.active, Unit.occupancy, Unit.available_from, Unit.landlord_id)
            .where(Unit.id == unit_id)
            .with_for_update()
        )
    ).one_or_none()
    if found is None:
        return None
    landlord = (
        await tx.execute(select(Landlord.relation, Landlord.party).where(Landlord.id == found.landlord_id))
    ).one_or_none()
    manager = manager_by(*landlord) if landlord is not None else NOBODY_KNOWN
    return LockedUnit(unit_id, found.active, found.occupancy, found.available_from, manager)


async def require_unit(tx: Tx, unit_id: UUID) -> LockedUnit:
    """Lock a home for the rest of the transaction and return it. Raises NotFound."""
    unit = await lock_unit(tx, unit_id)
    if unit is None:
        raise NotFound(what="unit")
    return unit


async def next_listing_version(tx: Tx, unit_id: UUID) -> int:
    """Return the next number for what is published about a home."""
    bumped = await tx.execute(
        update(Unit)
        .where(Unit.id == unit_id)
        .values(listing_version=Unit.listing_version + 1)
        .returning(Unit.listing_version)
        .execution_options(synchronize_session=False)
    )
    return bumped.scalar_one()


async def update_occupancy(tx: Tx, unit: LockedUnit, cause: Cause, cause_id: UUID) -> Occupancy:
    """Bring a home's occupancy in line with its rows, recording the cause; publish and return it."""
    await tx.session.flush()
    occupancy, available_from = occupancy_of(await _standing(tx, unit.id))
    if (occupancy, available_from) == (unit.occupancy, unit.available_from):
        return occupancy
    changed = await tx.execute(
        update(Unit)
        .where(Unit.id == unit.id)
        .values(occupancy=occupancy, available_from=available_from, listing_version=Unit.listing_version + 1)
        .returning(Unit.listing_version)
        .execution_options(synchronize_session=False)
    )
    tx.session.add(
        OccupancyChange(
            id=new_id(),
            unit_id=unit.id,
            occupancy=occupancy,
            available_from=available_from,
            cause=cause,
            cause_id=cause_id,
            changed_at=tx.now,
            changed_by=tx.actor.name,
        )
    )
    if unit.occupancy in LIVED_IN and occupancy not in LIVED_IN:
        await update_entries(tx, unit.id)
    elif occupancy in LIVED_IN and unit.occupancy not in LIVED_IN:
        await ask_first(tx, unit.id)
    if unit.active:
        tx.publish(AvailabilityChanged(unit.id, changed.scalar_one(), occupancy, available_from))
    return occupancy


async def _standing(tx: Tx, unit_id: UUID) -> Standing:
    held = await tx.scalar(select(exists().where(Hold.unit_id == unit_id, Hold.state == HoldState.HELD)))
    living: list[Occupation] = []
    works: list[Occupation] = []
    open_ones = select(Occupation).where(Occupation.unit_id == unit_id, Occupation.ended_on.is_(None))
    for occupation in (await tx.execute(open_ones)).scalars():
        (works if occupation.kind is OccupationKind.OUT_OF_USE else living).append(occupation)
    free = [occupation.free_from for occupation in living]
    usable = [occupation.free_from for occupation in works]
    return Standing(
        held=bool(held),
        occupied_by_client=any(occupation.by_client for occupation in living),
        occupied_by_other=any(not occupation.by_client for occupation in living),
        free_from=max((day for day in free if day), default=None) if None not in free else None,
        out_of_use=bool(works),
        usable_from=max((day for day in usable if day), default=None) if None not in usable else None,
    )
