"""What staff record of a home's use, and taking it off the list and putting it back (U4, U9)."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import FromClause, case, cast, false, func, insert, literal, null, select

from chassis.errors import Faults, InvalidInput, NotFound
from chassis.ids import new_id
from chassis.usecase import use_case
from trade.dates import AvailableDay, PastDay
from units_svc.holds.availability import require_unit, update_occupancy
from units_svc.holds.model import Remark
from units_svc.holds.occupations import NotFreeForThat, Occupation, OccupationKind
from units_svc.holds.outcomes import release_for_withdrawal, vacate
from units_svc.inventory.feature import EDIT_UNITS
from units_svc.inventory.listing import put_on_list, take_off_list
from units_svc.inventory.model import Cause, DayInFuture, Occupancy, Unit
from units_svc.landlords.model import managed_by_relation
from units_svc.privacy.commands import require_private
from units_svc.privacy.model import Place

if TYPE_CHECKING:
    from chassis.tx import Tx

_FIRST_USES = {
    Occupancy.OCCUPIED_BY_OTHER: OccupationKind.OTHER_HOUSEHOLD,
    Occupancy.NOTICE_GIVEN: OccupationKind.OTHER_HOUSEHOLD,
    Occupancy.TEMPORARILY_UNAVAILABLE: OccupationKind.OUT_OF_USE,
}
"""Why a home isn't free, by the occupancy with which it's first known."""
_BY_STAFF = frozenset(_FIRST_USES.values())
_USE = tuple(
    Occupation.__table__.c[name]
    for name in ("id", "unit_id", "kind", "managed_by", "manager", "began_on", "free_from", "remark")
)


class UseBegan(StrEnum):
    """What staff can record about a home's use."""

    OTHER_HOUSEHOLD = "other_household"
    OUT_OF_USE = "out_of_use"


class RecordUse(BaseModel):
    """Somebody who isn't a client lives in a home, or it can't be used for a time."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    unit_id: UUID
    kind: Annotated[UseBegan, Field(title="What began")]
    began_on: Annotated[PastDay, Field(title="Since")]
    free_from: Annotated[AvailableDay | None, Field(title="Expected to be free from")] = None
    remark: Annotated[Remark | None, Field(title="Remark")] = None


class EndUse(BaseModel):
    """A use that staff recorded has ended, or will."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    unit_id: UUID
    occupation_id: UUID
    last_day: Annotated[AvailableDay, Field(title="Last day")]


class ChangeListing(BaseModel):
    """Take a home off the list, or put it back."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    unit_id: UUID


@use_case(EDIT_UNITS, undoable=True)
async def record_use(tx: Tx, command: RecordUse) -> UUID:
    """Record that a home isn't free for a reason of its own; its occupancy follows. Return the occupation.

    Raises NotFreeForThat while a hold or a tenancy decides, DayInFuture, NotFound.
    """
    await require_private(tx, Place.USE, [("remark", command.remark)], unit_id=command.unit_id)
    unit = await require_unit(tx, command.unit_id)
    faults = Faults()
    if command.began_on > tx.today:
        faults.add(DayInFuture(field="began_on"))
    if command.free_from is not None and command.free_from <= command.began_on:
        faults.add(InvalidInput(field="free_from", rule="Choose a day after the day on which it began."))
    faults.refuse()
    if unit.occupancy is not Occupancy.AVAILABLE:
        raise NotFreeForThat
    identity = new_id()
    known = (
        identity,
        unit.id,
        OccupationKind(command.kind.value),
        *unit.manager,
        command.began_on,
        command.free_from,
        command.remark or None,
    )
    use = select(*(cast(value, one.type).label(one.name) for one, value in zip(_USE, known, strict=True)))
    await _add_uses(tx, use.subquery("uses"), by=tx.actor.name)
    await update_occupancy(tx, unit, Cause.OCCUPATION, identity)
    tx.touched("unit", unit.id, command.kind.value)
    return identity


async def record_first_uses(tx: Tx, homes: FromClause, *, by: str) -> None:
    """Record why the new homes of a list aren't free, as far as they aren't (U4).

    `homes` has id, occupancy, available_from and the landlord's relation and party.
    """
    kind = case(
        *((homes.c.occupancy == one, literal(its, Occupation.kind.type)) for one, its in _FIRST_USES.items())
    )
    uses = select(
        func.uuidv7().label("id"),
        homes.c.id.label("unit_id"),
        kind.label("kind"),
        managed_by_relation(homes.c.relation).label("managed_by"),
        homes.c.party.label("manager"),
        literal(tx.today).label("began_on"),
        homes.c.available_from.label("free_from"),
        null().label("remark"),
    ).where(homes.c.occupancy.in_(_FIRST_USES))
    await _add_uses(tx, uses.subquery("uses"), by=by)


async def _add_uses(tx: Tx, uses: FromClause, *, by: str) -> None:
    """Add occupations that staff know of, each a fact of its own."""
    names = [*(one.name for one in _USE), "reference", "by_client", "noted_at", "noted_by"]
    added = select(
        *(uses.c[one.name] for one in _USE),
        uses.c.id,
        false(),
        literal(tx.now, Occupation.noted_at.type),
        literal(by),
    )
    await tx.execute(insert(Occupation).from_select(names, added))


@use_case(EDIT_UNITS, undoable=True)
async def end_use(tx: Tx, command: EndUse) -> None:
    """End a use that staff recorded; the home is free on the day after. Raises NotFound, NotFreeForThat."""
    unit = await require_unit(tx, command.unit_id)
    occupation = await tx.session.get(Occupation, command.occupation_id)
    if occupation is None or occupation.unit_id != unit.id:
        raise NotFound(what="use")
    if occupation.kind not in _BY_STAFF or occupation.ended_on is not None:
        raise NotFreeForThat
    if command.last_day < occupation.began_on:
        raise InvalidInput(field="last_day", rule="Choose a day after the day on which it began.")
    await vacate(tx, unit, occupation, command.last_day)
    tx.touched("unit", unit.id, f"{occupation.kind.value}_ended")


@use_case(EDIT_UNITS, undoable=True)
async def withdraw_unit(tx: Tx, command: ChangeListing) -> None:
    """Take a home off the list: nobody is shown it any more, and the request that holds it ends (U3, U9)."""
    locked = await require_unit(tx, command.unit_id)
    unit = await tx.session.get_one(Unit, locked.id, populate_existing=True)
    if not unit.active:
        return
    await release_for_withdrawal(tx, locked)
    await tx.session.refresh(unit)
    take_off_list(tx, unit)


@use_case(EDIT_UNITS, undoable=True)
async def list_unit_again(tx: Tx, command: ChangeListing) -> None:
    """Put a home back on the list and publish it (U3)."""
    locked = await require_unit(tx, command.unit_id)
    unit = await tx.session.get_one(Unit, locked.id, populate_existing=True)
    if unit.active:
        return
    await put_on_list(tx, unit)
