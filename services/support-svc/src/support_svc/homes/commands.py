"""Keeping the copy of the inventory: listings, withdrawals and availability, as they were published.

They come by the thousand, so each kind is taken in one statement, which also finds what another inventory
than the home's own has sent: that is refused (N3). A version that was overtaken is ignored.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import text
from sqlalchemy.dialects import postgresql

from chassis.access import RECEIVE_EVENTS
from chassis.parties import NotTheSenders, require_sender
from chassis.tx import Tx
from chassis.usecase import use_case
from support_svc.homes.facts import HomeFacts
from support_svc.homes.model import Home, ManagedBy, Occupancy, searchable_address


@dataclass(frozen=True, slots=True)
class Listing(HomeFacts):
    """A home as published; what the inventory doesn't know is None."""

    inventory: str
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
    manager: str | None
    occupancy: Occupancy
    available_from: date | None
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Availability:
    """A home's occupancy as published; `occupancy` None means that the home is no longer listed."""

    inventory: str
    unit: UUID
    listing_version: int
    occupancy: Occupancy | None
    available_from: date | None
    published_at: datetime


_TAKEN = tuple(column for column in Home.__table__.columns if column.name not in {"listed", "written_in"})
_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]
_COLUMNS = ", ".join(f"{one.name} {one.type.compile(_DIALECT)}" for one in _TAKEN)
_NAMES = ", ".join(one.name for one in _TAKEN)
_SET = ", ".join(
    f"{name} = excluded.{name}" for name in _NAMES.split(", ") if name not in {"unit", "inventory"}
)

# A row that another inventory inserted, even a moment ago, comes back with that inventory: the transaction is
# rolled back. Rows of the same inventory that are only older don't come back at all.
_TAKE = text(
    f"WITH listing AS (SELECT * FROM jsonb_to_recordset(CAST(:listings AS jsonb)) AS listing({_COLUMNS})),"  # noqa: S608 - our own column names
    f" taken AS (INSERT INTO home ({_NAMES}, listed) SELECT {_NAMES}, true FROM listing"
    f" ON CONFLICT (unit) DO UPDATE SET {_SET}, listed = true, written_in = pg_current_xact_id()"
    " WHERE home.listing_version < excluded.listing_version OR home.inventory <> excluded.inventory"
    " RETURNING unit, inventory)"
    " SELECT EXISTS (SELECT FROM taken JOIN listing USING (unit)"
    " WHERE taken.inventory <> listing.inventory)"
)
_TAKE_PLACES = text(
    "INSERT INTO inventory_place (kind, name)"
    " SELECT * FROM unnest(CAST(:kinds AS text[]), CAST(:names AS text[])) ON CONFLICT DO NOTHING"
)
_CATCH_UP = text(
    "WITH early AS (DELETE FROM home_early_change USING unnest(CAST(:units AS uuid[]),"
    " CAST(:inventories AS text[])) AS mine(unit, inventory) WHERE home_early_change.unit = mine.unit"
    " AND home_early_change.inventory = mine.inventory RETURNING home_early_change.*)"
    " UPDATE home SET listing_version = early.listing_version, listed = NOT early.withdrawn,"
    " written_in = pg_current_xact_id(),"
    " occupancy = coalesce(early.occupancy, home.occupancy),"
    " available_from = CASE WHEN early.withdrawn THEN home.available_from ELSE early.available_from END"
    " FROM early WHERE home.unit = early.unit AND home.listing_version < early.listing_version"
)
_CHANGE = text(
    "WITH change AS (SELECT * FROM unnest(CAST(:units AS uuid[]), CAST(:inventories AS text[]),"
    " CAST(:versions AS int[]), CAST(:gone AS bool[]), CAST(:occupancies AS text[]), CAST(:dates AS date[]))"
    " AS change(unit, inventory, version, gone, occupancy, available_from)),"
    " changed AS (UPDATE home SET listing_version = change.version, listed = NOT change.gone,"
    " written_in = pg_current_xact_id(),"
    " occupancy = coalesce(change.occupancy, home.occupancy),"
    " available_from = CASE WHEN change.gone THEN home.available_from ELSE change.available_from END"
    " FROM change WHERE home.unit = change.unit AND home.inventory = change.inventory"
    " AND home.listing_version < change.version),"
    " stored AS (INSERT INTO home_early_change AS early"
    " (unit, inventory, listing_version, withdrawn, occupancy, available_from)"
    " SELECT change.unit, change.inventory, change.version, change.gone, change.occupancy,"
    " change.available_from FROM change"
    " WHERE NOT EXISTS (SELECT 1 FROM home WHERE home.unit = change.unit)"
    " ON CONFLICT (unit, inventory) DO UPDATE SET listing_version = excluded.listing_version,"
    " withdrawn = excluded.withdrawn, occupancy = excluded.occupancy,"
    " available_from = excluded.available_from"
    " WHERE early.listing_version < excluded.listing_version)"
    " SELECT EXISTS (SELECT FROM home JOIN change USING (unit) WHERE home.inventory <> change.inventory)"
)
_RECEIVED = text(
    "INSERT INTO inventory_receipt (inventory, published_at, received_at)"
    " SELECT inventory, published_at, :received_at"
    " FROM unnest(CAST(:inventories AS text[]), CAST(:moments AS timestamptz[]))"
    " AS received(inventory, published_at)"
    " ON CONFLICT (inventory) DO UPDATE SET received_at = excluded.received_at,"
    " published_at = greatest(inventory_receipt.published_at, excluded.published_at)"
)


@use_case(RECEIVE_EVENTS)
async def take_listings(tx: Tx, listings: list[Listing]) -> None:
    """Take listings into the copy; a listing that is older than what is known changes nothing.

    Raises NotTheSenders for a home that another inventory listed.
    """
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
    if await tx.scalar(_TAKE, {"listings": to_json(rows).decode()}):
        raise NotTheSenders
    places = {("city", listing.city) for listing in newest} | {
        ("region", listing.region) for listing in newest if listing.region
    }
    ordered = sorted(places)
    await tx.execute(
        _TAKE_PLACES, {"kinds": [kind for kind, _ in ordered], "names": [name for _, name in ordered]}
    )
    await tx.execute(
        _CATCH_UP,
        {
            "units": [listing.unit for listing in newest],
            "inventories": [listing.inventory for listing in newest],
        },
    )
    await _record_receipt(tx, newest)


@use_case(RECEIVE_EVENTS)
async def take_availability(tx: Tx, changes: list[Availability]) -> None:
    """Take changes of occupancy and withdrawals; one that overtook its listing is stored until then.

    Raises NotTheSenders for a home that another inventory listed.
    """
    newest = _newest(changes)
    refused = await tx.scalar(
        _CHANGE,
        {
            "units": [change.unit for change in newest],
            "inventories": [change.inventory for change in newest],
            "versions": [change.listing_version for change in newest],
            "gone": [change.occupancy is None for change in newest],
            "occupancies": [one.occupancy and one.occupancy.value for one in newest],
            "dates": [change.available_from for change in newest],
        },
    )
    if refused:
        raise NotTheSenders
    await _record_receipt(tx, newest)


Published = TypeVar("Published", Listing, Availability)


def _newest(published: list[Published]) -> list[Published]:
    """The newest version of each home, in a fixed order so that two listeners never deadlock.

    Raises NotTheSenders when two inventories sent something about one home.
    """
    last: dict[UUID, Published] = {}
    for item in published:
        known = last.get(item.unit)
        if known is not None:
            require_sender(item.inventory, known.inventory)
        if known is None or known.listing_version < item.listing_version:
            last[item.unit] = item
    return [last[unit] for unit in sorted(last)]


async def _record_receipt(tx: Tx, published: Sequence[Listing | Availability]) -> None:
    latest: dict[str, datetime] = {}
    for item in published:
        latest[item.inventory] = max(item.published_at, latest.get(item.inventory, item.published_at))
    inventories = sorted(latest)
    await tx.execute(
        _RECEIVED,
        {"inventories": inventories, "moments": [latest[one] for one in inventories], "received_at": tx.now},
    )
