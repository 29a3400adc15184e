"""Changing homes: adding them, correcting them, what condition they are seen in (U2, U3)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import select

from chassis.errors import EditedMeanwhile, Faults, NotFound
from chassis.ids import new_id
from chassis.usecase import use_case
from trade import addresses
from trade.dates import PastDay, years_of_building
from trade.money import USUAL, Currency
from units_svc.inventory.buildings import (
    Address,
    Code,
    Command,
    amend_building,
    building_at,
    building_values,
    copy_building,
    moved_to,
    require_address,
    require_floor,
    unit_for_edit,
)
from units_svc.inventory.facts import OF_BUILDING, EnteredFacts, building_facts, known_facts
from units_svc.inventory.feature import (
    EDIT_UNITS,
    HOUSING_TYPE,
    REGION,
    SERVICE_PROVIDER,
    STATUS,
    UNIT_FEATURE,
)
from units_svc.inventory.home_lists import add_homes, list_of_one
from units_svc.inventory.listing import publish_listing
from units_svc.inventory.model import (
    AddressTaken,
    Building,
    Cause,
    DayInFuture,
    Occupancy,
    StatusObservation,
    Unit,
    YearInFuture,
)
from units_svc.inventory.rents import Amount
from units_svc.landlords.model import Landlord
from units_svc.lookups.queries import require_listed
from units_svc.privacy.commands import require_private
from units_svc.privacy.model import Place

if TYPE_CHECKING:
    from chassis.tx import Tx

Comment = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]


class Details(EnteredFacts, Command):
    """What is known of the home itself (U3), without what is dated: status, rent, occupancy."""

    housing_type: Annotated[Code, Field(title="Housing type")]
    landlord_id: Annotated[UUID | None, Field(title="Landlord")] = None
    service_provider: Annotated[Code | None, Field(title="Service provider")] = None
    features: Annotated[list[Code], Field(title="Features", max_length=100)] = []  # noqa: RUF012 - copied
    comments: Annotated[Comment | None, Field(title="Comments")] = None


_OF_UNIT = set(Details.model_fields) - {fact.name for fact in OF_BUILDING}
"""Details that are columns of the home itself."""


class AddUnit(Address, Details):
    """A new home with everything that is known of it."""

    status: Annotated[Code, Field(title="Status")]
    status_observed_on: Annotated[PastDay, Field(title="Status observed on")]
    rent: Annotated[Amount | None, Field(title="Rent for a month")] = None
    rent_currency: Annotated[Currency, Field(title="Currency of the rent")] = USUAL


class EditAddress(Address):
    """A correction of where a home is; applies to all homes of the building, but for the unit number."""

    unit_id: UUID
    version: Annotated[int, Field(ge=1)]


class EditDetails(Details):
    """A correction of what is known of a home."""

    unit_id: UUID
    version: Annotated[int, Field(ge=1)]


class ObserveStatus(Command):
    """What condition a home was seen in, and when."""

    unit_id: UUID
    status: Annotated[Code, Field(title="Status")]
    observed_on: Annotated[PastDay, Field(title="Observed on")]
    remark: Annotated[Comment | None, Field(title="Remark")] = None


@use_case(EDIT_UNITS)
async def add_unit(tx: Tx, command: AddUnit) -> UUID:
    """Add a home, publish its listing, and return its id (U2, U3).

    Raises AddressTaken, NotAPostalCode, PostalCodeOfAnotherProvince, FloorAboveBuilding, DayInFuture,
    YearInFuture, NotOnTheList.
    """
    await require_private(tx, Place.UNIT, _texts(command, "building_name", "comments"))
    faults = Faults()
    with faults:
        require_address(command)
    with faults:
        await _require_codes(tx, command)
    with faults:
        await require_listed(tx, [(STATUS, command.status, "status")])
    with faults:
        _require_past(tx, command.status_observed_on, "status_observed_on")
    with faults:
        _require_year(tx, command.year_built)
    with faults:
        await _require_landlord(tx, command.landlord_id)
    with faults:
        require_floor(command.floor, command.building_floors)
    faults.refuse()
    building = await building_at(tx, command)
    if building is None:
        building = Building(id=new_id(), **building_values(command), **building_facts(command), version=1)
        tx.session.add(building)
        await tx.session.flush()
    else:
        await amend_building(tx, building, building_facts(command))
    await _require_free_number(tx, building, command.unit_number, None)
    require_floor(command.floor, building.floors)
    home = {
        **_details_values(command),
        "id": new_id(),
        "building_id": building.id,
        "unit_number": command.unit_number,
        "status": command.status,
        "status_observed_on": command.status_observed_on,
        "occupancy": Occupancy.AVAILABLE,
        "rent_amount": command.rent,
        "rent_currency": command.rent_currency,
        "rent_from": tx.today,
    }
    await add_homes(tx, list_of_one(building, home), Cause.LISTED, by=tx.actor.name, listing_version=0)
    unit = await tx.session.get_one(Unit, home["id"])
    await publish_listing(tx, unit)
    tx.touched("unit", unit.id, "added")
    return unit.id


@use_case(EDIT_UNITS)
async def edit_address(tx: Tx, command: EditAddress) -> int:
    """Correct where a home is and return its new version; the change reaches all homes of the building.

    A home moved to another street joins the building there, or a new one. Raises EditedMeanwhile,
    AddressTaken, NotAPostalCode, PostalCodeOfAnotherProvince, NotOnTheList.
    """
    await require_private(tx, Place.UNIT, _texts(command, "building_name"), unit_id=command.unit_id)
    unit = await unit_for_edit(tx, command.unit_id)
    building = await tx.session.get_one(Building, unit.building_id)
    before = _address_of(unit, building)
    after = command.model_dump(exclude={"unit_id", "version"})
    _require_version(unit, command.version, before, after)
    faults = Faults()
    with faults:
        require_address(command)
    with faults:
        await require_listed(tx, [(REGION, command.region, "region")], keep=[building.region])
    faults.refuse()
    building = await moved_to(tx, unit, building, command)
    await amend_building(tx, building, building_values(command), apart_from=unit.id)
    await _require_free_number(tx, building, command.unit_number, unit.id)
    unit.building_id = building.id
    unit.unit_number = command.unit_number
    unit.unit_key = addresses.unit_key(command.unit_number)
    copy_building(unit, building)
    await publish_listing(tx, unit)
    tx.touched("unit", unit.id, "address_changed", _differences(before, after))
    await tx.session.flush()
    return unit.version


@use_case(EDIT_UNITS)
async def edit_details(tx: Tx, command: EditDetails) -> int:
    """Correct what is known of a home and return its new version.

    Year and floors are the building's and reach all its homes. Raises EditedMeanwhile, FloorAboveBuilding,
    YearInFuture, NotOnTheList, NotFound for an unknown landlord.
    """
    await require_private(tx, Place.UNIT, _texts(command, "comments"), unit_id=command.unit_id)
    unit = await unit_for_edit(tx, command.unit_id)
    building = await tx.session.get_one(Building, unit.building_id)
    before = _details_of(unit, building)
    after = command.model_dump(exclude={"unit_id", "version"}) | {"features": sorted(set(command.features))}
    _require_version(unit, command.version, before, after)
    faults = Faults()
    with faults:
        await _require_codes(tx, command, keep=[unit.housing_type, unit.service_provider, *unit.features])
    with faults:
        await _require_landlord(tx, command.landlord_id)
    with faults:
        _require_year(tx, command.year_built)
    with faults:
        require_floor(command.floor, command.building_floors)
    faults.refuse()
    await amend_building(
        tx,
        building,
        building_facts(command),
        apart_from=unit.id,
    )
    for name, value in _details_values(command).items():
        setattr(unit, name, value)
    copy_building(unit, building)
    await publish_listing(tx, unit)
    tx.touched("unit", unit.id, "details_changed", _differences(before, after))
    await tx.session.flush()
    return unit.version


@use_case(EDIT_UNITS)
async def observe_status(tx: Tx, command: ObserveStatus) -> UUID:
    """Record the condition a home was seen in; the newest day's is its status (U3). Raises DayInFuture."""
    await require_private(tx, Place.STATUS, _texts(command, "remark"), unit_id=command.unit_id)
    unit = await unit_for_edit(tx, command.unit_id)
    await require_listed(tx, [(STATUS, command.status, "status")])
    _require_past(tx, command.observed_on, "observed_on")
    observation = _observation(tx, unit.id, command.status, command.observed_on, command.remark)
    tx.session.add(observation)
    if command.observed_on >= unit.status_observed_on:
        tx.touched("unit", unit.id, "status_observed", {"status": (unit.status, command.status)})
        unit.status, unit.status_observed_on = command.status, command.observed_on
    else:
        tx.touched("unit", unit.id, "earlier_status_observed", {"status": (None, command.status)})
    return observation.id


# ------------------------------------------------------------------ building and unit rows
def _details_values(details: Details) -> dict[str, Any]:
    values = details.model_dump(
        include=_OF_UNIT,
    )
    values["features"] = sorted(set(details.features))
    values["comments"] = details.comments or None
    return values


def _address_of(unit: Unit, building: Building) -> dict[str, Any]:
    names = ("street", "city", "province", "country", "postal_code", "latitude", "longitude", "region")
    return {
        "building_name": building.name,
        "unit_number": unit.unit_number,
        **{name: getattr(building, name) for name in names},
    }


def _details_of(unit: Unit, building: Building) -> dict[str, Any]:
    return {name: getattr(unit, name) for name in _OF_UNIT} | asdict(known_facts(unit, building))


# ------------------------------------------------------------------ rules
def _require_version(unit: Unit, version: int, stands: dict[str, Any], sent: dict[str, Any]) -> None:
    if unit.version != version:
        raise EditedMeanwhile(current=unit.version, difference=_differences(stands, sent))


def _differences(before: dict[str, Any], after: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {
        name: (before[name], after[name]) for name in after if name in before and before[name] != after[name]
    }


def _require_past(tx: Tx, day: date, field: str) -> None:
    if day > tx.today:
        raise DayInFuture(field=field)


def _require_year(tx: Tx, year: int | None) -> None:
    _, latest = years_of_building(tx.today)
    if year is not None and year > latest:
        raise YearInFuture(field="year_built", latest=latest)


async def _require_free_number(tx: Tx, building: Building, number: str | None, own: UUID | None) -> None:
    taken = await tx.scalar(
        select(Unit.id).where(Unit.building_id == building.id, Unit.unit_key == addresses.unit_key(number))
    )
    if taken is not None and taken != own:
        raise AddressTaken(field="unit_number", number=number or "–", street=building.street)


async def _require_codes(tx: Tx, details: Details | AddUnit, *, keep: Any = ()) -> None:
    chosen = [
        (HOUSING_TYPE, details.housing_type, "housing_type"),
        (SERVICE_PROVIDER, details.service_provider, "service_provider"),
        *((UNIT_FEATURE, code, "features") for code in details.features),
    ]
    if isinstance(details, AddUnit):
        chosen.append((REGION, details.region, "region"))
    await require_listed(tx, chosen, keep=keep)


def _texts(command: BaseModel, *fields: str) -> list[tuple[str, str | None]]:
    return [(field, getattr(command, field)) for field in fields]


async def _require_landlord(tx: Tx, landlord_id: UUID | None) -> None:
    if landlord_id is not None and await tx.session.get(Landlord, landlord_id) is None:
        raise NotFound(what="landlord", field="landlord_id")


def _observation(tx: Tx, unit_id: UUID, status: str, on: date, remark: str | None) -> StatusObservation:
    return StatusObservation(
        id=new_id(),
        unit_id=unit_id,
        status=status,
        observed_on=on,
        remark=remark or None,
        noted_at=tx.now,
        noted_by=tx.actor.name,
    )
