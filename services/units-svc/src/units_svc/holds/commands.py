"""What the inventory's staff decide about a hold: ending it, giving it time, correcting its manager (U9)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from chassis.errors import Faults, NotFound
from chassis.usecase import use_case
from trade.dates import HoldDay
from units_svc.entities import PartyId, PropertyEntities
from units_svc.holds.availability import lock_unit, require_unit
from units_svc.holds.feature import DECIDE_HOLDS
from units_svc.holds.model import (
    DeadlineNotLater,
    Fact,
    Hold,
    HoldState,
    ManagerUnchanged,
    NotHeld,
    Release,
    Remark,
    end_of_day,
)
from units_svc.holds.occupations import Occupation
from units_svc.holds.outcomes import (
    act,
    held,
    hold_terms,
    publish_released,
    publish_secured,
    set_timers,
)
from units_svc.landlords.model import ManagedBy, Manager
from units_svc.maintenance.entry_requests import ask_another
from units_svc.privacy.commands import require_reason
from units_svc.privacy.model import Place

if TYPE_CHECKING:
    from chassis.tx import Tx


class ReleaseHold(BaseModel):
    """Staff end a hold before its deadline."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    request_id: UUID
    version: Annotated[int, Field(ge=1)]
    remark: Annotated[Remark, Field(title="Why", min_length=1)]


class CorrectManager(BaseModel):
    """Who manages a home, corrected also for those who hold it or live there now."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    unit_id: UUID
    managed_by: Annotated[ManagedBy, Field(title="Managed by")]
    manager: Annotated[PartyId | None, Field(title="Property entity")] = None
    """The property entity that does, by its id; where none is named, the usual one."""
    reason: Annotated[Remark, Field(title="Why", min_length=1)]


class ProlongHold(BaseModel):
    """Staff give a hold more time."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    request_id: UUID
    version: Annotated[int, Field(ge=1)]
    last_day: Annotated[HoldDay, Field(title="Held until")]


@use_case(DECIDE_HOLDS, undoable=True)
async def release_hold(tx: Tx, command: ReleaseHold) -> None:
    """End a hold by the inventory's own decision, with the reason recorded here only.

    Raises NotHeld, MonitoringRefused, ReasonAboutServices, NotFound.
    """
    await require_reason(tx, Place.HOLD, "remark", command.remark)
    hold = await _hold_for_staff(tx, command.request_id, command.version)
    hold.remark = command.remark
    await act(tx, hold.request_id, hold.unit_id, Fact.INVENTORY_DECIDED)


@use_case(DECIDE_HOLDS, undoable=True)
async def prolong_hold(tx: Tx, command: ProlongHold) -> datetime:
    """Give a hold more time and return its new deadline. Raises NotHeld, NotFound, DeadlineNotLater."""
    hold = await _hold_for_staff(tx, command.request_id, command.version)
    terms, zone = hold_terms(tx), tx.runtime.time_zone
    deadline = end_of_day(command.last_day, zone)
    latest = hold.asked_at.astimezone(zone).date() + timedelta(days=terms.most_days)
    if hold.deadline is None or deadline <= hold.deadline or command.last_day > latest:
        earliest = (hold.deadline or tx.now).astimezone(zone).date() - timedelta(days=1)
        raise DeadlineNotLater(field="last_day", earliest=earliest, latest=latest)
    tx.touched("hold", hold.request_id, "prolonged", {"deadline": (hold.deadline, deadline)})
    hold.deadline, hold.ending_announced_at = deadline, None
    set_timers(tx, hold.request_id, deadline, terms)
    # The new deadline is published the way the first was.
    await publish_secured(tx, hold, deadline)
    return deadline


@use_case(DECIDE_HOLDS, undoable=True)
async def correct_manager(tx: Tx, command: CorrectManager) -> None:
    """Correct, with the reason, who manages a home that is held or lived in; inform the parties of the hold.

    The property entity that no longer manages a held home learns that its part of the hold has ended; entry
    that was asked of one is given up. Raises ManagerUnchanged, InvalidInput, MonitoringRefused,
    ReasonAboutServices, NotFound.
    """
    faults = Faults()
    party = None
    with faults:
        await require_reason(tx, Place.HOLD, "reason", command.reason, unit_id=command.unit_id)
    unit = await require_unit(tx, command.unit_id)
    hold = await held(tx, unit.id)
    living = (
        await tx.session.scalars(
            select(Occupation)
            .where(Occupation.unit_id == unit.id, Occupation.ended_on.is_(None))
            .with_for_update()
        )
    ).all()
    begun = [one for one in (hold, *living) if one is not None]
    with faults:
        party = PropertyEntities.of(tx.runtime, tx.today).named(
            command.manager,
            wanted=command.managed_by is ManagedBy.PROPERTY_ENTITY,
            field="manager",
            stored=[one.manager for one in begun],
        )
    manager = Manager(command.managed_by, party)
    under = [one for one in begun if one.under != manager]
    if not under:
        faults.add(ManagerUnchanged(field="managed_by"))
    faults.refuse()
    changes = {
        "managed_by": (under[0].managed_by, manager.managed_by.value),
        "manager": (under[0].manager, manager.party),
        "reason": (None, command.reason),
    }
    tx.touched("unit", unit.id, "manager_corrected", changes)
    if hold is not None and hold in under:
        tx.touched("hold", hold.request_id, "manager_corrected", changes)
        await _correct_hold(tx, hold, manager)
    for one in under:
        one.managed_by, one.manager = manager
    await tx.session.flush()
    await ask_another(tx, unit.id)


async def _correct_hold(tx: Tx, hold: Hold, manager: Manager) -> None:
    """Let a hold stand under another manager, and inform each of its parties of its own part."""
    former = hold.manager
    hold.managed_by, hold.manager = manager
    managed = {*hold.former_managers, *filter(None, [former])}
    hold.former_managers = sorted(managed - {manager.party})
    if former is not None and former != manager.party:
        await publish_released(tx, hold, Release.INVENTORY_DECISION, (former,))
    if hold.deadline is not None:
        await publish_secured(tx, hold, hold.deadline)


async def _hold_for_staff(tx: Tx, request_id: UUID, version: int) -> Hold:
    unit_id = await tx.scalar(select(Hold.unit_id).where(Hold.request_id == request_id))
    if unit_id is None or await lock_unit(tx, unit_id) is None:
        raise NotFound(what="hold")
    hold = (
        await tx.execute(select(Hold).where(Hold.request_id == request_id).with_for_update())
    ).scalar_one()
    if hold.state is not HoldState.HELD or hold.version != version:
        raise NotHeld
    return hold
