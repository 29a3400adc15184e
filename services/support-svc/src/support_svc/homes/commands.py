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
    f" FROM jsonb_to_recordset(CAST(:listings AS jsonb)) AS listing({_COLUMNS})"
    f" ON CONFLICT (unit) DO UPDATE SET {_SET}, listed = true, written_in = pg_current_xact_id()"
    " WHERE home.listing_version < excluded.listing_version"
)
_TAKE_PLACES = text(
    "INSERT INTO inventory_place (kind, name)"
    " SELECT * FROM unnest(CAST(:kinds AS text[]), CAST(:names AS text[])) ON CONFLICT DO NOTHING"
)
_CATCH_UP = text(
    "WITH early AS (DELETE FROM home_early_change WHERE unit = ANY(CAST(:units AS uuid[])) RETURNING *)"
    " UPDATE home SET listing_version = early.listing_version, listed = NOT early.withdrawn,"
    " written_in = pg_current_xact_id(),"
    " occupancy = coalesce(early.occupancy, home.occupancy),"
    " available_from = CASE WHEN early.withdrawn THEN home.available_from ELSE early.available_from END"
    " FROM early WHERE home.unit = early.unit AND home.listing_version < early.listing_version"
)
_CHANGE = text(
    "WITH change AS (SELECT * FROM unnest(CAST(:units AS uuid[]), CAST(:versions AS int[]),"
    " CAST(:gone AS bool[]), CAST(:occupancies AS text[]), CAST(:dates AS date[]))"
    " AS change(unit, version, gone, occupancy, available_from)),"
    " changed AS (UPDATE home SET listing_version = change.version, listed = NOT change.gone,"
    " written_in = pg_current_xact_id(),"
    " occupancy = coalesce(change.occupancy, home.occupancy),"
    " available_from = CASE WHEN change.gone THEN home.available_from ELSE change.available_from END"
    " FROM change WHERE home.unit = change.unit AND home.listing_version < change.version)"
    " INSERT INTO home_early_change AS early (unit, listing_version, withdrawn, occupancy, available_from)"
    " SELECT change.unit, change.version, change.gone, change.occupancy, change.available_from FROM change"
    " WHERE NOT EXISTS (SELECT 1 FROM home WHERE home.unit = change.unit)"
    " ON CONFLICT (unit) DO UPDATE SET listing_version = excluded.listing_version,"
    " withdrawn = excluded.withdrawn, occupancy = excluded.occupancy,"
    " available_from = excluded.available_from"
    " WHERE early.listing_version < excluded.listing_version"
)
_RECEIVED = text(
    "INSERT INTO inventory_receipt (id, published_at, received_at) VALUES (1, :published_at, :received_at)"
    " ON CONFLICT (id) DO UPDATE SET received_at = excluded.received_at,"
    " published_at = greatest(inventory_receipt.published_at, excluded.published_at)"
)


@use_case(RECEIVE_EVENTS)
async def take_listings(tx: Tx, listings: list[Listing]) -> None:
    """Take listings into the copy; a listing that is older than what is known changes nothing."""
    newest = _newest(listings)
    rows = [
        {
            **{field.name: getattr(listing, field.name) for field in fields(Listing)},
            "address_search": searchable_address(
                listing.building_name, listing.street, listing.unit_number, listing.city, listing.postal_code
            ),
        }
        for listing in newest
    ]
    await tx.execute(_TAKE, {"listings": to_json(rows).decode()})
    places = {("city", listing.city) for listing in newest} | {
        ("region", listing.region) for listing in newest if listing.region
    }
    ordered = sorted(places)
    await tx.execute(
        _TAKE_PLACES, {"kinds": [kind for kind, _ in ordered], "names": [name for _, name in ordered]}
    )
    await tx.execute(_CATCH_UP, {"units": [listing.unit for listing in newest]})
    await _record_receipt(tx, (listing.published_at for listing in newest))


@use_case(RECEIVE_EVENTS)
async def take_availability(tx: Tx, changes: list[Availability]) -> None:
    """Take changes of occupancy and withdrawals; one that overtook its listing is stored until then."""
    newest = _newest(changes)
    await tx.execute(
        _CHANGE,
        {
            "units": [change.unit for change in newest],
            "versions": [change.listing_version for change in newest],
            "gone": [change.occupancy is None for change in newest],
            "occupancies": [one.occupancy and one.occupancy.value for one in newest],
            "dates": [change.available_from for change in newest],
        },
    )
    await _record_receipt(tx, (change.published_at for change in newest))


Published = TypeVar("Published", Listing, Availability)


def _newest(published: list[Published]) -> list[Published]:
    """The newest version of each home, in a fixed order so that two listeners never deadlock."""
    last: dict[UUID, Published] = {}
    for item in published:
        known = last.get(item.unit)
        if known is None or known.listing_version < item.listing_version:
            last[item.unit] = item
    return [last[unit] for unit in sorted(last)]


async def _record_receipt(tx: Tx, moments: Iterable[datetime]) -> None:
    await tx.execute(_RECEIVED, {"published_at": max(moments), "received_at": tx.now})
