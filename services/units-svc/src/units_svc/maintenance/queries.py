"""Reading work on homes: lists with filters, what is overdue, what it cost (U7)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, cast
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from chassis.errors import NotFound
from chassis.paging import CountedPage, Paging
from chassis.tx import ReadTx
from chassis.usecase import query
from trade.ranges import in_order
from units_svc.edits import Edit, edits_of
from units_svc.inventory.feature import VIEW_UNITS
from units_svc.inventory.model import Building, Occupancy, Unit
from units_svc.maintenance.model import (
    LIVED_IN,
    Contractor,
    EntryPurpose,
    EntryRequest,
    EntryStatus,
    MaintenanceWork,
    Refusal,
    Withdrawal,
)
from units_svc.publishing import lived_in_under
from units_svc.tables import views

PAGE = 100
_NEWEST_FIRST = Paging(MaintenanceWork.id.desc())


class WorkFilter(BaseModel):
    """What work is looked for; everything holds at once."""

    model_config = ConfigDict(frozen=True)

    unit_id: UUID | None = None
    type: Annotated[str | None, Field(title="Type of work")] = None
    words: Annotated[str | None, Field(title="Words in description or comments", max_length=100)] = None
    contractor_id: Annotated[UUID | None, Field(title="Contractor")] = None
    company_name: Annotated[str | None, Field(title="Company name", max_length=120)] = None
    entry: Annotated[EntryStatus | None, Field(title="Entry")] = None
    state: Annotated[str | None, Field(title="State", pattern=r"^(open|overdue|completed)$")] = None
    scheduled_from: Annotated[date | None, Field(title="Scheduled from")] = None
    scheduled_to: Annotated[date | None, Field(title="Scheduled to")] = None
    done_from: Annotated[date | None, Field(title="Done from")] = None
    done_to: Annotated[date | None, Field(title="Done to")] = None
    cost_from: Annotated[Decimal | None, Field(title="Cost, at least", ge=0)] = None
    cost_to: Annotated[Decimal | None, Field(title="Cost, at most", ge=0)] = None

    _scheduled_in_order = in_order("scheduled_from", "scheduled_to")
    _done_in_order = in_order("done_from", "done_to")
    _cost_in_order = in_order("cost_from", "cost_to")
    after: str | None = None


@dataclass(frozen=True, slots=True)
class WorkView:
    """A piece of work with where it is."""

    id: UUID
    unit_id: UUID
    street: str
    unit_number: str | None
    type: str
    description: str
    contractor_id: UUID | None
    contractor: str | None
    company_name: str | None
    needs_entry: bool
    scheduled_start: date | None
    scheduled_end: date | None
    agreed_on: date | None
    actual_start: date | None
    actual_end: date | None
    completed: bool
    scheduled_cost: Decimal | None
    actual_cost: Decimal | None
    currency: str
    comments: str | None
    finding_id: UUID | None
    reported_at: datetime
    reported_by: str
    version: int
    entry: EntryStatus | None
    entry_starts_at: datetime | None
    entry_ends_at: datetime | None
    entry_from: datetime | None
    entry_refusal: Refusal | None
    occupancy: Occupancy
    gives_notice: str | None
    """The property entity under which somebody lives there, which gives the notices."""

    def overdue(self, today: date) -> bool:
        """Whether it should have been done by now: its last scheduled day, or else its first, has passed."""
        due = self.scheduled_end or self.scheduled_start
        return not self.completed and due is not None and due < today

    @property
    def asks_entry(self) -> bool:
        """Whether the property entity has to be asked before somebody's home is entered for it."""
        return (
            self.needs_entry
            and not self.completed
            and self.occupancy in LIVED_IN
            and self.gives_notice is not None
        )


@dataclass(frozen=True, slots=True)
class EntryView:
    """One window that was asked for, with what became of it."""

    id: UUID
    party: str
    purpose: EntryPurpose
    starts_at: datetime
    ends_at: datetime
    status: EntryStatus
    asked_at: datetime
    asked_by: str
    answered_at: datetime | None
    entry_from: datetime | None
    refusal: Refusal | None
    withdrawal: Withdrawal | None
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class WorkPage(CountedPage[WorkView]):
    """A page of work, with how much all of it costs."""

    items: list[WorkView]
    scheduled_cost: Decimal
    actual_cost: Decimal


@dataclass(frozen=True, slots=True)
class ContractorView:
    """A contractor."""

    id: UUID
    name: str
    trade: str | None
    phone: str | None
    email: str | None
    comments: str | None
    active: bool
    version: int


def _works() -> Select[*tuple[Any, ...]]:
    return (
        select(
            MaintenanceWork.id, MaintenanceWork.unit_id, Building.street, Unit.unit_number,
            MaintenanceWork.type, MaintenanceWork.description, MaintenanceWork.contractor_id, Contractor.name,
            MaintenanceWork.company_name, MaintenanceWork.needs_entry, MaintenanceWork.scheduled_start,
            MaintenanceWork.scheduled_end, MaintenanceWork.agreed_on, MaintenanceWork.actual_start,
            MaintenanceWork.actual_end, MaintenanceWork.completed, MaintenanceWork.scheduled_cost,
            MaintenanceWork.actual_cost, MaintenanceWork.currency, MaintenanceWork.comments,
            MaintenanceWork.finding_id, MaintenanceWork.reported_at, MaintenanceWork.reported_by,
            MaintenanceWork.version, EntryRequest.status, EntryRequest.starts_at, EntryRequest.ends_at,
            EntryRequest.entry_from, EntryRequest.refusal, Unit.occupancy,
            lived_in_under(Unit.id),
        )
        .join(Unit, Unit.id == MaintenanceWork.unit_id)
        .join(Building, Building.id == Unit.building_id)
        .outerjoin(
            EntryRequest,
            and_(
                EntryRequest.work_id == MaintenanceWork.id, EntryRequest.status != EntryStatus.WITHDRAWN
            ),
        )
        .outerjoin(Contractor, Contractor.id == MaintenanceWork.contractor_id)
    )  # fmt: skip


def _wanted(filters: WorkFilter, today: date) -> list[ColumnElement[bool]]:
    work = MaintenanceWork
    done = func.coalesce(work.actual_end, work.actual_start)
    cost = func.coalesce(work.actual_cost, work.scheduled_cost)
    asked: list[tuple[Any, Callable[[Any], ColumnElement[bool]]]] = [
        (filters.unit_id, work.unit_id.__eq__),
        (filters.type, work.type.__eq__),
        (filters.contractor_id, work.contractor_id.__eq__),
        (filters.scheduled_from, work.scheduled_start.__ge__),
        (filters.scheduled_to, work.scheduled_start.__le__),
        (filters.done_from, done.__ge__),
        (filters.done_to, done.__le__),
        (filters.cost_from, cost.__ge__),
        (filters.cost_to, cost.__le__),
        (filters.entry, _by_entry),
        (filters.company_name, _by_company),
        (filters.state, lambda state: work.completed.is_(state == "completed")),
    ]
    found = [rule(value) for value, rule in asked if value is not None]
    if filters.state == "overdue":
        found.append(func.coalesce(work.scheduled_end, work.scheduled_start) < today)
    words = (filters.words or "").split()[:6]
    found.extend(or_(_holds(work.description, word), _holds(work.comments, word)) for word in words)
    return found


def _by_entry(status: EntryStatus) -> ColumnElement[bool]:
    return MaintenanceWork.id.in_(select(EntryRequest.work_id).where(EntryRequest.status == status))


def _by_company(name: str) -> ColumnElement[bool]:
    listed = select(Contractor.id).where(_holds(Contractor.name, name))
    return or_(_holds(MaintenanceWork.company_name, name), MaintenanceWork.contractor_id.in_(listed))


def _holds(column: Any, word: str) -> ColumnElement[bool]:
    return cast("ColumnElement[bool]", column.icontains(word.strip(), autoescape=True))


@query(VIEW_UNITS)
async def work_list(tx: ReadTx, filters: WorkFilter, limit: int = PAGE) -> WorkPage:
    """Work that a filter wants, newest first, with its cost in all (U7)."""
    wanted = _wanted(filters, tx.today)
    statement = _works().where(*wanted)
    page = await _NEWEST_FIRST.page(tx, statement, WorkView, after=filters.after, limit=limit)
    totals = (
        await tx.execute(
            select(
                func.coalesce(func.sum(MaintenanceWork.scheduled_cost), 0).label("scheduled"),
                func.coalesce(func.sum(MaintenanceWork.actual_cost), 0).label("actual"),
                func.count().label("works"),
            ).where(*wanted)
        )
    ).one()
    return WorkPage(page.items, page.next, totals.works, Decimal(totals.scheduled), Decimal(totals.actual))


@query(VIEW_UNITS)
async def work_record(tx: ReadTx, work_id: UUID) -> WorkView:
    """One piece of work. Raises NotFound."""
    found = views(WorkView, await tx.execute(_works().where(MaintenanceWork.id == work_id)))
    if not found:
        raise NotFound(what="work")
    return found[0]


@query(VIEW_UNITS)
async def entries_of(tx: ReadTx, work_id: UUID) -> list[EntryView]:
    """Every window that was asked for one piece of work, newest first."""
    rows = await tx.execute(
        select(
            EntryRequest.id, EntryRequest.party, EntryRequest.purpose, EntryRequest.starts_at,
            EntryRequest.ends_at, EntryRequest.status, EntryRequest.asked_at, EntryRequest.asked_by,
            EntryRequest.answered_at, EntryRequest.entry_from, EntryRequest.refusal,
            EntryRequest.withdrawal, EntryRequest.withdrawn_at,
        ).where(EntryRequest.work_id == work_id).order_by(EntryRequest.id.desc())
    )  # fmt: skip
    return views(EntryView, rows)


@query(VIEW_UNITS)
async def contractor_list(tx: ReadTx) -> list[ContractorView]:
    """Contractors by name, those who aren't active last."""
    rows = await tx.execute(
        select(
            Contractor.id, Contractor.name, Contractor.trade, Contractor.phone, Contractor.email,
            Contractor.comments, Contractor.active, Contractor.version,
        ).order_by(Contractor.active.desc(), Contractor.name_key)
    )  # fmt: skip
    return views(ContractorView, rows)


@query(VIEW_UNITS)
async def contractor_history(tx: ReadTx, contractor_id: UUID) -> list[Edit]:
    """Who changed what of a contractor, newest first (X3)."""
    return await edits_of(tx, "contractor", contractor_id)


@query(VIEW_UNITS)
async def contractor_record(tx: ReadTx, contractor_id: UUID) -> ContractorView:
    """One contractor. Raises NotFound."""
    for contractor in await contractor_list(tx):
        if contractor.id == contractor_id:
            return contractor
    raise NotFound(what="contractor")
