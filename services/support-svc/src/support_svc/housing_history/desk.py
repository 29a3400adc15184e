"""Housing history of a client on the Front Desk (C5)."""

from uuid import UUID

from fastapi import Response

from chassis.errors import NotFound
from chassis.feature import offers_of
from deskkit.call import DeskCall, PageCall
from deskkit.router import DeskRouter
from support_svc.clients.queries import client
from support_svc.field_rules.desk import ruled_form
from support_svc.housing_history.commands import (
    HOUSING_END_FORM,
    HOUSING_FORM,
    AddHousing,
    ChangeRent,
    CorrectHousing,
    EndHousing,
    add_housing,
    change_rent,
    correct_housing,
    end_housing,
)
from support_svc.housing_history.feature import HOUSING_TYPE, REASON_LEFT
from support_svc.housing_history.queries import HousingView, address_of_stay, housing_history
from support_svc.lookups.desk import choices

router = DeskRouter(prefix="/front-desk/clients/{client_id}/housing-history")

_LISTS = (HOUSING_TYPE, REASON_LEFT)


@router.get("", name="housing_history")
async def page(call: DeskCall, client_id: UUID) -> Response:
    """Where a client has lived."""
    person = await call.ask(client, client_id)
    stays = await call.ask(housing_history, client_id)
    actions = [
        one
        for its in offers_of(call.runtime.features, "housing_actions")
        for one in await call.ask(its, client_id)
    ]
    return call.page("housing_history/list.html", person=person, stays=stays, actions=actions)


@router.get("/new", name="housing_new")
async def new(call: DeskCall, client_id: UUID) -> Response:
    """The form for a stay."""
    return await _form(call, client_id, "new", await ruled_form(call, HOUSING_FORM, AddHousing))


@router.post("/new")
async def post_new(call: DeskCall, client_id: UUID) -> Response:
    """Record a stay."""
    form = await ruled_form(call, HOUSING_FORM, AddHousing, fixed={"client_id": client_id})
    if await call.carry_out(form, add_housing):
        return call.redirect(
            "housing_history", client_id=client_id, notice=call._("The housing is recorded.")
        )
    return await _form(call, client_id, "new", form, status=422)


@router.get("/{record_id}/correction", name="housing_correct")
async def correction(call: DeskCall, client_id: UUID, record_id: UUID) -> Response:
    """The form to correct a stay."""
    stay = await _stay(call, client_id, record_id)
    return await _form(call, client_id, "correct", await call.form(CorrectHousing, initial=stay), stay=stay)


@router.post("/{record_id}/correction")
async def post_correction(call: DeskCall, client_id: UUID, record_id: UUID) -> Response:
    """Correct a stay, with the reason."""
    form = await call.form(CorrectHousing, fixed={"client_id": client_id, "record_id": record_id})
    if await call.carry_out(form, correct_housing):
        return call.redirect("housing_history", client_id=client_id, notice=call._("It is corrected."))
    stay = await _stay(call, client_id, record_id)
    return await _form(call, client_id, "correct", form, status=422, stay=stay)


@router.post("/{record_id}/address", name="housing_address")
async def post_address(call: DeskCall, client_id: UUID, record_id: UUID) -> Response:
    """Show the safe address of a stay to who asks for it; that is logged (C8)."""
    address = await call.ask(address_of_stay, client_id, record_id)
    return call.page(
        "housing_history/address.html", person=await call.ask(client, client_id), address=address
    )


async def _stay(call: PageCall, client_id: UUID, record_id: UUID) -> HousingView:
    stays: list[HousingView] = await call.ask(housing_history, client_id)
    for one in stays:
        if one.id == record_id:
            return one
    raise NotFound(what="housing history record")


@router.get("/{record_id}/end", name="housing_end")
async def end(call: DeskCall, client_id: UUID, record_id: UUID) -> Response:
    """The form to end a stay."""
    return await _form(
        call,
        client_id,
        "end",
        await ruled_form(call, HOUSING_END_FORM, EndHousing, initial={"ended_on": call.today}),
    )


@router.post("/{record_id}/end")
async def post_end(call: DeskCall, client_id: UUID, record_id: UUID) -> Response:
    """End a stay."""
    form = await ruled_form(
        call, HOUSING_END_FORM, EndHousing, fixed={"client_id": client_id, "record_id": record_id}
    )
    if await call.carry_out(form, end_housing):
        return call.redirect("housing_history", client_id=client_id, notice=call._("The housing has ended."))
    return await _form(call, client_id, "end", form, status=422)


@router.get("/{record_id}/rent", name="housing_rent")
async def rent(call: DeskCall, client_id: UUID, record_id: UUID) -> Response:
    """The form for another rent."""
    return await _form(
        call, client_id, "rent", await call.form(ChangeRent, initial={"from_date": call.today})
    )


@router.post("/{record_id}/rent")
async def post_rent(call: DeskCall, client_id: UUID, record_id: UUID) -> Response:
    """Add a dated rent."""
    form = await call.form(ChangeRent, fixed={"client_id": client_id, "record_id": record_id})
    if await call.carry_out(form, change_rent):
        return call.redirect("housing_history", client_id=client_id, notice=call._("The rent is recorded."))
    return await _form(call, client_id, "rent", form, status=422)


async def _form(
    call: PageCall, client_id: UUID, which: str, form: object, *, status: int = 200, stay: object = None
) -> Response:
    person = await call.ask(client, client_id)
    lists = await choices(call, *_LISTS)
    return call.page(
        f"housing_history/{which}.html", status=status, form=form, person=person, lists=lists, stay=stay
    )
