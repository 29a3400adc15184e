"""The housing search by building (P5): a building is one line, at the position of its best home.

Each home's position in the chosen order is one number; the smallest number in a building is the building's
position, and among equals the street decides. Only buildings that come before the end of the page are put in
order, so a page costs about as much among 330,000 homes as among 10,000.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from chassis.paging import Page
from chassis.positions import Whole, Words, position_text, read_position
from chassis.tx import ReadTx
from chassis.usecase import query
from column_search import UNKNOWN, Columns, Groups, Mask
from support_svc.homes.feature import SEARCH_HOMES
from support_svc.homes.fitting import Seeking
from support_svc.homes.following import homes_in_memory
from support_svc.homes.index import misfits, rents_in
from support_svc.homes.queries import (
    PAGE,
    HomeFilter,
    HomeSort,
    HomeView,
    InventoryAge,
    homes_of_page,
    matching,
)

_LAST = 1 << 62
_FIT_STEP = 1 << 42
"""More cents than any rent has: how far fit weighs beyond rent in the one number of a home."""


@dataclass(frozen=True, slots=True)
class BuildingView:
    """The homes of one building that match: how many, what they cost, and the one that comes first.

    `key` narrows a search to this building (`HomeFilter.building`). Rents are those known in the currency of
    the search.
    """

    key: str
    count: int
    rent_from: Decimal | None
    rent_to: Decimal | None
    currency: str
    bedrooms_from: int | None
    bedrooms_to: int | None
    best: HomeView


@dataclass(frozen=True, slots=True)
class BuildingPage(Page[BuildingView]):
    """A page of buildings, how many homes match in how many, and how old the copy of each inventory is."""

    homes: int
    buildings: int
    inventories: tuple[InventoryAge, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A building on a page, as rows of the index: the one of its best home, and those of all that match."""

    key: str
    best: int
    rows: NDArray[np.int64]


def find_buildings(
    index: Columns, wanted: HomeFilter, seeking: Seeking | None, today: date
) -> tuple[list[Found], str | None, int, int]:
    """The buildings of a page, where the next page begins, and how many homes match in how many buildings.

    Raises InvalidInput for a starting position that isn't one.
    """
    start = read_position(wanted.after, (Whole, Words))
    mask = matching(index, wanted)
    groups = index.groups("building")
    if not len(groups.starts):
        return [], None, 0, 0
    order = np.where(mask, _order(index, wanted, seeking, today), _LAST)[groups.order]
    first = np.minimum.reduceat(order, groups.starts)
    ranks = index.text_ranks("building")[groups.codes]
    left = first < _LAST
    homes, buildings = int(np.count_nonzero(mask)), int(np.count_nonzero(left))
    if start is not None:
        value, rank = start[0], index.text_rank("building", start[1])
        left &= (first > value) | ((first == value) & (ranks > rank))
    chosen = _smallest(np.flatnonzero(left), first, ranks, PAGE + 1)
    page = [_found(index, groups, int(group), order, mask) for group in chosen[:PAGE]]
    after = None
    if len(chosen) > PAGE:
        after = position_text((int(first[chosen[PAGE - 1]]), page[-1].key))
    return page, after, homes, buildings


def _order(index: Columns, wanted: HomeFilter, seeking: Seeking | None, today: date) -> NDArray[np.int64]:
    """Each home's position in the order that was asked for, as one number that isn't negative."""
    if wanted.sort is HomeSort.ADDRESS:
        return index.text_ranks("building")[index.codes("building")] + 1
    if wanted.sort is HomeSort.NEWEST:
        return _LAST - 1 - index.written_in
    rents = rents_in(index, wanted.currency).astype(np.int64)
    rents[rents == UNKNOWN] = _FIT_STEP - 1
    if wanted.sort is HomeSort.FIT and seeking is not None:
        return misfits(index, seeking, today).astype(np.int64) * _FIT_STEP + rents
    return rents


def _smallest(
    groups: NDArray[np.int64], first: NDArray[np.int64], ranks: NDArray[np.int64], limit: int
) -> NDArray[np.int64]:
    """The `limit` groups that come first, in order; no more of them are sorted than may be on the page."""
    if len(groups) > limit:
        values = first[groups]
        bound = np.partition(values, limit - 1)[limit - 1]
        before, at = groups[values < bound], groups[values == bound]
        missing = limit - len(before)
        if len(at) > missing:
            at = at[np.argpartition(ranks[at], missing - 1)[:missing]]
        groups = np.concatenate((before, at))
    return groups[np.lexsort((ranks[groups], first[groups]))]


def _found(index: Columns, groups: Groups, group: int, order: NDArray[np.int64], mask: Mask) -> Found:
    begin = groups.starts[group]
    end = groups.starts[group + 1] if group + 1 < len(groups.starts) else len(groups.order)
    rows = groups.order[begin:end]
    best = int(rows[np.argmin(order[begin:end])])
    return Found(index.text("building", int(groups.codes[group])), best, rows[mask[rows]])


@query(SEARCH_HOMES)
async def search_buildings(tx: ReadTx, wanted: HomeFilter, seeking: Seeking | None = None) -> BuildingPage:
    """A page of buildings with homes that match every filter, in the order asked for (P5)."""
    index = await homes_in_memory.current(tx.runtime.database)
    found, after, homes, buildings = find_buildings(index, wanted, seeking, tx.today)
    best = [index.id_at(building.best) for building in found]
    views, inventories = await homes_of_page(tx, best, seeking)
    known: dict[UUID, HomeView] = {view.unit: view for view in views}
    rents, bedrooms = rents_in(index, wanted.currency), index.number("bedrooms")
    items = [
        _view(building, known[unit], wanted.currency, rents, bedrooms)
        for building, unit in zip(found, best, strict=True)
        if unit in known
    ]
    return BuildingPage(items, after, homes, buildings, inventories)


def _view(
    building: Found,
    best: HomeView,
    currency: str,
    rents: NDArray[np.int64],
    bedrooms: NDArray[np.int64],
) -> BuildingView:
    cheapest, dearest = _range(rents[building.rows])
    fewest, most = _range(bedrooms[building.rows])
    return BuildingView(
        key=building.key,
        count=len(building.rows),
        rent_from=None if cheapest is None else Decimal(cheapest) / 100,
        rent_to=None if dearest is None else Decimal(dearest) / 100,
        currency=currency,
        bedrooms_from=fewest,
        bedrooms_to=most,
        best=best,
    )


def _range(values: NDArray[np.int64]) -> tuple[int | None, int | None]:
    values = values[values != UNKNOWN]
    return (int(values.min()), int(values.max())) if len(values) else (None, None)
