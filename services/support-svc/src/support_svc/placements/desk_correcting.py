"""Corrections of a placement on the Front Desk: each with the reason (P4, P7, P8)."""

from uuid import UUID

from fastapi import Response

from chassis.errors import NotFound
from deskkit.call import DeskCall, PageCall
from deskkit.router import DeskRouter
from support_svc.followups.queries import FollowUpView, follow_ups_of
from support_svc.lookups.desk import choices, colleagues
from support_svc.placements.correcting import (
    CorrectAttempt,
    CorrectDueDay,
    CorrectFollowUp,
    CorrectLastDay,
    CorrectMoveIn,
    correct_attempt,
    correct_due_day,
    correct_follow_up,
    correct_last_day,
    correct_move_in,
)
from support_svc.placements.feature import REASON_NOT_SECURED
from support_svc.placements.queries import AttemptView, attempts, placement

router = DeskRouter(prefix="/front-desk/placements/{placement_id}")


async def _page(
    call: PageCall, placement_id: UUID, which: str, form: object, status: int = 200, **more: object
) -> Response:
    one = await call.ask(placement, placement_id)
    return call.page("placements/correct.html", status=status, form=form, one=one, which=which, about=more)


@router.get("/move-in/correction", name="move_in_correct")
async def move(call: DeskCall, placement_id: UUID) -> Response:
    """The form to correct the move-in date."""
    one = await call.ask(placement, placement_id)
    form = await call.form(CorrectMoveIn, initial={"moved_in_on": one.moved_in_on})
    return await _page(call, placement_id, "move_in", form)


@router.post("/move-in/correction")
async def post_move(call: DeskCall, placement_id: UUID) -> Response:
    """Correct the move-in date."""
    form = await call.form(CorrectMoveIn, fixed={"placement_id": placement_id})
    if await call.carry_out(form, correct_move_in):
        return call.redirect("placement", placement_id=placement_id, notice=call._("It is corrected."))
    return await _page(call, placement_id, "move_in", form, 422)


@router.get("/members/{client_id}/last-day", name="last_day_correct")
async def last_day(call: DeskCall, placement_id: UUID, client_id: UUID) -> Response:
    """The form to correct somebody's last day."""
    one = await call.ask(placement, placement_id)
    left = next((person.left_on for person in one.people if person.client_id == client_id), None)
    form = await call.form(CorrectLastDay, initial={"left_on": left})
    return await _page(call, placement_id, "last_day", form, client_id=client_id)


@router.post("/members/{client_id}/last-day")
async def post_last_day(call: DeskCall, placement_id: UUID, client_id: UUID) -> Response:
    """Correct somebody's last day."""
    form = await call.form(CorrectLastDay, fixed={"placement_id": placement_id, "client_id": client_id})
    if await call.carry_out(form, correct_last_day):
        return call.redirect("placement", placement_id=placement_id, notice=call._("It is corrected."))
    return await _page(call, placement_id, "last_day", form, 422, client_id=client_id)


@router.get("/attempts/{attempt_id}/correction", name="attempt_correct")
async def attempt(call: DeskCall, placement_id: UUID, attempt_id: UUID) -> Response:
    """The form to correct an attempt."""
    found = await _attempt(call, placement_id, attempt_id)
    return await _attempt_page(call, placement_id, found, await call.form(CorrectAttempt, initial=found))


@router.post("/attempts/{attempt_id}/correction")
async def post_attempt(call: DeskCall, placement_id: UUID, attempt_id: UUID) -> Response:
    """Correct an attempt."""
    form = await call.form(CorrectAttempt, fixed={"placement_id": placement_id, "attempt_id": attempt_id})
    if await call.carry_out(form, correct_attempt):
        return call.redirect("attempts", placement_id=placement_id, notice=call._("It is corrected."))
    return await _attempt_page(call, placement_id, await _attempt(call, placement_id, attempt_id), form, 422)


async def _attempt(call: PageCall, placement_id: UUID, attempt_id: UUID) -> AttemptView:
    found: list[AttemptView] = await call.ask(attempts, placement_id)
    for one in found:
        if one.id == attempt_id:
            return one
    raise NotFound(what="attempt")


async def _attempt_page(
    call: PageCall, placement_id: UUID, found: AttemptView, form: object, status: int = 200
) -> Response:
    lists = await choices(call, REASON_NOT_SECURED)
    people = await colleagues(call, including=found.caseworker)
    return await _page(call, placement_id, "attempt", form, status, lists=lists, people=people)


@router.get("/follow-ups/{follow_up_id}/correction", name="follow_up_correct")
async def follow_up(call: DeskCall, placement_id: UUID, follow_up_id: UUID) -> Response:
    """The form to correct a follow-up."""
    found = await _follow_up(call, placement_id, follow_up_id)
    form = await call.form(CorrectFollowUp, initial=found)
    return await _page(call, placement_id, "follow_up", form, found=found)


@router.post("/follow-ups/{follow_up_id}/correction")
async def post_follow_up(call: DeskCall, placement_id: UUID, follow_up_id: UUID) -> Response:
    """Correct a follow-up."""
    fixed = {"placement_id": placement_id, "follow_up_id": follow_up_id}
    form = await call.form(CorrectFollowUp, fixed=fixed)
    if await call.carry_out(form, correct_follow_up):
        return call.redirect("follow_ups", placement_id=placement_id, notice=call._("It is corrected."))
    found = await _follow_up(call, placement_id, follow_up_id)
    return await _page(call, placement_id, "follow_up", form, 422, found=found)


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
    return await _page(call, placement_id, "due", form)


@router.post("/follow-ups/due/date")
async def post_due(call: DeskCall, placement_id: UUID) -> Response:
    """Correct when the next follow-up is due."""
    form = await call.form(CorrectDueDay, fixed={"placement_id": placement_id})
    if await call.carry_out(form, correct_due_day):
        return call.redirect("follow_ups", placement_id=placement_id, notice=call._("It is corrected."))
    return await _page(call, placement_id, "due", form, 422)
