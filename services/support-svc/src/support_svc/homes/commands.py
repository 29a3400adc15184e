"""Keeping the copy of the inventory: listings, withdrawals and availability, as they were published.

They come by the thousand, so each kind is taken in one statement. A version that was overtaken is ignored.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import text
from sqlalchemy.dialects import postgresql

from chassis.access import RECEIVE_EVENTS
from chassis.tx import Tx
from chassis.usecase import use_case
from support_svc.homes.facts import HomeFacts
from support_svc.homes.model import Home, ManagedBy, Occupancy, searchable_address


@dataclass(frozen=True, slots=True)
class Listing(HomeFacts):
    """A home as published; what the inventory doesn't know is None."""

    unit: UUID
    listing_version: int
    building_name: str | None
    street: str
    unit_number: str | None
    city: str
    province: str
    postal_code: str | None
    country: str
    region: str | None
    housing_type: str
    rent: Decimal | None
    currency: str | None
    features: tuple[str, ...]
    managed_by: ManagedBy
    occupancy: Occupancy
    available_from: date | None
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Availability:
    """A home's occupancy as published; `occupancy` None means that the home is no longer listed."""

    unit: UUID
    listing_version: int
    occupancy: Occupancy | None
    available_from: date | None
    published_at: datetime


_TAKEN = tuple(column for column in Home.__table__.columns if column.name not in {"listed", "written_in"})
_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]
_COLUMNS = ", ".join(f"{one.name} {one.type.compile(_DIALECT)}" for one in _TAKEN)
_NAMES = ", ".join(one.name for one in _TAKEN)
_SET = ", ".join(f"{name} = excluded.{name}" for name in _NAMES.split(", ") if name != "unit")

_TAKE = text(
    f"INSERT INTO home ({_NAMES}, listed) SELECT {_NAMES}, true"  # noqa: S608 - our own column names
    f" FROM jsonb_to_recordset(CAST(:listings AS jsonb)) AS told({_COLUMNS})"
    f" ON CONFLICT (unit) DO UPDATE SET {_SET}, listed = true, written_in = pg_current_xact_id()"
    " WHERE home.listing_version < excluded.listing_version"
)
_TAKE_PLACES = text(
    "INSERT INTO inventory_place (kind, name)"
    " SELECT * FROM unnest(CAST(:kinds AS text[]), CAST(:names AS text[])) ON CONFLICT DO NOTHING"
)
_CATCH_UP = text(
    "WITH early AS (DELETE FROM home_early_news WHERE unit = ANY(CAST(:units AS uuid[])) RETURNING *)"
    " UPDATE home SET listing_version = early.listing_version, listed = NOT early.withdrawn,"
    " written_in = pg_current_xact_id(),"
    " occupancy = coalesce(early.occupancy, home.occupancy),"
    " available_from = CASE WHEN early.withdrawn THEN home.available_from ELSE early.available_from END"
    " FROM early WHERE home.unit = early.unit AND home.listing_version < early.listing_version"
)
_CHANGE = text(
    "WITH told AS (SELECT * FROM unnest(CAST(:units AS uuid[]), CAST(:versions AS int[]),"
    " CAST(:gone AS bool[]), CAST(:occupancies AS text[]), CAST(:dates AS date[]))"
    " AS told(unit, version, gone, occupancy, available_from)),"
    " changed AS (UPDATE home SET listing_version = told.version, listed = NOT told.gone,"
    " written_in = pg_current_xact_id(),"
    " occupancy = coalesce(told.occupancy, home.occupancy),"
    " available_from = CASE WHEN told.gone THEN home.available_from ELSE told.available_from END"
    " FROM told WHERE home.unit = told.unit AND home.listing_version < told.version)"
    " INSERT INTO home_early_news AS early (unit, listing_version, withdrawn, occupancy, available_from)"
    " SELECT told.unit, told.version, told.gone, told.occupancy, told.available_from FROM told"
    " WHERE NOT EXISTS (SELECT 1 FROM home WHERE home.unit = told.unit)"
    " ON CONFLICT (unit) DO UPDATE SET listing_version = excluded.listing_version,"
    " withdrawn = excluded.withdrawn, occupancy = excluded.occupancy,"
    " available_from = excluded.available_from"
    " WHERE early.listing_version < excluded.listing_version"
)
_HEARD = text(
    "INSERT INTO inventory_news (id, published_at, heard_at) VALUES (1, :published_at, :heard_at)"
    " ON CONFLICT (id) DO UPDATE SET heard_at = excluded.heard_at,"
    " published_at = greatest(inventory_news.published_at, excluded.published_at)"
)


@use_case(RECEIVE_EVENTS)
async def take_listings(tx: Tx, listings: list[Listing]) -> None:
    """Take listings into the copy; a listing that is older than what is known changes nothing."""
    newest = _newest(listings)
    rows = [
        {
            **{field.name: getattr(told, field.name) for field in fields(Listing)},
            "address_search": searchable_address(
                told.building_name, told.street, told.unit_number, told.city, told.postal_code
            ),
        }
        for told in newest
    ]
    await tx.execute(_TAKE, {"listings": to_json(rows).decode()})
    places = {("city", told.city) for told in newest} | {
        ("region", told.region) for told in newest if told.region
    }
    ordered = sorted(places)
    await tx.execute(
        _TAKE_PLACES, {"kinds": [kind for kind, _ in ordered], "names": [name for _, name in ordered]}
    )
    await tx.execute(_CATCH_UP, {"units": [told.unit for told in newest]})
    await _hear(tx, (told.published_at for told in newest))


@use_case(RECEIVE_EVENTS)
async def take_availability(tx: Tx, changes: list[Availability]) -> None:
    """Take changes of occupancy and withdrawals; what overtook its listing is kept till the listing comes."""
    newest = _newest(changes)
    await tx.execute(
        _CHANGE,
        {
            "units": [told.unit for told in newest],
            "versions": [told.listing_version for told in newest],
            "gone": [told.occupancy is None for told in newest],
            "occupancies": [None if told.occupancy is None else told.occupancy.value for told in newest],
            "dates": [told.available_from for told in newest],
        },
    )
    await _hear(tx, (told.published_at for told in newest))


Told = TypeVar("Told", Listing, Availability)


def _newest(told: list[Told]) -> list[Told]:
    """The newest word on each home, in a fixed order so that two listeners never wait for each other in a
    circle.
    """
    last: dict[UUID, Told] = {}
    for item in told:
        known = last.get(item.unit)
        if known is None or known.listing_version < item.listing_version:
            last[item.unit] = item
    return [last[unit] for unit in sorted(last)]


async def _hear(tx: Tx, moments: Iterable[datetime]) -> None:
    await tx.execute(_HEARD, {"published_at": max(moments), "heard_at": tx.now})
