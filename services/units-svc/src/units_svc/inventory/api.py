"""Homes over HTTP: /api/units/v1/units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from pydantic import BaseModel

from chassis.http import ApiRouter, Call, command_of
from chassis.parties import name_of
from deskkit.csv_files import csv_stream
from trade.money import USUAL, Currency
from units_svc.inventory import commands, queries, rents
from units_svc.inventory.buildings import Address
from units_svc.inventory.searching import MOST, PAGE, Order, UnitFilter
from units_svc.inventory.table import CSV_HEADER, csv_rows

router = ApiRouter(prefix="/units", tags=["units"])


class Filters(UnitFilter):
    """The filter of the list together with where in it to begin."""

    order: Order = Order.ADDRESS
    after: str | None = None
    before: str | None = None
    limit: Annotated[int, Query(ge=1, le=MOST)] = PAGE

    def wanted(self) -> UnitFilter:
        """The filter alone."""
        return UnitFilter.model_validate(self.model_dump(exclude={"order", "after", "before", "limit"}))


@dataclass(frozen=True, slots=True)
class Added:
    """The id of what was added."""

    id: UUID


@dataclass(frozen=True, slots=True)
class Edited:
    """The version that stands now."""

    version: int


class EditedAddress(Address):
    """An address with the version that was read."""

    version: int


class EditedDetails(commands.Details):
    """Details with the version that was read."""

    version: int


class SeenStatus(BaseModel):
    """A condition that was seen."""

    status: str
    observed_on: date
    remark: str | None = None


class CorrectedRent(BaseModel):
    """The right amount of a rent, and why it's corrected."""

    amount: Decimal
    currency: Currency = USUAL
    reason: str


class CancelledRent(BaseModel):
    """Why a rent is given up."""

    reason: str


class NewRent(BaseModel):
    """A rent from a day on."""

    amount: Decimal
    currency: Currency = USUAL
    begins_on: date


@router.get("")
async def list_units(call: Call, filters: Annotated[Filters, Query()]) -> queries.UnitPage:
    """Homes by address or rent, page by page (U1)."""
    return await call.ask(
        queries.unit_list,
        filters.wanted(),
        order=filters.order,
        after=filters.after,
        before=filters.before,
        limit=filters.limit,
    )


@router.get("/export", response_class=Response)
async def export_units(call: Call, filters: Annotated[UnitFilter, Query()]) -> Response:
    """Homes as CSV, however many; cells that a spreadsheet would run are made harmless (U1)."""
    name = partial(name_of, call.runtime.parties, locale="en")
    return csv_stream("units.csv", CSV_HEADER, csv_rows(await queries.all_units(call.ask, filters), name))


@router.post("", status_code=201)
async def add_unit(call: Call, body: commands.AddUnit) -> Added:
    """Add a home (U2, U3)."""
    return Added(await call.perform(commands.add_unit, body))


@router.get("/{unit_id}")
async def read_unit(call: Call, unit_id: UUID) -> queries.UnitRecord:
    """One home."""
    return await call.ask(queries.unit_record, unit_id)


@router.get("/{unit_id}/history")
async def read_history(call: Call, unit_id: UUID) -> queries.UnitHistory:
    """Conditions seen, rents, occupancy with causes, edits (U3, U4, X3)."""
    return await call.ask(queries.unit_history, unit_id)


@router.put("/{unit_id}/address")
async def edit_address(call: Call, unit_id: UUID, body: EditedAddress) -> Edited:
    """Correct where a home is (U2, X4)."""
    command = command_of(commands.EditAddress, body, unit_id=unit_id)
    return Edited(await call.perform(commands.edit_address, command))


@router.put("/{unit_id}/details")
async def edit_details(call: Call, unit_id: UUID, body: EditedDetails) -> Edited:
    """Correct what is known of a home (U3, X4)."""
    command = command_of(commands.EditDetails, body, unit_id=unit_id)
    return Edited(await call.perform(commands.edit_details, command))


@router.post("/{unit_id}/status-observations", status_code=201)
async def observe_status(call: Call, unit_id: UUID, body: SeenStatus) -> Added:
    """Record the condition a home was seen in (U3)."""
    command = command_of(commands.ObserveStatus, body, unit_id=unit_id)
    return Added(await call.perform(commands.observe_status, command))


@router.post("/{unit_id}/rents", status_code=201)
async def change_rent(call: Call, unit_id: UUID, body: NewRent) -> Added:
    """Record a rent from a day on (U3)."""
    command = command_of(rents.ChangeRent, body, unit_id=unit_id)
    return Added(await call.perform(rents.change_rent, command))


@router.post("/{unit_id}/rents/{rent_id}/correction", status_code=201)
async def correct_rent(call: Call, unit_id: UUID, rent_id: UUID, body: CorrectedRent) -> Added:
    """Put the right amount on the day of a rent that was mistyped (U3)."""
    command = command_of(rents.CorrectRent, body, unit_id=unit_id, rent_id=rent_id)
    return Added(await call.perform(rents.correct_rent, command))


@router.post("/{unit_id}/rents/{rent_id}/cancellation", status_code=204)
async def cancel_rent(call: Call, unit_id: UUID, rent_id: UUID, body: CancelledRent) -> None:
    """Give up a rent that hasn't begun (U3)."""
    command = command_of(rents.CancelRent, body, unit_id=unit_id, rent_id=rent_id)
    await call.perform(rents.cancel_rent, command)
