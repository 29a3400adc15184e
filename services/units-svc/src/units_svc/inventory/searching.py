"""The search for homes: which, in what order, and page by page from any point (U1)."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import partial
from itertools import islice
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from chassis.errors import InvalidInput
from chassis.search import Bounds
from units_svc import addressing
from units_svc.inventory.index import Key, UnitIndex, cents
from units_svc.inventory.model import Occupancy

PAGE = 50
MOST = 200

_STREET_TYPES = frozenset(addressing.STREET_TYPES)


class Order(StrEnum):
    """Orders of the list; a leading minus turns one round."""

    ADDRESS = "address"
    ADDRESS_DOWN = "-address"
    RENT = "rent"
    RENT_DOWN = "-rent"


_BY_RENT = frozenset({Order.RENT, Order.RENT_DOWN})


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


def matching(index: UnitIndex, filters: UnitFilter) -> int:
    """Return the homes that a filter wants, as a mask over the index."""
    mask = index.live
    facets: tuple[tuple[str, Iterable[object]], ...] = (
        ("housing_type", filters.housing_type),
        ("status", filters.status),
        ("occupancy", [one.value for one in filters.occupancy]),
        ("region", filters.region),
        ("city_key", [addressing.plain(filters.city)] if filters.city else ()),
        ("service_provider", [filters.service_provider] if filters.service_provider else ()),
        ("accessible", _yes_or_else(filters.accessible)),
        ("shareable", _yes_or_else(filters.shareable)),
        ("active", _yes_or_else(filters.active)),
    )
    for name, values in facets:
        if values:
            mask &= index.facet(name, values)
    if filters.landlord_id:
        mask &= index.landlord(filters.landlord_id)
    if filters.features:
        mask &= index.every_feature(filters.features)
    for name, low, high in (
        ("bedrooms", filters.bedrooms_from, None),
        ("rent", cents(filters.rent_from), cents(filters.rent_to)),
        ("area", filters.area_from, filters.area_to),
        ("floor", filters.floor_from, filters.floor_to),
        ("year_built", filters.year_from, None),
    ):
        bounds = Bounds(low, high, unknown=filters.unknown_too)
        if bounds.narrows:
            mask &= index.number(name, bounds)
    for word in words_of(filters.text or ""):
        mask &= index.with_word(word)
    return mask


def _yes_or_else(value: bool | None) -> Iterable[object]:
    if value is None:
        return ()
    return (True,) if value else (False, None)


def words_of(text: str) -> list[str]:
    """Return the words that a typed text is looked for by.

    Both halves of a postal code are words of their own. The type of a street says too little to narrow,
    unless nothing else is typed.
    """
    words: list[str] = []
    for word in addressing.comparable(text).split()[:8]:
        words += [word[:3], word[3:]] if re.fullmatch(r"[a-z]\d[a-z]\d[a-z]\d", word) else [word]
    return [word for word in words if word not in _STREET_TYPES] or words


# ------------------------------------------------------------------ order and paging
@dataclass(frozen=True, slots=True)
class Found:
    """The homes of one page, how many there are in all, and where the neighbouring pages begin."""

    ids: list[UUID]
    count: int
    next: str | None
    previous: str | None


def find(
    index: UnitIndex,
    filters: UnitFilter,
    order: Order,
    *,
    after: str | None = None,
    before: str | None = None,
    limit: int = PAGE,
) -> Found:
    """Return a page of the homes that a filter wants. Raises InvalidInput for a place that isn't one."""
    mask = matching(index, filters)
    backwards = before is not None
    start = _place(before or after, order)
    down = order.value.startswith("-")
    if order in _BY_RENT:
        walk = index.by_rent(mask, start, most=limit + 1, dearest=down, back=backwards)
        key: Callable[[int], Key] = partial(index.rent_key, dearest=down)
    else:
        walk, key = index.by_address(mask, start, down=down != backwards), index.address_key
    found = list(islice(walk, limit + 1))
    more, found = len(found) > limit, found[:limit]
    if backwards:
        found.reverse()
    ahead = bool(found) and (more or backwards)
    behind = bool(found) and (more if backwards else after is not None)
    return Found(
        [index.id_at(at) for at in found],
        mask.bit_count(),
        _named(key(found[-1])) if ahead else None,
        _named(key(found[0])) if behind else None,
    )


def _named(key: Key) -> str:
    """Return a text that names a place in an order, for the address of a page."""
    return urlsafe_b64encode(json.dumps([*key[:-1], key[-1].hex()]).encode()).decode().rstrip("=")


def _place(text: str | None, order: Order) -> Key | None:
    if text is None:
        return None
    try:
        parts: list[Any] = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        kinds = (int, str) if order in _BY_RENT else (str, str, str)
        if len(parts) == len(kinds) and all(
            isinstance(p, kind) for p, kind in zip(parts, kinds, strict=True)
        ):
            return (*parts[:-1], bytes.fromhex(parts[-1]))
    except (ValueError, TypeError):
        pass
    raise InvalidInput(field="after", rule="This isn't a place in the list.")
