"""New Housing Search (P5) on the organisation's own copy of the inventory; works while the inventory is
away.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import ColumnElement, and_, func, literal, or_, select, text, true, tuple_

from chassis.errors import InvalidInput
from chassis.tx import ReadTx, Tx
from chassis.usecase import query
from support_svc.access import Permission
from support_svc.homes.fitting import Fit, Seeking, fit
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
COUNTED = 1000
"""Homes are counted up to here; beyond, the page says "more than"."""
RANKED = 400
"""Sorted by fit, this many of the least expensive matches are ranked."""
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
    """Street and unit number as one line: “12 Elm St, unit 304”, without words that need a translation."""
    return f"{home.unit_number} – {home.street}" if home.unit_number else home.street


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
    """A page of listed homes that match every filter, in the order asked for.

    Sorted by fit, the RANKED least expensive matches are ranked; without `seeking` that is the order by rent.
    """
    heard = await tx.scalar(select(InventoryNews.heard_at))
    if wanted.q:
        await tx.execute(text("SET LOCAL pg_trgm.word_similarity_threshold = 0.5"))
    condition = _condition(wanted)
    total = await tx.scalar(
        select(func.count()).select_from(select(literal(1)).where(condition).limit(COUNTED + 1).subquery())
    )
    if wanted.sort is HomeSort.FIT and seeking is not None:
        homes, after = await _ranked(tx, wanted, condition, seeking)
    else:
        homes, after = await _in_order(tx, wanted, condition, seeking)
    return HomePage(tuple(homes), int(total or 0), after, heard)


async def _ranked(
    tx: ReadTx, wanted: HomeFilter, condition: ColumnElement[bool], seeking: Seeking
) -> tuple[list[HomeView], str | None]:
    start = _number(wanted.after)
    rows = await tx.execute(
        select(Home).where(condition).order_by(Home.rent.asc().nulls_last(), Home.unit).limit(RANKED)
    )
    views = [_view(home, seeking, tx.today) for home in rows.scalars()]
    views.sort(key=lambda view: -(view.fit.score if view.fit else 0))
    after = str(start + PAGE) if start + PAGE < len(views) else None
    return views[start : start + PAGE], after


async def _in_order(
    tx: ReadTx, wanted: HomeFilter, condition: ColumnElement[bool], seeking: Seeking | None
) -> tuple[list[HomeView], str | None]:
    statement = select(Home).where(condition)
    if wanted.after is not None:
        last = await tx.session.get(Home, _uuid(wanted.after))
        if last is not None:
            statement = statement.where(_beyond(wanted.sort, last))
    homes = list((await tx.execute(statement.order_by(*_order(wanted.sort)).limit(PAGE + 1))).scalars())
    after = str(homes[PAGE - 1].unit) if len(homes) > PAGE else None
    return [_view(home, seeking, tx.today) for home in homes[:PAGE]], after


def _order(sort: HomeSort) -> tuple[Any, ...]:
    if sort is HomeSort.ADDRESS:
        return (Home.street, Home.unit)
    if sort is HomeSort.NEWEST:
        return (Home.published_at.desc(), Home.unit.desc())
    return (Home.rent.asc().nulls_last(), Home.unit)


def _beyond(sort: HomeSort, last: Home) -> ColumnElement[bool]:
    """The rows that come after `last` in an order."""
    if sort is HomeSort.ADDRESS:
        return tuple_(Home.street, Home.unit) > tuple_(literal(last.street), literal(last.unit))
    if sort is HomeSort.NEWEST:
        return tuple_(Home.published_at, Home.unit) < tuple_(literal(last.published_at), literal(last.unit))
    if last.rent is None:
        return and_(Home.rent.is_(None), Home.unit > last.unit)
    return or_(
        Home.rent > last.rent, and_(Home.rent == last.rent, Home.unit > last.unit), Home.rent.is_(None)
    )


def _condition(wanted: HomeFilter) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [Home.listed]
    if wanted.occupancy is not OccupancyFilter.ALL:
        conditions.append(Home.occupancy.in_(OPEN if wanted.occupancy is OccupancyFilter.OPEN else OPEN[:1]))
    if wanted.types:
        conditions.append(Home.housing_type.in_(wanted.types))
    conditions += _between(Home.bedrooms, wanted.bedrooms_from, None, unknown=wanted.include_unknown)
    conditions += _between(Home.rent, wanted.rent_from, wanted.rent_to, unknown=wanted.include_unknown)
    conditions += _between(
        Home.area_square_feet, wanted.area_from, wanted.area_to, unknown=wanted.include_unknown
    )
    conditions += _between(Home.floor, wanted.floor_from, wanted.floor_to, unknown=wanted.include_unknown)
    conditions += _between(Home.year_built, wanted.year_from, None, unknown=wanted.include_unknown)
    if wanted.region:
        conditions.append(Home.region == wanted.region)
    if wanted.city:
        conditions.append(Home.city == wanted.city)
    if wanted.features:
        conditions.append(Home.features.contains(wanted.features))
    if wanted.accessible:
        conditions.append(Home.accessible)
    if wanted.shareable:
        conditions.append(Home.shareable)
    if wanted.managed_by is not None:
        conditions.append(Home.managed_by == wanted.managed_by)
    conditions += _text(wanted.q)
    return and_(true(), *conditions)


def _between(column: Any, low: Any, high: Any, *, unknown: bool) -> list[ColumnElement[bool]]:
    if low is None and high is None:
        return []
    bounds: list[ColumnElement[bool]] = []
    if low is not None:
        bounds.append(column >= low)
    if high is not None:
        bounds.append(column <= high)
    return [or_(column.is_(None), and_(*bounds))] if unknown else bounds


def _text(q: str) -> list[ColumnElement[bool]]:
    """Every word of the text is somewhere in the address, or one spelt alike; numbers exactly.

    “St” alone says too little to narrow (street or saint), so it counts only when nothing else is typed.
    """
    words = searchable_address(q).split()
    telling = [word for word in words if word != "street"] or words
    conditions: list[ColumnElement[bool]] = []
    for word in telling:
        if word.isdigit():
            conditions.append(Home.address_search.like(f"% {word} %"))
        elif len(word) < 3:
            conditions.append(Home.address_search.like(f"% {word}%"))
        else:
            conditions.append(
                or_(Home.address_search.like(f"%{word}%"), literal(word).op("<%")(Home.address_search))
            )
    return conditions


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
