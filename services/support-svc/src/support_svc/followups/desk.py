"""Follow-ups of a case on the Front Desk, and their correction (P8, H2, F1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, assert_never
from uuid import UUID

from fastapi import Response

from chassis.errors import NotFound
from deskkit.call import DeskCall, PageCall
from deskkit.router import DeskRouter
from support_svc.field_rules.desk import ruled_form
from support_svc.followups.commands import (
    FOLLOW_UP_FORM,
    CorrectDueDay,
    CorrectFollowUp,
    CorrectLastDay,
    RecordFollowUp,
    correct_due_day,
    correct_follow_up,
    correct_last_day,
    record_follow_up,
)
from support_svc.followups.model import Cases, FollowUpState, months_between
from support_svc.followups.queries import FollowUpView, follow_ups_of
from support_svc.housing_history.feature import REASON_LEFT
from support_svc.housing_loss_prevention.queries import prevention
from support_svc.lookups.desk import choices
from support_svc.placements.model import PlacementStatus
from support_svc.placements.queries import placement

router = DeskRouter(prefix="/front-desk")


@dataclass(frozen=True, slots=True)
class Included:
    """Somebody of whom a follow-up asks whether they are still in housing."""

    client_id: UUID
    name: str
    is_head: bool = True


@dataclass(frozen=True, slots=True)
class CaseShown:
    """A case as the pages of its follow-ups show it: `one` is its view, `words` the file of its words."""

    cases: Cases
    one: Any
    words: str
    page: str
    at: Mapping[str, UUID]
    follows: bool
    begun_on: date | None
    staying: tuple[Included, ...]


async def _case(call: PageCall, cases: Cases, case_id: UUID) -> CaseShown:
    match cases:
        case Cases.PLACEMENTS:
            placed = await call.ask(placement, case_id)
            return CaseShown(
                cases,
                placed,
                words="placements/_words.html",
                page="placement",
                at={"placement_id": placed.id},
                follows=placed.status is PlacementStatus.MOVED_IN,
                begun_on=placed.moved_in_on,
                staying=tuple(
                    Included(one.client_id, one.name, one.is_head)
                    for one in placed.people
                    if one.left_on is None
                ),
            )
        case Cases.HOUSING_LOSS_PREVENTIONS:
            prevented = await call.ask(prevention, case_id)
            return CaseShown(
                cases,
                prevented,
                words="housing_loss_prevention/_words.html",
                page="prevention",
                at={"prevention_id": prevented.id},
                follows=prevented.is_open,
                begun_on=prevented.started_on,
                staying=(Included(prevented.client_id, prevented.client_name),),
            )
    assert_never(cases)


@router.get("/{cases}/{case_id}/follow-ups", name="follow_ups")
async def page(call: DeskCall, cases: Cases, case_id: UUID) -> Response:
    """The follow-ups of a case."""
    shown = await _case(call, cases, case_id)
    found = await call.ask(follow_ups_of, cases, case_id)
    return call.page("followups/list.html", shown=shown, one=shown.one, found=found)


@router.get("/{cases}/{case_id}/follow-ups/new", name="follow_up_new")
async def new(call: DeskCall, cases: Cases, case_id: UUID) -> Response:
    """The form for the follow-up that is due; months since the last one are counted beforehand."""
    shown = await _case(call, cases, case_id)
    done = [item for item in await call.ask(follow_ups_of, cases, case_id) if item.done_on is not None]
    since = max((item.done_on for item in done), default=shown.begun_on)
    initial = {
        "done_on": call.today,
        "months_since": months_between(since, call.today) if since else 0,
        "next_months": 3,
        "outcomes": [{"client_id": person.client_id} for person in shown.staying],
    }
    return await _form(call, shown, await ruled_form(call, FOLLOW_UP_FORM, RecordFollowUp, initial=initial))


@router.post("/{cases}/{case_id}/follow-ups/new")
async def post_new(call: DeskCall, cases: Cases, case_id: UUID) -> Response:
    """Record the follow-up."""
    form = await ruled_form(call, FOLLOW_UP_FORM, RecordFollowUp, fixed={"cases": cases, "case_id": case_id})
    if await call.carry_out(form, record_follow_up):
        return _back(call, cases, case_id, call._("The follow-up is recorded."))
    return await _form(call, await _case(call, cases, case_id), form, status=422)


def _back(call: PageCall, cases: Cases, case_id: UUID, notice: str) -> Response:
    return call.redirect("follow_ups", cases=cases.value, case_id=case_id, notice=notice)


async def _form(call: PageCall, shown: CaseShown, form: object, status: int = 200) -> Response:
    lists = await choices(call, REASON_LEFT)
    return call.page(
        "followups/record.html", status=status, form=form, shown=shown, one=shown.one, lists=lists
    )


@router.get("/placements/{placement_id}/members/{client_id}/last-day", name="last_day_correct")
async def last_day(call: DeskCall, placement_id: UUID, client_id: UUID) -> Response:
    """The form to correct somebody's last day."""
    one = await call.ask(placement, placement_id)
    left = next((person.left_on for person in one.people if person.client_id == client_id), None)
    form = await call.form(CorrectLastDay, initial={"left_on": left})
    return await _last_day_page(call, placement_id, client_id, form)


@router.post("/placements/{placement_id}/members/{client_id}/last-day")
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


@router.get("/{cases}/{case_id}/follow-ups/{follow_up_id}/correction", name="follow_up_correct")
async def follow_up(call: DeskCall, cases: Cases, case_id: UUID, follow_up_id: UUID) -> Response:
    """The form to correct a follow-up."""
    found = await _follow_up(call, cases, case_id, follow_up_id)
    form = await ruled_form(call, FOLLOW_UP_FORM, CorrectFollowUp, record=follow_up_id, initial=found)
    return await _correction_page(call, await _case(call, cases, case_id), found, form)


@router.post("/{cases}/{case_id}/follow-ups/{follow_up_id}/correction")
async def post_follow_up(call: DeskCall, cases: Cases, case_id: UUID, follow_up_id: UUID) -> Response:
    """Correct a follow-up."""
    fixed = {"cases": cases, "case_id": case_id, "follow_up_id": follow_up_id}
    form = await ruled_form(call, FOLLOW_UP_FORM, CorrectFollowUp, record=follow_up_id, fixed=fixed)
    if await call.carry_out(form, correct_follow_up):
        return _back(call, cases, case_id, call._("It is corrected."))
    found = await _follow_up(call, cases, case_id, follow_up_id)
    return await _correction_page(call, await _case(call, cases, case_id), found, form, status=422)


async def _correction_page(
    call: PageCall, shown: CaseShown, found: FollowUpView, form: object, status: int = 200
) -> Response:
    return call.page(
        "followups/correct.html", status=status, form=form, shown=shown, one=shown.one, found=found
    )


async def _follow_up(call: PageCall, cases: Cases, case_id: UUID, follow_up_id: UUID) -> FollowUpView:
    found: list[FollowUpView] = await call.ask(follow_ups_of, cases, case_id)
    for one in found:
        if one.id == follow_up_id and one.state is FollowUpState.DONE:
            return one
    raise NotFound(what="follow-up")


@router.get("/{cases}/{case_id}/follow-ups/due/date", name="follow_up_due")
async def due(call: DeskCall, cases: Cases, case_id: UUID) -> Response:
    """The form to correct when the next follow-up is due."""
    shown = await _case(call, cases, case_id)
    form = await call.form(CorrectDueDay, initial={"due_on": shown.one.next_follow_up})
    return call.page("followups/correct_due.html", form=form, shown=shown, one=shown.one)


@router.post("/{cases}/{case_id}/follow-ups/due/date")
async def post_due(call: DeskCall, cases: Cases, case_id: UUID) -> Response:
    """Correct when the next follow-up is due."""
    form = await call.form(CorrectDueDay, fixed={"cases": cases, "case_id": case_id})
    if await call.carry_out(form, correct_due_day):
        return _back(call, cases, case_id, call._("It is corrected."))
    shown = await _case(call, cases, case_id)
    return call.page("followups/correct_due.html", status=422, form=form, shown=shown, one=shown.one)
