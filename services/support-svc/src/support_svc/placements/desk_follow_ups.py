"""Follow-ups of a placement on the Front Desk (P8)."""

from uuid import UUID

from fastapi import Response

from deskkit.call import DeskCall, PageCall
from deskkit.router import DeskRouter
from support_svc.followups.model import FollowUpState, months_between
from support_svc.followups.queries import follow_ups_of
from support_svc.housing_history.feature import REASON_LEFT
from support_svc.lookups.desk import choices
from support_svc.placements.following_up import RecordFollowUp, record_follow_up
from support_svc.placements.queries import placement

router = DeskRouter(prefix="/front-desk/placements/{placement_id}/follow-ups")


@router.get("", name="follow_ups")
async def page(call: DeskCall, placement_id: UUID) -> Response:
    """The follow-ups of a placement."""
    one = await call.ask(placement, placement_id)
    return call.page("placements/follow_ups.html", one=one, found=await call.ask(follow_ups_of, placement_id))


@router.get("/new", name="follow_up_new")
async def new(call: DeskCall, placement_id: UUID) -> Response:
    """The form for the follow-up that is due; months since the last one are counted beforehand."""
    one = await call.ask(placement, placement_id)
    done = [item for item in await call.ask(follow_ups_of, placement_id) if item.state is FollowUpState.DONE]
    since = max((item.done_on for item in done), default=one.moved_in_on)
    initial = {
        "done_on": call.today,
        "months_since": months_between(since, call.today) if since else 0,
        "next_months": 3,
        "outcomes": [{"client_id": person.client_id} for person in one.people if person.left_on is None],
    }
    return await _form(call, placement_id, await call.form(RecordFollowUp, initial=initial))


@router.post("/new")
async def post_new(call: DeskCall, placement_id: UUID) -> Response:
    """Record the follow-up."""
    form = await call.form(RecordFollowUp, fixed={"placement_id": placement_id})
    if await call.carry_out(form, record_follow_up):
        return call.redirect(
            "follow_ups", placement_id=placement_id, notice=call._("The follow-up is recorded.")
        )
    return await _form(call, placement_id, form, status=422)


async def _form(call: PageCall, placement_id: UUID, form: object, status: int = 200) -> Response:
    one = await call.ask(placement, placement_id)
    staying = [person for person in one.people if person.left_on is None]
    lists = await choices(call, REASON_LEFT)
    return call.page(
        "placements/follow_up.html", status=status, form=form, one=one, staying=staying, lists=lists
    )
