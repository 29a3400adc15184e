"""The search for homes: which, in what order, and page by page from any point (U1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from chassis.positions import Whole, Words, position_text, read_position
from column_search import Bounds, By, Columns, Mask
from trade import addresses, letters
from trade.ranges import in_order
from units_svc.inventory.index import cents
from units_svc.inventory.model import Occupancy

PAGE = 50
MOST = 200


class Order(StrEnum):
    """Orders of the list; a leading minus turns one round."""

    ADDRESS = "address"
    ADDRESS_DOWN = "-address"
    RENT = "rent"
    RENT_DOWN = "-rent"


class UnitFilter(BaseModel):
    """What homes are looked for. Everything is optional and all of it holds at once.

    `unknown_too` keeps homes of which a filtered figure (bedrooms, rent, area, floor, year) isn't known.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: Annotated[str | None, Field(title="Address", max_length=200)] = None
    housing_type: Annotated[list[str], Field(title="Housing type", max_length=50)] = []
    status: Annotated[list[str], Field(title="Status", max_length=50)] = []
    occupancy: Annotated[list[Occupancy], Field(title="Occupancy", max_length=10)] = []
    region: Annotated[list[str], Field(title="Region", max_length=100)] = []
    city: Annotated[str | None, Field(title="City", max_length=120)] = None
    bedrooms_from: Annotated[int | None, Field(title="Bedrooms, at least", ge=0, le=50)] = None
    rent_from: Annotated[Decimal | None, Field(title="Rent, at least", ge=0, le=9_999_999)] = None
    rent_to: Annotated[Decimal | None, Field(title="Rent, at most", ge=0, le=9_999_999)] = None
    area_from: Annotated[int | None, Field(title="Area, at least", ge=0, le=10_000)] = None
    area_to: Annotated[int | None, Field(title="Area, at most", ge=0, le=10_000)] = None
    floor_from: Annotated[int | None, Field(title="Floor, at least", ge=0, le=200)] = None
    floor_to: Annotated[int | None, Field(title="Floor, at most", ge=0, le=200)] = None
    year_from: Annotated[int | None, Field(title="Built in or after", ge=1600, le=2200)] = None
    features: Annotated[list[str], Field(title="Features", max_length=50)] = []
    accessible: Annotated[bool | None, Field(title="Accessible with a wheelchair")] = None
    shareable: Annotated[bool | None, Field(title="Can be shared")] = None
    landlord_id: Annotated[UUID | None, Field(title="Landlord")] = None
    service_provider: Annotated[str | None, Field(title="Service provider", max_length=60)] = None
    active: Annotated[bool | None, Field(title="Listed")] = True
    unknown_too: Annotated[bool, Field(title="Include homes where this isn't known")] = True

    _rent_in_order = in_order("rent_from", "rent_to")
    _area_in_order = in_order("area_from", "area_to")
    _floor_in_order = in_order("floor_from", "floor_to")


def matching(index: Columns, filters: UnitFilter) -> Mask:
    """Return the homes that a filter wants, as a mask over the index."""
    mask = index.live
    facets: tuple[tuple[str, Iterable[object]], ...] = (
        ("housing_type", filters.housing_type),
        ("status", filters.status),
        ("occupancy", [one.value for one in filters.occupancy]),
        ("region", filters.region),
        ("city_key", [letters.folded(filters.city)] if filters.city else ()),
        ("landlord_id", [filters.landlord_id] if filters.landlord_id else ()),
        ("service_provider", [filters.service_provider] if filters.service_provider else ()),
        ("accessible", _yes_or_else(filters.accessible)),
        ("shareable", _yes_or_else(filters.shareable)),
        ("active", _yes_or_else(filters.active)),
    )
    for name, values in facets:
        if values:
            mask &= index.having(name, values)
    if filters.features:
        mask &= index.every("features", filters.features)
    for name, low, high in (
        ("bedrooms", filters.bedrooms_from, None),
        ("rent", cents(filters.rent_from), cents(filters.rent_to)),
        ("area_square_feet", filters.area_from, filters.area_to),
        ("floor", filters.floor_from, filters.floor_to),
        ("year_built", filters.year_from, None),
    ):
        bounds = Bounds(low, high, unknown=filters.unknown_too)
        if bounds.narrows:
            mask &= index.within(name, bounds)
    words = addresses.words_sought(filters.text or "")
    for word in words:
        mask &= index.with_word(word)
    # What can mean nothing finds nothing, never everything.
    return mask if words or not (filters.text or "").strip() else np.zeros_like(mask)


def _yes_or_else(value: bool | None) -> Iterable[object]:
    if value is None:
        return ()
    return (True,) if value else (False, None)


# ------------------------------------------------------------------ order and paging
@dataclass(frozen=True, slots=True)
class Found:
    """The homes of one page, how many there are in all, and where the neighbouring pages begin."""

    ids: list[UUID]
    count: int
    next: str | None
    previous: str | None


_ORDERS: dict[Order, tuple[By, ...]] = {
    Order.ADDRESS: (By("street_order"), By("unit_order"), By("id")),
    Order.ADDRESS_DOWN: (By("street_order", True), By("unit_order", True), By("id", True)),
    Order.RENT: (By("rent"), By("id")),
    Order.RENT_DOWN: (By("rent", True), By("id")),
}
_KINDS = {"street_order": Words, "unit_order": Words, "rent": Whole | None, "id": UUID}


def find(
    index: Columns,
    filters: UnitFilter,
    order: Order,
    *,
    after: str | None = None,
    before: str | None = None,
    limit: int = PAGE,
) -> Found:
    """Return a page of the homes that a filter wants. Raises InvalidInput for a position that isn't one."""
    mask, by = matching(index, filters), _ORDERS[order]
    backwards = before is not None
    start = read_position(before or after, [_KINDS[step.name] for step in by])
    found = index.page(mask, by, limit=limit + 1, start=start, back=backwards)
    more, found = len(found) > limit, found[:limit]
    if backwards:
        found.reverse()
    ahead = bool(found) and (more or backwards)
    behind = bool(found) and (more if backwards else after is not None)
    return Found(
        [index.id_at(at) for at in found],
        int(np.count_nonzero(mask)),
        position_text(index.key(found[-1], by)) if ahead else None,
        position_text(index.key(found[0], by)) if behind else None,
    )
