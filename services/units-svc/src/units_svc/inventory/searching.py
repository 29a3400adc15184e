"""The search for homes: which, in what order, and page by page from any point (U1)."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, Select, Text, and_, cast, func, literal, or_, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY

from chassis.errors import InvalidInput
from units_svc import addressing
from units_svc.inventory.model import Building, Occupancy, Unit

PAGE = 50
MOST = 200
NO_RENT = Decimal("9999999999")
"""Where homes of unknown rent stand in the order of rents: at the end."""
COUNTED_TO = 1_000


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


def wanted(filters: UnitFilter) -> list[ColumnElement[bool]]:
    """Return the conditions on `Unit` for a filter."""
    found: list[ColumnElement[bool]] = []
    lists: tuple[tuple[Any, Any], ...] = (
        (Unit.housing_type, filters.housing_type),
        (Unit.status, filters.status),
        (Unit.occupancy, filters.occupancy),
        (Unit.region, filters.region),
    )
    found += [column.in_(values) for column, values in lists if values]
    ranges: tuple[tuple[Any, Any, Any], ...] = (
        (Unit.bedrooms, filters.bedrooms_from, None),
        (Unit.rent_amount, filters.rent_from, filters.rent_to),
        (Unit.area_square_feet, filters.area_from, filters.area_to),
        (Unit.floor, filters.floor_from, filters.floor_to),
        (Unit.year_built, filters.year_from, None),
    )
    for column, least, most in ranges:
        inside = [column >= least] if least is not None else []
        inside += [column <= most] if most is not None else []
        if inside:
            found.append(or_(and_(*inside), column.is_(None)) if filters.unknown_too else and_(*inside))
    for column, value in (
        (Unit.accessible, filters.accessible),
        (Unit.shareable, filters.shareable),
        (Unit.active, filters.active),
    ):
        if value is not None:
            found.append(column.is_(True) if value else column.isnot(True))
    if filters.landlord_id is not None:
        found.append(Unit.landlord_id == filters.landlord_id)
    if filters.service_provider is not None:
        found.append(Unit.service_provider == filters.service_provider)
    if filters.features:
        found.append(Unit.features.contains(cast(filters.features, ARRAY(Text))))
    if filters.city and (city := addressing.plain(filters.city)):
        found.append(Unit.city_key == city)
    if filters.text:
        found += _text(filters.text)
    return found


def _text(text: str) -> list[ColumnElement[bool]]:
    """Return the conditions for a text: every word must be in the address, a number may be the home's own.

    Buildings are looked through, not homes: there are a hundred times fewer of them.
    """
    words = addressing.comparable(text).split()[:8]
    words = _joined_postal_code(words)
    if not words:
        return []
    everything = [_in_address(word) for word in words]
    branches: list[ColumnElement[bool]] = [Unit.building_id.in_(select(Building.id).where(*everything))]
    for at, word in enumerate(words):
        if len(words) > 1 and any(c.isdigit() for c in word) and len(word) <= 8:
            others = everything[:at] + everything[at + 1 :]
            branches.append(
                and_(Unit.unit_key == word, Unit.building_id.in_(select(Building.id).where(*others)))
            )
    return [or_(*branches)]


def _joined_postal_code(words: list[str]) -> list[str]:
    """Leave postal codes as they are kept: both halves as words of their own, "m5v2t6" parted."""
    parted: list[str] = []
    for word in words:
        if re.fullmatch(r"[a-z]\d[a-z]\d[a-z]\d", word):
            parted += [word[:3], word[3:]]
        else:
            parted.append(word)
    return parted


def _in_address(word: str) -> ColumnElement[bool]:
    escaped = word.replace("%", "").replace("_", "")
    begins = Building.search_text.like(f"% {escaped}%")
    if len(word) < 4 or any(c.isdigit() for c in word):
        return begins
    # Close in spelling: "sherborne" is near enough to "sherbourne".
    return or_(begins, literal(word).op("<<%", is_comparison=True)(Building.search_text))


# ------------------------------------------------------------------ order and paging
_ADDRESS: tuple[Any, ...] = (Unit.address_order, Unit.id)
_RENT: tuple[Any, ...] = (func.coalesce(Unit.rent_amount, NO_RENT), Unit.id)


def page_of(
    statement: Select[*tuple[Any, ...]], order: Order, *, after: str | None, before: str | None, limit: int
) -> Select[*tuple[Any, ...]]:
    """Return the statement for the page after, or before, a place in the order; one row more than `limit`."""
    down = order.value.startswith("-")
    columns = _RENT if order in (Order.RENT, Order.RENT_DOWN) else _ADDRESS
    backwards = before is not None
    place = before if backwards else after
    if place:
        here = tuple_(*columns)
        there = tuple_(*(literal(value) for value in _place(place, order)))
        statement = statement.where(here < there if down != backwards else here > there)
    sense = [column.desc() if down != backwards else column.asc() for column in columns]
    return statement.order_by(*sense).limit(limit + 1)


def place_of(order: Order, *, address_order: str, rent: Decimal | None, unit_id: UUID) -> str:
    """Return a text that names a home's place in an order, for the address of the next page."""
    rents = order in (Order.RENT, Order.RENT_DOWN)
    value = str(rent if rent is not None else NO_RENT) if rents else address_order
    return urlsafe_b64encode(json.dumps([value, str(unit_id)]).encode()).decode().rstrip("=")


def _place(text: str, order: Order) -> tuple[Any, UUID]:
    try:
        value, unit_id = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if order in (Order.RENT, Order.RENT_DOWN):
            return Decimal(value), UUID(unit_id)
        return str(value), UUID(unit_id)
    except (ValueError, TypeError, InvalidOperation) as error:
        raise InvalidInput(field="after", rule="This isn't a place in the list.") from error
