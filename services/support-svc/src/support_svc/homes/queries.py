"""New Housing Search (P5) on the organisation's own copy of the inventory; works while the inventory is
away.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from chassis.paging import CountedPage
from chassis.positions import Whole, Words, position_text, read_position
from chassis.tx import ReadTx, Tx
from chassis.usecase import query
from column_search import Bounds, By, Columns, Mask
from deskkit.addresses import door
from support_svc.homes.facts import HomeFacts, facts_of
from support_svc.homes.feature import SEARCH_HOMES
from support_svc.homes.fitting import Fit, Seeking, fit
from support_svc.homes.following import homes_in_memory
from support_svc.homes.index import cents, misfits, rents_in
from support_svc.homes.model import (
    Home,
    InventoryPlace,
    InventoryReceipt,
    ManagedBy,
    Occupancy,
    UnknownHome,
)
from trade import addresses
from trade.money import USUAL, Currency
from trade.ranges import in_order

PAGE = 25
OPEN = (Occupancy.AVAILABLE, Occupancy.NOTICE_GIVEN)


class HomeSort(StrEnum):
    """Orders of the list of homes."""

    FIT = "fit"
    RENT = "rent"
    ADDRESS = "address"
    NEWEST = "newest"


class OccupancyFilter(StrEnum):
    """Which homes are shown by occupancy."""

    OPEN = "open"
    AVAILABLE = "available"
    ALL = "all"


class HomeFilter(BaseModel):
    """The filters of P5; one that is empty doesn't narrow. Unknown values match only with
    `include_unknown`, and a rent in another currency than `currency` counts as unknown.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    types: list[str] = Field(default=[], max_length=40)
    bedrooms_from: int | None = Field(default=None, ge=0, le=20)
    rent_from: Decimal | None = Field(default=None, ge=0, le=1_000_000)
    rent_to: Decimal | None = Field(default=None, ge=0, le=1_000_000)
    region: str | None = Field(default=None, max_length=60)
    city: str | None = Field(default=None, max_length=120)
    area_from: int | None = Field(default=None, ge=0, le=30_000)
    area_to: int | None = Field(default=None, ge=0, le=30_000)
    floor_from: int | None = Field(default=None, ge=0, le=200)
    floor_to: int | None = Field(default=None, ge=0, le=200)
    year_from: int | None = Field(default=None, ge=1600, le=2200)
    features: list[str] = Field(default=[], max_length=40)
    accessible: bool = False
    shareable: bool = False
    occupancy: OccupancyFilter = OccupancyFilter.OPEN
    managed_by: ManagedBy | None = None
    inventory: str | None = Field(default=None, max_length=31)
    q: Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)] = ""
    currency: Currency = USUAL
    building: str | None = Field(default=None, max_length=400)
    include_unknown: bool = True
    sort: HomeSort = HomeSort.FIT
    after: str | None = None

    _rent_in_order = in_order("rent_from", "rent_to")
    _area_in_order = in_order("area_from", "area_to")
    _floor_in_order = in_order("floor_from", "floor_to")


@dataclass(frozen=True, slots=True)
class HomeView(HomeFacts):
    """A home with how well it fits, when something is sought."""

    unit: UUID
    address: str
    street: str
    building_name: str | None
    city: str
    province: str
    postal_code: str | None
    region: str | None
    housing_type: str
    rent: Decimal | None
    currency: str
    features: tuple[str, ...]
    inventory: str
    managed_by: ManagedBy
    manager: str | None
    occupancy: Occupancy
    available_from: date | None
    listed: bool
    fit: Fit | None = None

    @property
    def is_open(self) -> bool:
        """Whether it can be asked for: free, or free from a day that is known."""
        return self.occupancy in OPEN


@dataclass(frozen=True, slots=True)
class InventoryAge:
    """An inventory whose homes are searched, and when it was last received from (None: never)."""

    inventory: str
    received_at: datetime | None


@dataclass(frozen=True, slots=True)
class HomePage(CountedPage[HomeView]):
    """A page of homes, and how old the copy of each inventory is."""

    items: list[HomeView]
    inventories: tuple[InventoryAge, ...]


@dataclass(frozen=True, slots=True)
class Places:
    """What the search form offers to choose from."""

    regions: tuple[str, ...]
    cities: tuple[str, ...]


def home_view(home: Home, seeking: Seeking | None, today: date) -> HomeView:
    """A home as a search shows it, with how well it fits when something is sought."""
    fits = (
        None
        if seeking is None
        else fit(
            seeking,
            housing_type=home.housing_type,
            bedrooms=home.bedrooms,
            rent=home.rent,
            currency=home.currency or "CAD",
            available_from=home.available_from,
            today=today,
        )
    )
    return HomeView(
        unit=home.unit,
        address=door(home.street, home.unit_number),
        street=home.street,
        building_name=home.building_name,
        city=home.city,
        province=home.province,
        postal_code=home.postal_code,
        region=home.region,
        housing_type=home.housing_type,
        rent=home.rent,
        currency=home.currency or "CAD",
        features=tuple(home.features),
        inventory=home.inventory,
        managed_by=home.managed_by,
        manager=home.manager,
        occupancy=home.occupancy,
        available_from=home.available_from,
        listed=home.listed,
        fit=fits,
        **facts_of(home),
    )


@query(SEARCH_HOMES)
async def search_homes(tx: ReadTx, wanted: HomeFilter, seeking: Seeking | None = None) -> HomePage:
    """A page of listed homes that match every filter, in the order asked for, and how many match in all.

    Without `seeking`, the order by fit is the order by rent.
    """
    index = await homes_in_memory.current(tx.runtime.database)
    units, after, total = find(index, wanted, seeking, tx.today)
    homes, inventories = await homes_of_page(tx, units, seeking)
    return HomePage(homes, after, total, inventories)


async def homes_of_page(
    tx: ReadTx, units: list[UUID], seeking: Seeking | None
) -> tuple[list[HomeView], tuple[InventoryAge, ...]]:
    """The homes of a page, and how old the copy of each inventory is, in one round trip."""
    if not units:
        return [], await ages(tx)
    found = (await tx.execute(select(Home, *_RECEIVED).where(Home.unit.in_(units)))).all()
    rows = {home.unit: home for home, *_ in found}
    received = dict(zip(*found[0][1:], strict=True)) if found and found[0][1] else {}
    views = [home_view(rows[unit], seeking, tx.today) for unit in units if unit in rows]
    return views, _ages(tx, received)


_RECEIVED = tuple(
    select(func.array_agg(aggregate_order_by(column, InventoryReceipt.inventory))).scalar_subquery()
    for column in (InventoryReceipt.inventory, InventoryReceipt.received_at)
)


@query(SEARCH_HOMES)
async def inventories(tx: ReadTx) -> tuple[InventoryAge, ...]:
    """How old the copy of each inventory is (N3)."""
    return await ages(tx)


async def ages(tx: ReadTx) -> tuple[InventoryAge, ...]:
    """Every inventory that takes part or that was ever received from, and when it was last received from."""
    received = await tx.execute(select(InventoryReceipt.inventory, InventoryReceipt.received_at))
    return _ages(tx, dict(received.all()))


def _ages(tx: ReadTx, received: Mapping[str, datetime]) -> tuple[InventoryAge, ...]:
    taking_part = (party.id for party in tx.runtime.parties.of_kind("inventory", tx.today))
    return tuple(InventoryAge(one, received.get(one)) for one in sorted({*taking_part, *received}))


_ORDERS: dict[HomeSort, tuple[By, ...]] = {
    HomeSort.FIT: (By("misfit"), By("rent"), By("id")),
    HomeSort.RENT: (By("rent"), By("id")),
    HomeSort.ADDRESS: (By("street"), By("unit_number"), By("id")),
    HomeSort.NEWEST: (By("written_in", True), By("id", True)),
}
_KINDS = {
    "misfit": Whole | None,
    "rent": Whole | None,
    "written_in": Whole | None,
    "street": Words,
    "unit_number": Words,
    "id": UUID,
}


def find(
    index: Columns, wanted: HomeFilter, seeking: Seeking | None, today: date
) -> tuple[list[UUID], str | None, int]:
    """The homes of a page, where the next one begins, and how many match in all.

    Raises InvalidInput for a starting position that isn't one.
    """
    mask = matching(index, wanted)
    sort, figures = wanted.sort, {"rent": rents_in(index, wanted.currency)}
    if sort is HomeSort.FIT:
        if seeking is None:
            sort = HomeSort.RENT
        else:
            figures["misfit"] = misfits(index, seeking, today)
    by = _ORDERS[sort]
    start = read_position(wanted.after, [_KINDS[step.name] for step in by])
    found = index.page(mask, by, limit=PAGE + 1, start=start, figures=figures)
    after = position_text(index.key(found[PAGE - 1], by, figures)) if len(found) > PAGE else None
    return [index.id_at(at) for at in found[:PAGE]], after, int(np.count_nonzero(mask))


def matching(index: Columns, wanted: HomeFilter) -> Mask:
    """The homes that match every filter, as a mask over the index."""
    mask = index.live
    if wanted.occupancy is not OccupancyFilter.ALL:
        occupancies = OPEN if wanted.occupancy is OccupancyFilter.OPEN else OPEN[:1]
        mask &= index.having("occupancy", [one.value for one in occupancies])
    for name, value in (
        ("housing_type", wanted.types or None),
        ("region", [wanted.region] if wanted.region else None),
        ("city", [wanted.city] if wanted.city else None),
        ("accessible", [True] if wanted.accessible else None),
        ("shareable", [True] if wanted.shareable else None),
        ("managed_by", [wanted.managed_by.value] if wanted.managed_by else None),
        ("inventory", [wanted.inventory] if wanted.inventory else None),
    ):
        if value is not None:
            mask &= index.having(name, value)
    if wanted.features:
        mask &= index.every("features", wanted.features)
    for name, low, high in (
        ("bedrooms", wanted.bedrooms_from, None),
        ("area_square_feet", wanted.area_from, wanted.area_to),
        ("floor", wanted.floor_from, wanted.floor_to),
        ("year_built", wanted.year_from, None),
    ):
        bounds = Bounds(low, high, unknown=wanted.include_unknown)
        if bounds.narrows:
            mask &= index.within(name, bounds)
    rents = Bounds(cents(wanted.rent_from), cents(wanted.rent_to), unknown=wanted.include_unknown)
    if rents.narrows:
        comparable = index.having("currency", [wanted.currency])
        mask &= np.where(comparable, index.within("rent", rents), wanted.include_unknown)
    if wanted.building is not None:
        mask &= index.with_text("building", wanted.building)
    words = addresses.words_sought(wanted.q)
    for word in words:
        mask &= index.with_word(word)
    # What can mean nothing finds nothing, never everything.
    return mask if words or not wanted.q.strip() else np.zeros_like(mask)


@query(SEARCH_HOMES)
async def home(tx: ReadTx, unit: UUID) -> HomeView:
    """One home of the copy, listed or not. Raises UnknownHome."""
    found = await tx.session.get(Home, unit)
    if found is None:
        raise UnknownHome
    return home_view(found, None, tx.today)


@query(SEARCH_HOMES)
async def places(tx: ReadTx) -> Places:
    """Regions and cities that occur in the copy."""
    rows = (
        await tx.execute(select(InventoryPlace.kind, InventoryPlace.name).order_by(InventoryPlace.name))
    ).all()
    return Places(
        tuple(name for kind, name in rows if kind == "region"),
        tuple(name for kind, name in rows if kind == "city"),
    )


async def home_for_request(tx: Tx, unit: UUID) -> Home:
    """The home a command is about. Raises UnknownHome when it isn't listed."""
    found = await tx.session.get(Home, unit)
    if found is None or not found.listed:
        raise UnknownHome(field="unit")
    return found
