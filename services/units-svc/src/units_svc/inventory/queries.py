"""Reading homes: the list, one record, its history (U1, U2, U3, U4, X3)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from chassis.errors import NotFound
from chassis.paging import CountedPage
from chassis.tx import ReadTx
from chassis.usecase import query
from units_svc.edits import Edit, edits_of
from units_svc.inventory.facts import OF_BUILDING, KnownFacts, ListedFacts
from units_svc.inventory.feature import VIEW_UNITS
from units_svc.inventory.index import FOLLOWER
from units_svc.inventory.model import (
    Building,
    Cause,
    Occupancy,
    OccupancyChange,
    Rent,
    StatusObservation,
    Unit,
)
from units_svc.inventory.searching import MOST, PAGE, Order, UnitFilter, find
from units_svc.landlords.model import Landlord, Manager, Relation, manager_by
from units_svc.tables import views

BATCH = 2_000
"""Homes that are read at once for a file."""


@dataclass(frozen=True, slots=True)
class UnitRow(ListedFacts):
    """A home as a line of a list."""

    id: UUID
    building_name: str | None
    street: str
    unit_number: str | None
    city: str
    province: str
    postal_code: str | None
    region: str | None
    housing_type: str
    status: str
    occupancy: Occupancy
    available_from: date | None
    rent_amount: Decimal | None
    rent_currency: str
    landlord: str | None
    party: str | None
    """The property entity that manages it."""
    active: bool
    listing_version: int


@dataclass(frozen=True, slots=True)
class UnitPage(CountedPage[UnitRow]):
    """A page of homes that also says where the page before it begins (None at the beginning)."""

    items: list[UnitRow]
    previous: str | None


@dataclass(frozen=True, slots=True)
class UnitRecord(KnownFacts):
    """Everything that is known of a home now."""

    id: UUID
    version: int
    building_id: UUID
    building_name: str | None
    street: str
    unit_number: str | None
    city: str
    province: str
    country: str
    postal_code: str | None
    postal_area: str | None
    latitude: Decimal | None
    longitude: Decimal | None
    region: str | None
    homes_in_building: int
    housing_type: str
    status: str
    status_observed_on: date
    occupancy: Occupancy
    available_from: date | None
    landlord_id: UUID | None
    landlord: str | None
    relation: Relation | None
    party: str | None
    """The property entity that the landlord is, or manages homes for."""
    service_provider: str | None
    features: list[str]
    active: bool
    rent_amount: Decimal | None
    rent_currency: str
    comments: str | None
    listing_version: int
    source: str | None

    @property
    def manager(self) -> Manager:
        """Who manages the home, by its landlord on record: draws up the lease and takes a referral."""
        return manager_by(self.relation, self.party)


@dataclass(frozen=True, slots=True)
class Observation:
    """A condition that was seen."""

    id: UUID
    status: str
    observed_on: date
    remark: str | None
    noted_at: datetime
    noted_by: str


@dataclass(frozen=True, slots=True)
class RentView:
    """A rent from a day on."""

    id: UUID
    amount: Decimal
    currency: str
    begins_on: date
    noted_at: datetime
    noted_by: str
    cancelled_at: datetime | None
    cancelled_by: str | None
    cancelled_why: str | None


@dataclass(frozen=True, slots=True)
class ChangeOfOccupancy:
    """A change of occupancy and the record that caused it."""

    id: UUID
    occupancy: Occupancy
    available_from: date | None
    cause: Cause
    cause_id: UUID
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True, slots=True)
class UnitHistory:
    """What happened to a home, newest first."""

    observations: list[Observation]
    rents: list[RentView]
    occupancy: list[ChangeOfOccupancy]
    edits: list[Edit]


_OF_OTHERS: dict[str, Any] = {
    "building_name": Building.name,
    "landlord": Landlord.name,
    "relation": Landlord.relation,
    "party": Landlord.party,
    **{fact.name: getattr(Building, fact.column) for fact in OF_BUILDING},
}
"""Fields of a view that aren't columns of the home, nor of its building by the same name."""


def _columns(view: type[UnitRow | UnitRecord], **counted: Any) -> list[Any]:
    """Return the columns that fill the fields of a view, in their order."""
    known = _OF_OTHERS | counted
    return [
        known[name] if name in known else getattr(Unit if hasattr(Unit, name) else Building, name)
        for name in (field.name for field in fields(view))
    ]


def _rows() -> Select[*tuple[Any, ...]]:
    return (
        select(*_columns(UnitRow))
        .join(Building, Building.id == Unit.building_id)
        .outerjoin(Landlord, Landlord.id == Unit.landlord_id)
    )


async def _in_order(tx: ReadTx, ids: list[UUID]) -> list[UnitRow]:
    found = {row.id: row for row in views(UnitRow, await tx.execute(_rows().where(Unit.id.in_(ids))))}
    return [found[identity] for identity in ids if identity in found]


@query(VIEW_UNITS)
async def unit_list(
    tx: ReadTx,
    filters: UnitFilter,
    *,
    order: Order = Order.ADDRESS,
    after: str | None = None,
    before: str | None = None,
    limit: int = PAGE,
) -> UnitPage:
    """One page of the homes that a filter wants, up to 200, and how many there are in all (U1).

    Raises InvalidInput for a position that isn't one.
    """
    index = await FOLLOWER.current(tx.runtime.database)
    limit = max(1, min(limit, MOST))
    found = find(index, filters, order, after=after, before=before, limit=limit)
    return UnitPage(await _in_order(tx, found.ids), found.next, found.count, found.previous)


@query(VIEW_UNITS)
async def unit_batch(tx: ReadTx, filters: UnitFilter, *, after: str | None = None) -> UnitPage:
    """A long page of the homes that a filter wants, by address, for a file of any length."""
    index = await FOLLOWER.current(tx.runtime.database)
    found = find(index, filters, Order.ADDRESS, after=after, limit=BATCH)
    return UnitPage(await _in_order(tx, found.ids), found.next, found.count, found.previous)


async def all_units(
    ask: Callable[..., Awaitable[UnitPage]], filters: UnitFilter
) -> AsyncIterator[list[UnitRow]]:
    """Return all homes that a filter wants, some at a time. `ask` runs a query in the caller's name.

    What refuses the first of them is raised at once, before a file is begun.
    """
    first = await ask(unit_batch, filters)

    async def batches() -> AsyncIterator[list[UnitRow]]:
        page = first
        yield page.items
        while page.next is not None:
            page = await ask(unit_batch, filters, after=page.next)
            yield page.items

    return batches()


@query(VIEW_UNITS)
async def unit_record(tx: ReadTx, unit_id: UUID) -> UnitRecord:
    """One home with its building and landlord. Raises NotFound."""
    homes = (
        select(func.count())
        .select_from(Unit)
        .where(Unit.building_id == Building.id)
        .correlate(Building)
        .scalar_subquery()
    )
    found = (
        await tx.execute(
            select(*_columns(UnitRecord, homes_in_building=homes))
            .join(Building, Building.id == Unit.building_id)
            .outerjoin(Landlord, Landlord.id == Unit.landlord_id)
            .where(Unit.id == unit_id)
        )
    ).one_or_none()
    if found is None:
        raise NotFound(what="unit")
    return views(UnitRecord, [found])[0]


@query(VIEW_UNITS)
async def unit_history(tx: ReadTx, unit_id: UUID) -> UnitHistory:
    """What happened to a home: conditions seen, rents, occupancy with its causes, edits (U3, U4, X3)."""
    observations = select(
        StatusObservation.id, StatusObservation.status, StatusObservation.observed_on,
        StatusObservation.remark, StatusObservation.noted_at, StatusObservation.noted_by,
    ).where(StatusObservation.unit_id == unit_id)  # fmt: skip
    rents = select(
        Rent.id, Rent.amount, Rent.currency, Rent.begins_on, Rent.noted_at, Rent.noted_by, Rent.cancelled_at,
        Rent.cancelled_by, Rent.cancelled_why,
    ).where(Rent.unit_id == unit_id)  # fmt: skip
    changes = select(
        OccupancyChange.id, OccupancyChange.occupancy, OccupancyChange.available_from, OccupancyChange.cause,
        OccupancyChange.cause_id, OccupancyChange.changed_at, OccupancyChange.changed_by,
    ).where(OccupancyChange.unit_id == unit_id)  # fmt: skip
    return UnitHistory(
        observations=views(
            Observation,
            await tx.execute(
                observations.order_by(
                    StatusObservation.observed_on.desc(), StatusObservation.id.desc()
                ).limit(200)
            ),
        ),
        rents=views(
            RentView, await tx.execute(rents.order_by(Rent.begins_on.desc(), Rent.noted_at.desc()).limit(200))
        ),
        occupancy=views(
            ChangeOfOccupancy, await tx.execute(changes.order_by(OccupancyChange.id.desc()).limit(200))
        ),
        edits=await edits_of(tx, "unit", unit_id),
    )


@query(VIEW_UNITS)
async def rent_of_unit(tx: ReadTx, unit_id: UUID, rent_id: UUID) -> RentView:
    """One dated rent of a home. Raises NotFound."""
    history = await unit_history(tx, unit_id)
    found = next((rent for rent in history.rents if rent.id == rent_id), None)
    if found is None:
        raise NotFound(what="rent")
    return found


@query(VIEW_UNITS)
async def occupancy_counts(tx: ReadTx) -> dict[Occupancy, int]:
    """How many listed homes there are of each occupancy, for the first page."""
    count = func.count().label("homes")
    rows = await tx.execute(select(Unit.occupancy, count).where(Unit.active).group_by(Unit.occupancy))
    return {row.occupancy: row.homes for row in rows}
