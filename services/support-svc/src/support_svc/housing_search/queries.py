"""What a caseworker and a client look at while they choose a home (P5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from chassis.tx import ReadTx
from chassis.usecase import query
from support_svc.homes.buildings import BuildingPage, search_buildings
from support_svc.homes.feature import SEARCH_HOMES
from support_svc.homes.following import homes_in_memory
from support_svc.homes.index import building_key
from support_svc.homes.model import Home, UnknownHome
from support_svc.homes.queries import (
    HomeFilter,
    HomePage,
    HomeView,
    OccupancyFilter,
    home_view,
    homes_of_page,
    matching,
    search_homes,
)
from support_svc.housing_search.model import ShortlistedHome, TooManyToCompare, can_be_compared
from support_svc.placements.queries import placement, require_visible
from support_svc.placements.timeline import SEARCHED


@dataclass(frozen=True, slots=True)
class HomeSeen:
    """A home as one looks at it before asking for it; `others` are free homes of the same building."""

    home: HomeView
    building: str
    others: int
    shortlisted: bool


@dataclass(frozen=True, slots=True)
class ShortlistedView:
    """A home of the short list; `home` is as it is listed now, None when it left the inventory."""

    unit: UUID
    address: str
    added_at: datetime
    added_by_name: str
    home: HomeView | None


@query(SEARCH_HOMES, views=SEARCHED)
async def search_for_placement(tx: ReadTx, placement_id: UUID, wanted: HomeFilter) -> HomePage:
    """New Housing Search for a placement; the timeline shows it from the access log (P5, P10)."""
    one = await placement(tx, placement_id)
    tx.viewed(SEARCHED, placement_id)
    return await search_homes(tx, wanted, one.seeking())


@query(SEARCH_HOMES, views=SEARCHED)
async def search_buildings_for_placement(tx: ReadTx, placement_id: UUID, wanted: HomeFilter) -> BuildingPage:
    """New Housing Search by building, with how well the best home of each fits the placement (P5, P10)."""
    one = await placement(tx, placement_id)
    tx.viewed(SEARCHED, placement_id)
    return await search_buildings(tx, wanted, one.seeking())


@query(SEARCH_HOMES)
async def home_for_placement(tx: ReadTx, placement_id: UUID, unit: UUID) -> HomeSeen:
    """One home, with how well it fits the placement (P5). Raises NotFound, UnknownHome."""
    one = await placement(tx, placement_id)
    row = await tx.session.get(Home, unit)
    if row is None:
        raise UnknownHome
    view = home_view(row, one.seeking(), tx.today)
    key = building_key({"street": row.street, "city": row.city})
    index = await homes_in_memory.current(tx.runtime.database)
    same = matching(index, HomeFilter(building=key, occupancy=OccupancyFilter.OPEN))
    mine = ShortlistedHome.placement_id == placement_id, ShortlistedHome.unit == unit
    shortlisted = await tx.scalar(select(ShortlistedHome.unit).where(*mine))
    free = view.listed and view.is_open
    return HomeSeen(view, key, max(0, int(same.sum()) - free), shortlisted is not None)


@query(SEARCH_HOMES)
async def shortlist(tx: ReadTx, placement_id: UUID) -> list[ShortlistedView]:
    """The short list of a placement, the latest first (P5). Raises NotFound."""
    one = await placement(tx, placement_id)
    rows = list(
        (
            await tx.execute(
                select(ShortlistedHome)
                .where(ShortlistedHome.placement_id == placement_id)
                .order_by(ShortlistedHome.added_at.desc(), ShortlistedHome.unit)
            )
        ).scalars()
    )
    views, _ = await homes_of_page(tx, [row.unit for row in rows], one.seeking())
    known = {view.unit: view for view in views}
    return [
        ShortlistedView(row.unit, row.address, row.added_at, row.added_by_name, known.get(row.unit))
        for row in rows
    ]


@query(SEARCH_HOMES)
async def shortlisted_units(tx: ReadTx, placement_id: UUID) -> frozenset[UUID]:
    """Which homes are on the short list of a placement (P5). Raises NotFound."""
    await require_visible(tx, placement_id)
    rows = await tx.execute(select(ShortlistedHome.unit).where(ShortlistedHome.placement_id == placement_id))
    return frozenset(rows.scalars())


@query(SEARCH_HOMES)
async def compared(tx: ReadTx, placement_id: UUID, units: Sequence[UUID]) -> list[HomeView]:
    """Two to four homes in the order given, each with how well it fits (P5).

    Raises NotFound, UnknownHome, TooManyToCompare.
    """
    chosen = list(dict.fromkeys(units))
    if not can_be_compared(chosen):
        raise TooManyToCompare(field="units")
    one = await placement(tx, placement_id)
    views, _ = await homes_of_page(tx, chosen, one.seeking())
    if len(views) < len(chosen):
        raise UnknownHome
    return views
