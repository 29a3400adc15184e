"""New Housing Search (P5) on the organisation's own copy of the inventory; works while the inventory is
away.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import islice, product
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import select

from chassis.errors import InvalidInput
from chassis.search import Bounds, descending
from chassis.tx import ReadTx, Tx
from chassis.usecase import query
from deskkit.addresses import door
from support_svc.access import Permission
from support_svc.homes.fitting import Fit, Seeking, fit, score
from support_svc.homes.following import homes_in_memory
from support_svc.homes.index import HomeIndex, cents
from support_svc.homes.model import (
    Home,
    InventoryNews,
    InventoryPlace,
    ManagedBy,
    Occupancy,
    UnknownHome,
    searchable_address,
)

PAGE = 25
RANKED = 200
"""Sorted by fit, this many of the best candidates are ranked exactly."""
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
    `include_unknown`.
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
    q: Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)] = ""
    include_unknown: bool = True
    sort: HomeSort = HomeSort.FIT
    after: str | None = Field(default=None, max_length=200)


@dataclass(frozen=True, slots=True)
class HomeView:
    """A home with how well it fits, when something is sought."""

    unit: UUID
    address: str
    building_name: str | None
    city: str
    province: str
    postal_code: str | None
    region: str | None
    housing_type: str
    bedrooms: int | None
    area_square_feet: int | None
    floor: int | None
    building_floors: int | None
    year_built: int | None
    rent: Decimal | None
    currency: str
    features: tuple[str, ...]
    accessible: bool
    shareable: bool
    managed_by: ManagedBy
    occupancy: Occupancy
    available_from: date | None
    listed: bool
    fit: Fit | None = None


@dataclass(frozen=True, slots=True)
class HomePage:
    """A page of homes. `total` is exact up to COUNTED; `heard_at` tells how old the copy is (None: never
    heard).
    """

    homes: tuple[HomeView, ...]
    total: int
    after: str | None
    heard_at: datetime | None


@dataclass(frozen=True, slots=True)
class Places:
    """What the search form offers to choose from."""

    regions: tuple[str, ...]
    cities: tuple[str, ...]


def one_line(home: Home) -> str:
    """Unit number and street as one line: “304 – 12 Elm St”."""
    return door(home.street, home.unit_number)


def _view(home: Home, seeking: Seeking | None, today: date) -> HomeView:
    fits = (
        None
        if seeking is None
        else fit(
            seeking,
            housing_type=home.housing_type,
            bedrooms=home.bedrooms,
            rent=home.rent,
            available_from=home.available_from,
            today=today,
        )
    )
    return HomeView(
        unit=home.unit,
        address=one_line(home),
        building_name=home.building_name,
        city=home.city,
        province=home.province,
        postal_code=home.postal_code,
        region=home.region,
        housing_type=home.housing_type,
        bedrooms=home.bedrooms,
        area_square_feet=home.area_square_feet,
        floor=home.floor,
        building_floors=home.building_floors,
        year_built=home.year_built,
        rent=home.rent,
        currency=home.currency or "CAD",
        features=tuple(home.features),
        accessible=home.accessible,
        shareable=home.shareable,
        managed_by=home.managed_by,
        occupancy=home.occupancy,
        available_from=home.available_from,
        listed=home.listed,
        fit=fits,
    )


@query(Permission.SEARCH_HOMES)
async def search_homes(tx: ReadTx, wanted: HomeFilter, seeking: Seeking | None = None) -> HomePage:
    """A page of listed homes that match every filter, in the order asked for, and how many match in all.

    Sorted by fit, the RANKED best candidates are ranked; without `seeking` that is the order by rent.
    """
    index = await homes_in_memory.current(tx.runtime.database)
    mask = matching(index, wanted)
    ranking = seeking if wanted.sort is HomeSort.FIT else None
    if ranking is not None:
        units, after = _ranked(index, mask, wanted, ranking, tx.today)
    else:
        units, after = _in_order(index, mask, wanted)
    heard = await tx.scalar(select(InventoryNews.heard_at))
    homes = await _homes(tx, units, seeking)
    return HomePage(homes, mask.bit_count(), after, heard)


async def _homes(tx: ReadTx, units: list[UUID], seeking: Seeking | None) -> tuple[HomeView, ...]:
    rows = {
        home.unit: home for home in (await tx.execute(select(Home).where(Home.unit.in_(units)))).scalars()
    }
    return tuple(_view(rows[unit], seeking, tx.today) for unit in units if unit in rows)


def _ranked(
    index: HomeIndex, mask: int, wanted: HomeFilter, seeking: Seeking, today: date
) -> tuple[list[UUID], str | None]:
    def points(at: int) -> int:
        kind, bedrooms, rent, available_from = index.matters(at)
        return -score(
            seeking,
            housing_type=kind,
            bedrooms=bedrooms,
            rent=rent,
            available_from=available_from,
            today=today,
        )

    start = _number(wanted.after)
    best = sorted(islice(candidates(index, mask, seeking, today), RANKED), key=points)
    after = str(start + PAGE) if start + PAGE < len(best) else None
    return [index.unit(at) for at in best[start : start + PAGE]], after


def _in_order(index: HomeIndex, mask: int, wanted: HomeFilter) -> tuple[list[UUID], str | None]:
    last = None if wanted.after is None else index.position(_uuid(wanted.after))
    if wanted.sort is HomeSort.ADDRESS:
        walk = index.by_street(mask, last)
    elif wanted.sort is HomeSort.NEWEST:
        walk = descending(mask, last)
    else:
        walk = index.by_rent(mask, last)
    units = [index.unit(at) for at in islice(walk, PAGE + 1)]
    return units[:PAGE], str(units[PAGE - 1]) if len(units) > PAGE else None


def matching(index: HomeIndex, wanted: HomeFilter) -> int:
    """The homes that match every filter, as a mask over the index."""
    mask = index.live
    if wanted.occupancy is not OccupancyFilter.ALL:
        occupancies = OPEN if wanted.occupancy is OccupancyFilter.OPEN else OPEN[:1]
        mask &= index.facet("occupancy", [one.value for one in occupancies])
    for name, value in (
        ("housing_type", wanted.types or None),
        ("region", [wanted.region] if wanted.region else None),
        ("city", [wanted.city] if wanted.city else None),
        ("accessible", [True] if wanted.accessible else None),
        ("shareable", [True] if wanted.shareable else None),
        ("managed_by", [wanted.managed_by.value] if wanted.managed_by else None),
    ):
        if value is not None:
            mask &= index.facet(name, value)
    if wanted.features:
        mask &= index.every_feature(wanted.features)
    for name, low, high in (
        ("bedrooms", wanted.bedrooms_from, None),
        ("rent", cents(wanted.rent_from), cents(wanted.rent_to)),
        ("area_square_feet", wanted.area_from, wanted.area_to),
        ("floor", wanted.floor_from, wanted.floor_to),
        ("year_built", wanted.year_from, None),
    ):
        bounds = Bounds(low, high, unknown=wanted.include_unknown)
        if bounds.narrows:
            mask &= index.number(name, bounds)
    words = searchable_address(wanted.q).split()
    # "St" says too little to narrow (street or saint), unless nothing else is typed.
    for word in [word for word in words if word != "street"] or words:
        mask &= index.with_word(word)
    return mask


def candidates(index: HomeIndex, mask: int, seeking: Seeking, today: date) -> Iterator[int]:
    """Positions in about the order of their fit: by what is certain about type, bedrooms, rent and day,
    then by rent.

    Within a tier fits differ by a few points at most, so that the best of all are among the first.
    """
    ceiling = cents(seeking.affordable_rent)
    rents = [(-1, 15)] if ceiling is None else _rent_tiers(index, ceiling)
    sought = index.facet("housing_type", seeking.housing_types) if seeking.housing_types else -1
    types = [(sought, 40), (~sought, 0)]
    enough = index.number("bedrooms", Bounds(low=seeking.bedrooms))
    nearly = index.number("bedrooms", Bounds(low=seeking.bedrooms - 1)) & ~enough
    unknown = ~index.number("bedrooms", Bounds(low=0))
    rooms = [(enough, 30), (unknown, 15), (nearly, 15), (~(enough | nearly | unknown), 0)]
    wanted = max(seeking.needed_by or today, today)
    late, very_late = index.later_than(wanted), index.later_than(wanted + timedelta(days=30))
    days = [(~late, 0), (late & ~very_late, -5), (very_late, -15)]
    tiers = sorted(product(types, rooms, rents, days), key=lambda tier: -sum(points for _, points in tier))
    for tier in tiers:
        inside = mask
        for part, _ in tier:
            inside &= part
        if inside:
            yield from index.by_rent(inside)


def _rent_tiers(index: HomeIndex, ceiling: int) -> list[tuple[int, int]]:
    """Homes by how far their rent lies above what is affordable, with about the points for it."""
    known, cheap, near, far = (
        index.number("rent", Bounds(high=high))
        for high in (None, ceiling, ceiling * 5 // 4, ceiling * 3 // 2)
    )
    return [(cheap, 30), (near & ~cheap, 15), (~known, 15), (far & ~near, 5), (known & ~far, 0)]


def _number(after: str | None) -> int:
    if after is None:
        return 0
    if not after.isdecimal() or int(after) > RANKED:
        raise InvalidInput(field="after", rule="This page does not exist.")
    return int(after)


def _uuid(after: str) -> UUID:
    try:
        return UUID(after)
    except ValueError as error:
        raise InvalidInput(field="after", rule="This page does not exist.") from error


@query(Permission.SEARCH_HOMES)
async def home(tx: ReadTx, unit: UUID) -> HomeView:
    """One home of the copy, listed or not. Raises UnknownHome."""
    found = await tx.session.get(Home, unit)
    if found is None:
        raise UnknownHome
    return _view(found, None, tx.today)


@query(Permission.SEARCH_HOMES)
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
