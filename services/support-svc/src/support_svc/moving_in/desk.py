"""Move In on the Front Desk, and its correction (P7)."""

from uuid import UUID

from fastapi import Response

from deskkit.call import DeskCall, PageCall
from deskkit.router import DeskRouter
from support_svc.clients.queries import household
from support_svc.field_rules.desk import ruled_form
from support_svc.homes.model import ManagedBy
from support_svc.housing_history.commands import Rent
from support_svc.housing_history.feature import REASON_LEFT
from support_svc.lookups.desk import choices
from support_svc.moving_in.commands import (
    MOVE_IN_FORM,
    CorrectMoveIn,
    JoinHome,
    MoveIn,
    correct_move_in,
    join_home,
    move_in,
)
from support_svc.placements.queries import placement

router = DeskRouter(prefix="/front-desk/placements/{placement_id}/move-in")


@router.get("", name="move_in")
async def move(call: DeskCall, placement_id: UUID) -> Response:
    """The form of Move In (P7)."""
    one = await call.ask(placement, placement_id)
    initial: dict[str, object] = {"moved_in_on": call.today, "next_months": 1}
    if one.request is not None:
        if one.request.tenancy_start is not None:
            initial["moved_in_on"] = min(one.request.tenancy_start, call.today)
        if one.request.tenancy_rent is not None:
            initial["rent"] = Rent(amount=one.request.tenancy_rent, currency=one.request.tenancy_currency)
    return await _move_page(call, placement_id, await ruled_form(call, MOVE_IN_FORM, MoveIn, initial=initial))


@router.post("")
async def post_move(call: DeskCall, placement_id: UUID) -> Response:
    """Move In."""
    form = await ruled_form(call, MOVE_IN_FORM, MoveIn, fixed={"placement_id": placement_id})
    if await call.carry_out(form, move_in):
        return call.redirect(
            "placement", placement_id=placement_id, notice=call._("The household has moved in.")
        )
    return await _move_page(call, placement_id, form, status=422)


async def _move_page(call: PageCall, placement_id: UUID, form: object, status: int = 200) -> Response:
    one = await call.ask(placement, placement_id)
    third_party = one.request is not None and one.request.managed_by is not ManagedBy.PROPERTY_ENTITY
    return call.page(
        "moving_in/move_in.html",
        status=status,
        form=form,
        one=one,
        third_party=third_party,
        lists=await choices(call, REASON_LEFT),
    )


@router.get("/correction", name="move_in_correct")
async def correct(call: DeskCall, placement_id: UUID) -> Response:
    """The form to correct the move-in date."""
    one = await call.ask(placement, placement_id)
    form = await call.form(CorrectMoveIn, initial={"moved_in_on": one.moved_in_on})
    return call.page("moving_in/correct.html", form=form, one=one)


@router.post("/correction")
async def post_correction(call: DeskCall, placement_id: UUID) -> Response:
    """Correct the move-in date."""
    form = await call.form(CorrectMoveIn, fixed={"placement_id": placement_id})
    if await call.carry_out(form, correct_move_in):
        return call.redirect("placement", placement_id=placement_id, notice=call._("It is corrected."))
    one = await call.ask(placement, placement_id)
    return call.page("moving_in/correct.html", status=422, form=form, one=one)


@router.get("/joining", name="join_home")
async def joining(call: DeskCall, placement_id: UUID) -> Response:
    """The form by which somebody joins the household in its home."""
    return await _join_page(call, placement_id, await call.form(JoinHome, initial={"joined_on": call.today}))


@router.post("/joining")
async def post_joining(call: DeskCall, placement_id: UUID) -> Response:
    """Let somebody join the household in its home."""
    form = await call.form(JoinHome, fixed={"placement_id": placement_id})
    if await call.carry_out(form, join_home):
        notice = call._("One more person lives in the home.")
        return call.redirect("placement", placement_id=placement_id, notice=notice)
    return await _join_page(call, placement_id, form, status=422)


async def _join_page(call: PageCall, placement_id: UUID, form: object, status: int = 200) -> Response:
    one = await call.ask(placement, placement_id)
    included = {person.client_id for person in one.people if person.left_on is None}
    members = (await call.ask(household, one.client_id)).members
    return call.page(
        "moving_in/join.html",
        status=status,
        form=form,
        one=one,
        others=[member for member in members if member.client_id not in included],
        lists=await choices(call, REASON_LEFT),
    )
