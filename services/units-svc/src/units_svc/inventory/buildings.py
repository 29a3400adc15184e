"""The building of a home: what all homes at an address have in common, and how a change of it reaches them
(U2)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import func, select, update

from chassis.errors import Faults, InvalidInput, NotFound
from chassis.ids import new_id
from deskkit.i18n import N_
from trade import addresses, letters
from units_svc.inventory.facts import OF_BUILDING
from units_svc.inventory.model import (
    Building,
    FloorAboveBuilding,
    NotAPostalCode,
    PostalCodeOfAnotherProvince,
    Unit,
)
from units_svc.publishing import publish_listings

if TYPE_CHECKING:
    from chassis.tx import Tx

Label = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=r"^[^<>\x00-\x1f\x7f]+$"),
]
Number = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=30, pattern=r"^[^<>\x00-\x1f\x7f]+$"),
]
Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]

_CHOOSE = {
    "CA": N_("Choose a province or territory of Canada."),
    "US": N_("Choose a state or territory of the United States."),
}
_POSTAL_EXAMPLES = {"CA": "M5V 2T6", "US": "10001"}


class Command(BaseModel):
    """What every command about homes has in common: it's closed, and doesn't change."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Location(Command):
    """Where a home is, as anybody can know it. All but the unit number is the building's."""

    building_name: Annotated[Label | None, Field(title="Building name")] = None
    street: Annotated[Label, Field(title="Address")]
    unit_number: Annotated[Number | None, Field(title="Unit number")] = None
    city: Annotated[Label, Field(title="City")]
    province: Annotated[str, Field(title="Province or state", pattern=r"^[A-Z]{2,3}$")]
    country: Annotated[str, Field(title="Country", pattern=r"^[A-Z]{2}$")] = "CA"
    postal_code: Annotated[str | None, Field(title="Postal code", max_length=10)] = None
    latitude: Annotated[Decimal | None, Field(title="Latitude", ge=-90, le=90, decimal_places=6)] = None
    longitude: Annotated[Decimal | None, Field(title="Longitude", ge=-180, le=180, decimal_places=6)] = None


class Address(Location):
    """The Address tab (U2): where a home is, and in which region of the inventory."""

    region: Annotated[Code, Field(title="Geographic region")]


async def building_at(tx: Tx, address: Address) -> Building | None:
    """Return the building at an address, locked; None when there is none yet.

    Raises NotAPostalCode, PostalCodeOfAnotherProvince, InvalidInput.
    """
    require_address(address)
    found = await tx.execute(
        select(Building).where(Building.address_key == _key_of(address)).with_for_update()
    )
    return found.scalar_one_or_none()


def require_address(address: Location) -> None:
    """Refuse an address that can't be one: all that is wrong with it at once.

    Raises NotAPostalCode, PostalCodeOfAnotherProvince, InvalidInput, SeveralFaults.
    """
    faults, country = Faults(), address.country
    known = addresses.is_province(address.province, country)
    if not addresses.comparable(address.street):
        faults.add(InvalidInput(field="street", rule="Enter an address."))
    if not known:
        faults.add(InvalidInput(field="province", rule=_CHOOSE[country]))
    if address.postal_code is not None:
        code = addresses.postal_code(address.postal_code, country)
        if code is None:
            example = _POSTAL_EXAMPLES.get(country, "AB1 2CD")
            faults.add(NotAPostalCode(field="postal_code", example=example))
        elif known and not addresses.fits_province(code, address.province, country):
            other = PostalCodeOfAnotherProvince(
                field="postal_code", postal_code=code, province=address.province
            )
            faults.add(other)
    faults.refuse()


async def unit_at(tx: Tx, location: Location) -> UUID | None:
    """Return the home at an address, listed or not; None when the inventory knows none there."""
    at = Building.address_key == _key_of(location)
    number = Unit.unit_key == addresses.unit_key(location.unit_number)
    return await tx.scalar(select(Unit.id).join(Building, Building.id == Unit.building_id).where(at, number))


async def has_numbered_homes(tx: Tx, location: Location) -> bool:
    """Return whether homes with a number of their own are known at an address."""
    found = (
        select(Unit.id)
        .join(Building, Building.id == Unit.building_id)
        .where(Building.address_key == _key_of(location), Unit.unit_number.is_not(None))
    )
    return bool(await tx.scalar(select(found.exists())))


async def moved_to(tx: Tx, unit: Unit, building: Building, address: Address) -> Building:
    """Return the building at the new address: another one there, or the same one when it's only written
    otherwise."""
    at = await building_at(tx, address)
    if at is not None:
        return at
    neighbours = await tx.scalar(
        select(func.count()).select_from(Unit).where(Unit.building_id == building.id, Unit.id != unit.id)
    )
    if not neighbours or addresses.street_order(building.street) == addresses.street_order(address.street):
        return building
    facts = {fact.column: getattr(building, fact.column) for fact in OF_BUILDING}
    moved = Building(id=new_id(), **building_values(address), **facts, version=1)
    tx.session.add(moved)
    await tx.session.flush()
    return moved


def _key_of(address: Location) -> str:
    return addresses.address_key(
        street=address.street, city=address.city, province=address.province, country=address.country
    )


def building_values(address: Address) -> dict[str, Any]:
    """Return an address as the columns of a building."""
    street = " ".join(address.street.split())
    code = addresses.postal_code(address.postal_code, address.country) if address.postal_code else None
    values: dict[str, Any] = {
        "name": address.building_name,
        "street": street,
        "city": address.city,
        "province": address.province,
        "country": address.country,
        "latitude": address.latitude,
        "longitude": address.longitude,
        "region": address.region,
        "address_key": _key_of(address),
        "search_text": addresses.searchable(address.building_name, street, address.city, code),
        "postal_code": code,
    }
    if code is not None:
        values["postal_area"] = code[:3] if address.country == "CA" else None
    return values


async def amend_building(
    tx: Tx, building: Building, values: dict[str, Any], *, apart_from: UUID | None = None
) -> None:
    """Write what differs, carry it to the copies of all homes there, and publish their listings.

    Raises FloorAboveBuilding when a home lies higher than the building has floors now.
    """
    changed = {
        name: value
        for name, value in values.items()
        if getattr(building, name) != value and (value is not None or apart_from is not None)
    }
    if not changed:
        return
    tx.touched("building", building.id, "changed", {n: (getattr(building, n), v) for n, v in changed.items()})
    for name, value in changed.items():
        setattr(building, name, value)
    if building.floors is not None:
        highest = await tx.scalar(
            select(func.max(Unit.floor)).where(Unit.building_id == building.id, Unit.id != apart_from)
        )
        if highest is not None and highest > building.floors:
            raise FloorAboveBuilding(field="building_floors", floors=building.floors, floor=highest)
    await tx.session.flush()
    others = update(Unit).where(Unit.building_id == building.id)
    homes = select(Unit.id).where(Unit.building_id == building.id)
    if apart_from is not None:
        others, homes = others.where(Unit.id != apart_from), homes.where(Unit.id != apart_from)
    await tx.execute(
        others.values(_copies(building, Unit.unit_order)).execution_options(synchronize_session=False)
    )
    await publish_listings(tx, homes)


def copy_building(unit: Unit, building: Building) -> None:
    """Write to a home what it repeats of its building, so that searching needs no other table."""
    unit.unit_order = addresses.padded(unit.unit_key)
    for name, value in _copies(building, unit.unit_order).items():
        setattr(unit, name, value)


def copies_of(
    *, region: Any, city_key: Any, year_built: Any, street_order: Any, unit_order: Any
) -> dict[str, Any]:
    """Return the columns that a home repeats of its building, as values or as expressions."""
    return {
        "region": region,
        "city_key": city_key,
        "year_built": year_built,
        "address_order": street_order + " " + unit_order,
    }


def _copies(building: Building, unit_order: Any) -> dict[str, Any]:
    return copies_of(
        region=building.region,
        city_key=letters.folded(building.city),
        year_built=building.year_built,
        street_order=addresses.street_order(building.street),
        unit_order=unit_order,
    )


def require_floor(floor: int | None, floors: int | None) -> None:
    """Raise FloorAboveBuilding when a floor is above the building's floors, as far as both are known."""
    if floor is not None and floors is not None and floor > floors:
        raise FloorAboveBuilding(field="floor", floor=floor, floors=floors)


async def unit_for_edit(tx: Tx, unit_id: UUID) -> Unit:
    """Return a home that nobody else changes until this transaction ends. Raises NotFound."""
    unit: Unit | None = (
        await tx.execute(select(Unit).where(Unit.id == unit_id).with_for_update())
    ).scalar_one_or_none()
    if unit is None:
        raise NotFound(what="unit")
    return unit
