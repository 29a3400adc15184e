"""Secure Unit, giving up and referring on the Front Desk (P6)."""

from uuid import UUID

from fastapi import Response

from deskkit.call import DeskCall, PageCall
from deskkit.router import DeskRouter
from support_svc.homes.queries import home
from support_svc.placements.queries import placement
from support_svc.securing.commands import (
    GiveUpUnit,
    ReferHousehold,
    SecureUnit,
    give_up_unit,
    refer_household,
    secure_unit,
)
from support_svc.securing.queries import preview_referral, preview_securing, usual_move_in

router = DeskRouter(prefix="/front-desk/placements/{placement_id}")


@router.get("/secure/{unit}", name="secure_unit")
async def secure(call: DeskCall, placement_id: UUID, unit: UUID) -> Response:
    """Confirm Secure Unit: the dates, and what will be disclosed, word for word (P6)."""
    expected = await call.ask(usual_move_in)
    preview = await call.ask(preview_securing, placement_id, unit, expected)
    initial = {
        "secured_on": call.today,
        "expected_move_in": expected,
        "adults": preview.adults,
        "children": preview.children,
        "consent": preview.consent,
        "inventory": preview.inventory,
    }
    return await _secure_page(call, placement_id, unit, await call.form(SecureUnit, initial=initial), preview)


@router.post("/secure/{unit}")
async def post_secure(call: DeskCall, placement_id: UUID, unit: UUID) -> Response:
    """Secure Unit."""
    form = await call.form(SecureUnit, fixed={"placement_id": placement_id, "unit": unit})
    if await call.carry_out(form, secure_unit):
        return call.redirect("placement", placement_id=placement_id)
    expected = form.command.expected_move_in if form.refused else await call.ask(usual_move_in)
    preview = await call.ask(preview_securing, placement_id, unit, expected)
    shown = {
        "adults": preview.adults,
        "children": preview.children,
        "consent": preview.consent or "",
        "inventory": preview.inventory,
    }
    form.values.update({name: [str(value)] for name, value in shown.items()})
    return await _secure_page(call, placement_id, unit, form, preview, status=422)


async def _secure_page(
    call: PageCall, placement_id: UUID, unit: UUID, form: object, preview: object, *, status: int = 200
) -> Response:
    return call.page(
        "securing/secure.html",
        status=status,
        form=form,
        preview=preview,
        one=await call.ask(placement, placement_id),
        found=await call.ask(home, unit),
    )


@router.get("/securing", name="placement_securing")
async def securing(call: DeskCall, placement_id: UUID) -> Response:
    """The part of a page that waits for the answer; once it's there, the browser reloads the page."""
    one = await call.ask(placement, placement_id)
    response = call.fragment("securing/waiting.html", one=one)
    if one.asked is None or one.asked.late:
        response.headers["HX-Refresh"] = "true"
    return response


@router.get("/give-up", name="give_up")
async def give_up(call: DeskCall, placement_id: UUID, request: UUID | None = None) -> Response:
    """What giving a home up means, before it is done; of two homes the one that is named."""
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
    chosen = next((each for each in open_ones if request in (None, each.request)), one.request)
    other = next((each for each in open_ones if each is not chosen), None)
    return call.page("securing/give_up.html", status=status, form=form, one=one, chosen=chosen, other=other)


@router.get("/referral", name="refer_household")
async def referral(call: DeskCall, placement_id: UUID) -> Response:
    """Confirm a referral: what the landlord will receive, word for word (P6, W5)."""
    return await _referral_page(call, placement_id, await call.form(ReferHousehold))


@router.post("/referral")
async def post_referral(call: DeskCall, placement_id: UUID) -> Response:
    """Refer the household to the landlord of its home."""
    form = await call.form(ReferHousehold, fixed={"placement_id": placement_id})
    done = await call.carry_out(form, refer_household)
    if done is None:
        return call.redirect("placement", placement_id=placement_id, notice=form.problem, tone="warning")
    if done.result.sent:
        landlord = call.party_name(done.result.landlord)
        notice, tone = call._("The household is referred to %(landlord)s.", landlord=landlord), "success"
    else:
        notice = call._("Nothing was sent: the consent to be housed has ended. Record it again first.")
        tone = "warning"
    return call.redirect("placement", placement_id=placement_id, notice=notice, tone=tone)


async def _referral_page(call: PageCall, placement_id: UUID, form: object) -> Response:
    preview = await call.ask(preview_referral, placement_id)
    one = await call.ask(placement, placement_id)
    return call.page("securing/refer.html", form=form, preview=preview, one=one)
