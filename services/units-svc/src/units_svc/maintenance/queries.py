"""Reading work on homes: lists with filters, what is overdue, what it cost (U7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, Select, func, select

from chassis.errors import NotFound
from chassis.tx import ReadTx
from chassis.usecase import query
from units_svc.access import Permission
from units_svc.inventory.model import Building, Unit
from units_svc.maintenance.model import Contractor, MaintenanceWork
from units_svc.tables import views

PAGE = 100


class WorkFilter(BaseModel):
    """What work is looked for; everything holds at once."""

    model_config = ConfigDict(frozen=True)

    unit_id: UUID | None = None
    type: Annotated[str | None, Field(title="Type of work")] = None
    contractor_id: Annotated[UUID | None, Field(title="Contractor")] = None
    state: Annotated[str | None, Field(title="State", pattern=r"^(open|overdue|completed)$")] = None
    scheduled_from: Annotated[date | None, Field(title="Scheduled from")] = None
    scheduled_to: Annotated[date | None, Field(title="Scheduled to")] = None
    cost_from: Annotated[Decimal | None, Field(title="Cost, at least", ge=0)] = None
    after: UUID | None = None


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

    def overdue(self, today: date) -> bool:
        """Whether it should have been done by now."""
        return not self.completed and self.scheduled_end is not None and self.scheduled_end < today


@dataclass(frozen=True, slots=True)
class WorkPage:
    """A page of work, how much it costs in all, and where the next page begins."""

    items: list[WorkView]
    scheduled_cost: Decimal
    actual_cost: Decimal
    count: int
    next: UUID | None


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
            MaintenanceWork.version,
        )
        .join(Unit, Unit.id == MaintenanceWork.unit_id)
        .join(Building, Building.id == Unit.building_id)
        .outerjoin(Contractor, Contractor.id == MaintenanceWork.contractor_id)
    )  # fmt: skip


def _wanted(filters: WorkFilter, today: date) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for column, value in (
        (MaintenanceWork.unit_id, filters.unit_id),
        (MaintenanceWork.type, filters.type),
        (MaintenanceWork.contractor_id, filters.contractor_id),
    ):
        if value is not None:
            found.append(column == value)
    if filters.state == "completed":
        found.append(MaintenanceWork.completed.is_(True))
    elif filters.state is not None:
        found.append(MaintenanceWork.completed.is_(False))
    if filters.state == "overdue":
        found.append(MaintenanceWork.scheduled_end < today)
    if filters.scheduled_from is not None:
        found.append(MaintenanceWork.scheduled_start >= filters.scheduled_from)
    if filters.scheduled_to is not None:
        found.append(MaintenanceWork.scheduled_start <= filters.scheduled_to)
    if filters.cost_from is not None:
        cost = func.coalesce(MaintenanceWork.actual_cost, MaintenanceWork.scheduled_cost)
        found.append(cost >= filters.cost_from)
    return found


@query(Permission.VIEW_UNITS)
async def work_list(tx: ReadTx, filters: WorkFilter, limit: int = PAGE) -> WorkPage:
    """Work that a filter wants, newest first, with its cost in all (U7)."""
    wanted = _wanted(filters, tx.today)
    page = _works().where(*wanted)
    if filters.after is not None:
        page = page.where(MaintenanceWork.id < filters.after)
    found = views(WorkView, await tx.execute(page.order_by(MaintenanceWork.id.desc()).limit(limit + 1)))
    totals = (
        await tx.execute(
            select(
                func.coalesce(func.sum(MaintenanceWork.scheduled_cost), 0).label("scheduled"),
                func.coalesce(func.sum(MaintenanceWork.actual_cost), 0).label("actual"),
                func.count().label("works"),
            ).where(*wanted)
        )
    ).one()
    more = found[limit - 1].id if len(found) > limit else None
    return WorkPage(found[:limit], Decimal(totals.scheduled), Decimal(totals.actual), totals.works, more)


@query(Permission.VIEW_UNITS)
async def work_record(tx: ReadTx, work_id: UUID) -> WorkView:
    """One piece of work. Raises NotFound."""
    found = views(WorkView, await tx.execute(_works().where(MaintenanceWork.id == work_id)))
    if not found:
        raise NotFound(what="work")
    return found[0]


@query(Permission.VIEW_UNITS)
async def contractor_list(tx: ReadTx) -> list[ContractorView]:
    """Contractors by name, those who aren't active last."""
    rows = await tx.execute(
        select(
            Contractor.id, Contractor.name, Contractor.trade, Contractor.phone, Contractor.email,
            Contractor.comments, Contractor.active, Contractor.version,
        ).order_by(Contractor.active.desc(), Contractor.name_key)
    )  # fmt: skip
    return views(ContractorView, rows)


@query(Permission.VIEW_UNITS)
async def contractor_record(tx: ReadTx, contractor_id: UUID) -> ContractorView:
    """One contractor. Raises NotFound."""
    for contractor in await contractor_list(tx):
        if contractor.id == contractor_id:
            return contractor
    raise NotFound(what="contractor")
