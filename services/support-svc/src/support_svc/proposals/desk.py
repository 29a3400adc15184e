"""Proposing a home that isn't in the inventory, on the Front Desk (P11)."""

from uuid import UUID

from fastapi import Response

from deskkit.call import DeskCall, PageCall
from deskkit.router import DeskRouter
from support_svc.consents.queries import purposes_in_force
from support_svc.homes.model import region_name
from support_svc.homes.queries import places
from support_svc.housing_history.feature import HOUSING_TYPE
from support_svc.lookups.queries import values_of
from support_svc.placements.queries import placement
from support_svc.proposals.commands import ProposeHome, WithdrawProposal, propose_home, withdraw_proposal
from support_svc.securing.queries import usual_move_in
from trade.listings import HOUSING_TYPES, grouped

router = DeskRouter(prefix="/front-desk/placements/{placement_id}/proposed-homes")


@router.get("/new", name="home_propose")
async def new(call: DeskCall, placement_id: UUID) -> Response:
    """The form for a home that was found outside of the inventory, and what will be sent of it (P11)."""
    initial = {
        "province": "ON",
        "hold": True,
        "secured_on": call.today,
        "expected_move_in": await call.ask(usual_move_in),
    }
    return await _page(call, placement_id, await call.form(ProposeHome, initial=initial))


@router.post("/new")
async def post_new(call: DeskCall, placement_id: UUID) -> Response:
    """Propose it."""
    form = await call.form(ProposeHome, fixed={"placement_id": placement_id})
    if await call.carry_out(form, propose_home):
        return call.redirect("placement", placement_id=placement_id, notice=call._("The home is proposed."))
    return await _page(call, placement_id, form, status=422)


async def _page(call: PageCall, placement_id: UUID, form: object, status: int = 200) -> Response:
    one = await call.ask(placement, placement_id)
    values = (await call.ask(values_of, HOUSING_TYPE))[HOUSING_TYPE]
    kinds = [(v.published_as, (v.published_as, v.label(call.locale))) for v in values if v.published_as]
    known = await call.ask(places)
    inventories = call.runtime.parties.of_kind("inventory", call.today)
    return call.page(
        "proposals/propose.html",
        status=status,
        form=form,
        one=one,
        agreed="be_housed" in await call.ask(purposes_in_force, one.client_id),
        kinds=[(call._(title), members) for title, members in grouped(kinds, HOUSING_TYPES)],
        regions=[(region, region_name(region)) for region in known.regions],
        inventories=[(party.id, party.name(call.locale)) for party in inventories],
    )


@router.post("/{request}/withdrawal", name="proposal_withdraw")
async def withdraw(call: DeskCall, placement_id: UUID, request: UUID) -> Response:
    """Withdraw a proposal that wasn't answered yet."""
    await call.perform(withdraw_proposal, WithdrawProposal(placement_id=placement_id, request=request))
    return call.redirect("placement", placement_id=placement_id, notice=call._("The proposal is withdrawn."))
