"""Follow-ups of a placement on the Front Desk, and their correction (P8)."""

from uuid import UUID

from fastapi import Response

from chassis.errors import NotFound
from deskkit.call import DeskCall, PageCall
from deskkit.router import DeskRouter
from support_svc.followups.commands import (
    CorrectDueDay,
    CorrectFollowUp,
    CorrectLastDay,
    RecordFollowUp,
    correct_due_day,
    correct_follow_up,
    correct_last_day,
    record_follow_up,
)
from support_svc.followups.model import FollowUpState, months_between
from support_svc.followups.queries import FollowUpView, follow_ups_of
from support_svc.housing_history.feature import REASON_LEFT
from support_svc.lookups.desk import choices
from support_svc.placements.queries import placement

router = DeskRouter(prefix="/front-desk/placements/{placement_id}")


@router.get("/follow-ups", name="follow_ups")
async def page(call: DeskCall, placement_id: UUID) -> Response:
    """The follow-ups of a placement."""
    one = await call.ask(placement, placement_id)
    return call.page("followups/list.html", one=one, found=await call.ask(follow_ups_of, placement_id))


@router.get("/follow-ups/new", name="follow_up_new")
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


@router.post("/follow-ups/new")
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
    return call.page("followups/record.html", status=status, form=form, one=one, staying=staying, lists=lists)


@router.get("/members/{client_id}/last-day", name="last_day_correct")
async def last_day(call: DeskCall, placement_id: UUID, client_id: UUID) -> Response:
    """The form to correct somebody's last day."""
    one = await call.ask(placement, placement_id)
    left = next((person.left_on for person in one.people if person.client_id == client_id), None)
    form = await call.form(CorrectLastDay, initial={"left_on": left})
    return await _last_day_page(call, placement_id, client_id, form)


@router.post("/members/{client_id}/last-day")
async def post_last_day(call: DeskCall, placement_id: UUID, client_id: UUID) -> Response:
    """Correct somebody's last day."""
    form = await call.form(CorrectLastDay, fixed={"placement_id": placement_id, "client_id": client_id})
    if await call.carry_out(form, correct_last_day):
        return call.redirect("placement", placement_id=placement_id, notice=call._("It is corrected."))
    return await _last_day_page(call, placement_id, client_id, form, status=422)


async def _last_day_page(
    call: PageCall, placement_id: UUID, client_id: UUID, form: object, status: int = 200
) -> Response:
    one = await call.ask(placement, placement_id)
    for person in one.people:
        if person.client_id == client_id:
            return call.page(
                "followups/correct_last_day.html", status=status, form=form, one=one, person=person
            )
    raise NotFound(what="member")


@router.get("/follow-ups/{follow_up_id}/correction", name="follow_up_correct")
async def follow_up(call: DeskCall, placement_id: UUID, follow_up_id: UUID) -> Response:
    """The form to correct a follow-up."""
    found = await _follow_up(call, placement_id, follow_up_id)
    form = await call.form(CorrectFollowUp, initial=found)
    return await _correction_page(call, placement_id, found, form)


@router.post("/follow-ups/{follow_up_id}/correction")
async def post_follow_up(call: DeskCall, placement_id: UUID, follow_up_id: UUID) -> Response:
    """Correct a follow-up."""
    fixed = {"placement_id": placement_id, "follow_up_id": follow_up_id}
    form = await call.form(CorrectFollowUp, fixed=fixed)
    if await call.carry_out(form, correct_follow_up):
        return call.redirect("follow_ups", placement_id=placement_id, notice=call._("It is corrected."))
    found = await _follow_up(call, placement_id, follow_up_id)
    return await _correction_page(call, placement_id, found, form, status=422)


async def _correction_page(
    call: PageCall, placement_id: UUID, found: FollowUpView, form: object, status: int = 200
) -> Response:
    one = await call.ask(placement, placement_id)
    return call.page("followups/correct.html", status=status, form=form, one=one, found=found)


async def _follow_up(call: PageCall, placement_id: UUID, follow_up_id: UUID) -> FollowUpView:
    found: list[FollowUpView] = await call.ask(follow_ups_of, placement_id)
    for one in found:
        if one.id == follow_up_id:
            return one
    raise NotFound(what="follow-up")


@router.get("/follow-ups/due/date", name="follow_up_due")
async def due(call: DeskCall, placement_id: UUID) -> Response:
    """The form to correct when the next follow-up is due."""
    one = await call.ask(placement, placement_id)
    form = await call.form(CorrectDueDay, initial={"due_on": one.next_follow_up})
    return call.page("followups/correct_due.html", form=form, one=one)


@router.post("/follow-ups/due/date")
async def post_due(call: DeskCall, placement_id: UUID) -> Response:
    """Correct when the next follow-up is due."""
    form = await call.form(CorrectDueDay, fixed={"placement_id": placement_id})
    if await call.carry_out(form, correct_due_day):
        return call.redirect("follow_ups", placement_id=placement_id, notice=call._("It is corrected."))
    one = await call.ask(placement, placement_id)
    return call.page("followups/correct_due.html", status=422, form=form, one=one)
