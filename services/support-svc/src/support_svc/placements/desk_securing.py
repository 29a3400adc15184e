"""Secure Unit, giving up and Move In on the Front Desk (P6, P7)."""

from datetime import timedelta
from uuid import UUID

from fastapi import Response

from deskkit.call import DeskCall, PageCall
from deskkit.router import DeskRouter
from support_svc.homes.model import ManagedBy
from support_svc.homes.queries import home
from support_svc.housing_history.commands import Rent
from support_svc.housing_history.feature import REASON_LEFT
from support_svc.lookups.desk import choices
from support_svc.placements.asking import (
    GiveUpUnit,
    ReferHousehold,
    SecureUnit,
    give_up_unit,
    refer_household,
    secure_unit,
)
from support_svc.placements.moving_in import MoveIn, move_in
from support_svc.placements.previews import what_is_referred, what_is_told
from support_svc.placements.queries import placement

router = DeskRouter(prefix="/front-desk/placements/{placement_id}")

USUAL_WAIT = timedelta(days=14)
"""Between today and the expected move-in that the form begins with."""


@router.get("/secure/{unit}", name="secure_unit")
async def secure(call: DeskCall, placement_id: UUID, unit: UUID) -> Response:
    """Confirm Secure Unit: the dates, and what will be told, word for word (P6)."""
    expected = call.today + USUAL_WAIT
    telling = await call.ask(what_is_told, placement_id, unit, expected)
    initial = {
        "secured_on": call.today,
        "expected_move_in": expected,
        "adults": telling.adults,
        "children": telling.children,
        "consent": telling.consent,
    }
    return await _secure_page(call, placement_id, unit, await call.form(SecureUnit, initial=initial), telling)


@router.post("/secure/{unit}")
async def post_secure(call: DeskCall, placement_id: UUID, unit: UUID) -> Response:
    """Secure Unit."""
    form = await call.form(SecureUnit, fixed={"placement_id": placement_id, "unit": unit})
    if await call.carry_out(form, secure_unit):
        return call.redirect("placement", placement_id=placement_id)
    expected = form.command.expected_move_in if form.refused else call.today + USUAL_WAIT
    telling = await call.ask(what_is_told, placement_id, unit, expected)
    shown = {"adults": telling.adults, "children": telling.children, "consent": telling.consent or ""}
    form.values.update({name: [str(value)] for name, value in shown.items()})
    return await _secure_page(call, placement_id, unit, form, telling, status=422)


async def _secure_page(
    call: PageCall, placement_id: UUID, unit: UUID, form: object, telling: object, *, status: int = 200
) -> Response:
    return call.page(
        "placements/secure.html",
        status=status,
        form=form,
        telling=telling,
        one=await call.ask(placement, placement_id),
        found=await call.ask(home, unit),
    )


@router.get("/securing", name="placement_securing")
async def securing(call: DeskCall, placement_id: UUID) -> Response:
    """The waiting line of a placement's page; once the answer is there, the browser reloads the page."""
    one = await call.ask(placement, placement_id)
    if one.asked is not None and not one.asked.late:
        return call.fragment("placements/securing.html", one=one)
    response = call.fragment("placements/securing.html", one=one)
    response.headers["HX-Refresh"] = "true"
    return response


@router.get("/give-up", name="give_up")
async def give_up(call: DeskCall, placement_id: UUID, request: UUID | None = None) -> Response:
    """What giving up means, before it is done; of two homes the one that is named."""
    return await _give_up_page(
        call, placement_id, await call.form(GiveUpUnit, initial={"request": request}), request
    )


@router.post("/give-up")
async def post_give_up(call: DeskCall, placement_id: UUID) -> Response:
    """Give up the home that is asked for or held."""
    form = await call.form(GiveUpUnit, fixed={"placement_id": placement_id})
    if await call.carry_out(form, give_up_unit):
        return call.redirect("placement", placement_id=placement_id, notice=call._("The home is given up."))
    request = form.command.request if form.refused else None
    return await _give_up_page(call, placement_id, form, request, status=422)


async def _give_up_page(
    call: PageCall, placement_id: UUID, form: object, request: UUID | None, *, status: int = 200
) -> Response:
    one = await call.ask(placement, placement_id)
    open_ones = [each for each in (one.another, one.request) if each is not None and each.open]
    meant = next((each for each in open_ones if request in (None, each.request)), one.request)
    kept = next((each for each in open_ones if each is not meant), None)
    return call.page("placements/give_up.html", status=status, form=form, one=one, meant=meant, kept=kept)


@router.get("/referral", name="refer_household")
async def referral(call: DeskCall, placement_id: UUID) -> Response:
    """Confirm a referral: what the property entity will receive, word for word (P6, W5)."""
    return await _referral_page(call, placement_id, await call.form(ReferHousehold))


@router.post("/referral")
async def post_referral(call: DeskCall, placement_id: UUID) -> Response:
    """Refer the household to the property entity."""
    form = await call.form(ReferHousehold, fixed={"placement_id": placement_id})
    done = await call.carry_out(form, refer_household)
    if done is None:
        return call.redirect("placement", placement_id=placement_id, notice=form.problem, tone="warning")
    if done.result.told:
        notice, tone = call._("The household is referred to the property entity."), "success"
    else:
        notice = call._("Nothing was told: the consent to be housed has ended. Record it again first.")
        tone = "warning"
    return call.redirect("placement", placement_id=placement_id, notice=notice, tone=tone)


async def _referral_page(call: PageCall, placement_id: UUID, form: object) -> Response:
    telling = await call.ask(what_is_referred, placement_id)
    one = await call.ask(placement, placement_id)
    return call.page("placements/refer.html", form=form, telling=telling, one=one)


@router.get("/move-in", name="move_in")
async def move(call: DeskCall, placement_id: UUID) -> Response:
    """The form of Move In (P7)."""
    one = await call.ask(placement, placement_id)
    initial: dict[str, object] = {"moved_in_on": call.today, "next_months": 1}
    if one.request is not None:
        if one.request.tenancy_start is not None:
            initial["moved_in_on"] = min(one.request.tenancy_start, call.today)
        if one.request.tenancy_rent is not None:
            initial["rent"] = Rent(amount=one.request.tenancy_rent, currency=one.request.tenancy_currency)
    return await _move_page(call, placement_id, await call.form(MoveIn, initial=initial))


@router.post("/move-in")
async def post_move(call: DeskCall, placement_id: UUID) -> Response:
    """Move In."""
    form = await call.form(MoveIn, fixed={"placement_id": placement_id})
    if await call.carry_out(form, move_in):
        return call.redirect(
            "placement", placement_id=placement_id, notice=call._("The household has moved in.")
        )
    return await _move_page(call, placement_id, form, status=422)


async def _move_page(call: PageCall, placement_id: UUID, form: object, status: int = 200) -> Response:
    one = await call.ask(placement, placement_id)
    third_party = one.request is not None and one.request.managed_by is not ManagedBy.PROPERTY_ENTITY
    return call.page(
        "placements/move_in.html",
        status=status,
        form=form,
        one=one,
        third_party=third_party,
        lists=await choices(call, REASON_LEFT),
    )
