"""Housing history through the API (C5)."""

from uuid import UUID

from chassis.http.call import ApiRouter, Call
from support_svc.housing_history.commands import (
    AddHousing,
    ChangeRent,
    EndHousing,
    add_housing,
    change_rent,
    end_housing,
)
from support_svc.housing_history.queries import HousingView, housing_history

router = ApiRouter(prefix="/api/support/v1", tags=["housing history"])


@router.get("/clients/{client_id}/housing-history")
async def get_history(call: Call, client_id: UUID) -> list[HousingView]:
    """Where a client has lived."""
    return await call.ask(housing_history, client_id)


@router.post("/housing-history", status_code=201)
async def post_housing(call: Call, command: AddHousing) -> UUID:
    """Record a stay."""
    return await call.perform(add_housing, command)


@router.post("/housing-history/end", status_code=204)
async def post_end(call: Call, command: EndHousing) -> None:
    """End a stay that is open."""
    await call.perform(end_housing, command)


@router.post("/housing-history/rent", status_code=204)
async def post_rent(call: Call, command: ChangeRent) -> None:
    """Add a dated rent to a stay."""
    await call.perform(change_rent, command)
