"""Housing history through the API (C5)."""

from uuid import UUID

from chassis.http import ApiRouter, Call, Created
from support_svc.housing_history.commands import (
    AddHousing,
    ChangeRent,
    CorrectHousing,
    EndHousing,
    Housing,
    HousingEnd,
    NewRent,
    StayCorrection,
    add_housing,
    change_rent,
    correct_housing,
    end_housing,
)
from support_svc.housing_history.queries import HousingView, address_of_stay, housing_history

router = ApiRouter(tags=["housing history"])


@router.get("/clients/{client_id}/housing-history")
async def get_history(call: Call, client_id: UUID) -> list[HousingView]:
    """Where a client has lived."""
    return await call.ask(housing_history, client_id)


@router.post("/clients/{client_id}/housing-history", status_code=201)
async def post_housing(call: Call, client_id: UUID, body: Housing) -> Created:
    """Record a stay."""
    return Created(id=await call.perform(add_housing, AddHousing(client_id=client_id, **dict(body))))


@router.get("/clients/{client_id}/housing-history/{record_id}/address")
async def get_address(call: Call, client_id: UUID, record_id: UUID) -> str | None:
    """The address of a stay, also a safe one, which nothing else shows; the view is logged."""
    return await call.ask(address_of_stay, client_id, record_id)


@router.put("/clients/{client_id}/housing-history/{record_id}", status_code=204)
async def put_housing(call: Call, client_id: UUID, record_id: UUID, body: StayCorrection) -> None:
    """Correct a stay, with the reason."""
    command = CorrectHousing(client_id=client_id, record_id=record_id, **dict(body))
    await call.perform(correct_housing, command)


@router.post("/clients/{client_id}/housing-history/{record_id}/end", status_code=204)
async def post_end(call: Call, client_id: UUID, record_id: UUID, body: HousingEnd) -> None:
    """End a stay that is open."""
    command = EndHousing(client_id=client_id, record_id=record_id, **dict(body))
    await call.perform(end_housing, command)


@router.post("/clients/{client_id}/housing-history/{record_id}/rents", status_code=204)
async def post_rent(call: Call, client_id: UUID, record_id: UUID, body: NewRent) -> None:
    """Add a dated rent to a stay."""
    command = ChangeRent(client_id=client_id, record_id=record_id, **dict(body))
    await call.perform(change_rent, command)
