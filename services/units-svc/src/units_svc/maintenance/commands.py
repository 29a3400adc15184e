"""Recording work on homes and keeping the list of contractors (U7)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import select

from chassis.errors import EditedMeanwhile, Faults, InvalidInput, NotFound
from chassis.ids import new_id
from chassis.usecase import use_case
from trade.contact import Email, Name, Phone
from trade.dates import PastDay, WorkDay
from trade.letters import folded
from units_svc.inventory.feature import EDIT_UNITS
from units_svc.inventory.model import DayInFuture, Unit
from units_svc.lookups.queries import require_listed
from units_svc.maintenance.entry_requests import Days, give_up_entry, require_entry
from units_svc.maintenance.feature import MAINTENANCE_TYPE
from units_svc.maintenance.model import (
    Contractor,
    ContractorKnown,
    DaysReversed,
    MaintenanceWork,
    NotYetDone,
    Withdrawal,
)
from units_svc.privacy.commands import require_private
from units_svc.privacy.model import Place

if TYPE_CHECKING:
    from chassis.tx import Tx

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]
Cost = Annotated[Decimal, Field(ge=0, max_digits=9, decimal_places=2)]


class Work(BaseModel):
    """What is known of a piece of work."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Annotated[str, Field(title="Type of work", min_length=1, max_length=60)]
    description: Annotated[Text, Field(title="Description", min_length=1)]
    contractor_id: Annotated[UUID | None, Field(title="Contractor")] = None
    company_name: Annotated[Name | None, Field(title="Company name")] = None
    needs_entry: Annotated[bool, Field(title="Somebody has to go into the unit")] = True
    scheduled_start: Annotated[WorkDay | None, Field(title="Scheduled start")] = None
    scheduled_end: Annotated[WorkDay | None, Field(title="Scheduled end")] = None
    agreed_on: Annotated[PastDay | None, Field(title="The occupant agreed to entry on")] = None
    actual_start: Annotated[PastDay | None, Field(title="Actual start")] = None
    actual_end: Annotated[PastDay | None, Field(title="Actual end")] = None
    completed: Annotated[bool, Field(title="Completed")] = False
    scheduled_cost: Annotated[Cost | None, Field(title="Scheduled cost")] = None
    actual_cost: Annotated[Cost | None, Field(title="Actual cost")] = None
    comments: Annotated[Text | None, Field(title="Comments")] = None


class AddWork(Work):
    """New work on a home, perhaps because of a finding of an inspection."""

    unit_id: UUID
    finding_id: UUID | None = None


class EditWork(Work):
    """What is known of a piece of work now."""

    work_id: UUID
    version: Annotated[int, Field(ge=1)]


class ContractorDetails(BaseModel):
    """What is known of a contractor."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[Name, Field(title="Name")]
    trade: Annotated[Name | None, Field(title="Trade")] = None
    phone: Annotated[Phone | None, Field(title="Phone")] = None
    email: Annotated[Email | None, Field(title="E-mail")] = None
    comments: Annotated[Text | None, Field(title="Comments")] = None


class AddContractor(ContractorDetails):
    """A new contractor."""


class EditContractor(ContractorDetails):
    """A correction of what is known of a contractor."""

    contractor_id: UUID
    version: Annotated[int, Field(ge=1)]
    active: Annotated[bool, Field(title="Active")] = True


@use_case(EDIT_UNITS)
async def add_work(tx: Tx, command: AddWork) -> UUID:
    """Record work on a home and return its id.

    Work in a home in which somebody lives is scheduled once entry was asked for and answered.
    Raises EntryNotAsked, DaysReversed, NotYetDone, DayInFuture, NotOnTheList, MonitoringRefused, NotFound.
    """
    faults = Faults()
    with faults:
        await _require_private(tx, command, command.unit_id)
    with faults:
        await require_listed(tx, [(MAINTENANCE_TYPE, command.type, "type")])
    with faults:
        await _check(tx, command, command.unit_id, None)
    faults.refuse()
    work = MaintenanceWork(
        id=new_id(),
        reported_at=tx.now,
        reported_by=tx.actor.name,
        currency="CAD",
        **command.model_dump(),
    )
    tx.session.add(work)
    tx.touched("maintenance_work", work.id, "added")
    tx.touched("unit", command.unit_id, "maintenance_added")
    return work.id


@use_case(EDIT_UNITS, undoable=True)
async def edit_work(tx: Tx, command: EditWork) -> None:
    """Correct or complete a piece of work. Raises EditedMeanwhile, and what `add_work` raises.

    Entry that was asked for is given up when the work is done or needs none.
    """
    faults = Faults()
    with faults:
        await _require_private(tx, command, None)
    work = await tx.session.get(MaintenanceWork, command.work_id, with_for_update=True)
    if work is None:
        raise NotFound(what="work")
    sent = command.model_dump(exclude={"work_id", "version"})
    changes = {n: (getattr(work, n), v) for n, v in sent.items() if getattr(work, n) != v}
    if work.version != command.version:
        raise EditedMeanwhile(current=work.version, difference=changes)
    with faults:
        await require_listed(tx, [(MAINTENANCE_TYPE, command.type, "type")], keep=[work.type])
    with faults:
        await _check(tx, command, work.unit_id, work)
    faults.refuse()
    for name, value in sent.items():
        setattr(work, name, value)
    if work.completed or not work.needs_entry:
        await give_up_entry(tx, work.id, Withdrawal.NO_LONGER_NEEDED)
    tx.touched("maintenance_work", work.id, "edited", changes)


@use_case(EDIT_UNITS)
async def add_contractor(tx: Tx, command: AddContractor) -> UUID:
    """Add a contractor and return the id. Raises ContractorKnown, MonitoringRefused."""
    faults = Faults()
    with faults:
        await _require_private_details(tx, command)
    with faults:
        await _require_new(tx, command, None)
    faults.refuse()
    contractor = Contractor(id=new_id(), **_values(command))
    tx.session.add(contractor)
    tx.touched("contractor", contractor.id, "added")
    return contractor.id


@use_case(EDIT_UNITS)
async def edit_contractor(tx: Tx, command: EditContractor) -> None:
    """Correct a contractor. Raises EditedMeanwhile, ContractorKnown, MonitoringRefused, NotFound."""
    faults = Faults()
    with faults:
        await _require_private_details(tx, command)
    contractor = await tx.session.get(Contractor, command.contractor_id, with_for_update=True)
    if contractor is None:
        raise NotFound(what="contractor")
    values = _values(command) | {"active": command.active}
    changes = {n: (getattr(contractor, n), v) for n, v in values.items() if getattr(contractor, n) != v}
    if contractor.version != command.version:
        raise EditedMeanwhile(current=contractor.version, difference=changes)
    with faults:
        await _require_new(tx, command, contractor.id)
    faults.refuse()
    for name, value in values.items():
        setattr(contractor, name, value)
    tx.touched("contractor", contractor.id, "edited", changes)


async def _check(tx: Tx, work: Work, unit_id: UUID, known: MaintenanceWork | None) -> None:
    faults = Faults()
    for first, last, field in (
        (work.scheduled_start, work.scheduled_end, "scheduled_end"),
        (work.actual_start, work.actual_end, "actual_end"),
    ):
        if first is not None and last is not None and last < first:
            faults.add(DaysReversed(field=field))
    for field in ("actual_start", "actual_end", "agreed_on"):
        day = getattr(work, field)
        if day is not None and day > tx.today:
            faults.add(DayInFuture(field=field))
    if work.completed and work.actual_end is None:
        faults.add(NotYetDone(field="actual_end"))
    if work.contractor_id is not None and await tx.session.get(Contractor, work.contractor_id) is None:
        faults.add(NotFound(what="contractor", field="contractor_id"))
    faults.refuse()
    if await tx.session.get(Unit, unit_id, with_for_update={"read": True}) is None:
        raise NotFound(what="unit")
    if work.scheduled_start is None or work.completed or not work.needs_entry:
        return
    days = (work.scheduled_start, work.scheduled_end)
    if known is None or not known.needs_entry or days != (known.scheduled_start, known.scheduled_end):
        await require_entry(tx, known.id if known else None, unit_id, Days(*days, work.agreed_on is not None))


async def _require_private(tx: Tx, work: Work, unit_id: UUID | None) -> None:
    texts = (
        ("description", work.description),
        ("company_name", work.company_name),
        ("comments", work.comments),
    )
    await require_private(tx, Place.MAINTENANCE, texts, unit_id=unit_id)


async def _require_private_details(tx: Tx, details: ContractorDetails) -> None:
    texts = [(name, getattr(details, name)) for name in ("name", "trade", "comments")]
    await require_private(tx, Place.CONTRACTOR, texts)


async def _require_new(tx: Tx, details: ContractorDetails, own: UUID | None) -> None:
    key = folded(details.name)
    if not key:
        raise InvalidInput(field="name", rule="Enter a name with letters or digits.")
    found = await tx.scalar(select(Contractor.id).where(Contractor.name_key == key))
    if found is not None and found != own:
        raise ContractorKnown(field="name", name=details.name)


def _values(details: ContractorDetails) -> dict[str, Any]:
    names = ("name", "trade", "phone", "email")
    return {name: getattr(details, name) for name in names} | {
        "name_key": folded(details.name),
        "comments": details.comments or None,
    }
