"""Housing placements on the Front Desk: list, start, record, attempts, timeline (P1-P4, P10)."""

from uuid import UUID

from fastapi import Response

from chassis.errors import NotFound
from deskkit.call import DeskCall, PageCall
from deskkit.router import DeskRouter
from support_svc.clients.queries import client, search_clients
from support_svc.consents.queries import purposes_in_force
from support_svc.field_rules.desk import ruled_form
from support_svc.housing_history.feature import HOUSING_TYPE
from support_svc.lookups.desk import choices, colleagues
from support_svc.placements.commands import (
    ATTEMPT_FORM,
    PLACEMENT_FORM,
    ChangePlacement,
    CorrectAttempt,
    Income,
    RecordAttempt,
    StartPlacement,
    change_placement,
    correct_attempt,
    record_attempt,
    start_placement,
)
from support_svc.placements.feature import REASON_NOT_SECURED, REFERRAL_SOURCE
from support_svc.placements.listing import PlacementFilter, placements
from support_svc.placements.queries import AttemptView, PlacementView, attempts, placement
from support_svc.placements.timeline import timeline
from support_svc.programs.desk import program_choices

router = DeskRouter(prefix="/front-desk/placements")
_LISTS = (HOUSING_TYPE, REFERRAL_SOURCE)


@router.get("", name="placements")
async def page(call: DeskCall) -> Response:
    """The list of placements with the four urgent counts (P1)."""
    form = call.sought(PlacementFilter)
    found = await call.ask(placements, form.command)
    return call.page(
        "placements/list.html",
        found=found,
        wanted=form.command,
        form=form,
        programs=await program_choices(call, everything=True),
        people=await colleagues(call, everybody=True),
    )


@router.get("/new", name="placement_new")
async def new(call: DeskCall, client: UUID | None = None, q: str = "") -> Response:
    """Choose the client, then the form of Start Housing Placement (P2)."""
    if client is None:
        found = (await call.ask(search_clients, q)).items if q.strip() else ()
        return call.page("placements/choose_client.html", q=q, found=found)
    initial = {"caseworker": call.actor.subject, "search_started_on": call.today}
    return await _start_form(
        call, client, await ruled_form(call, PLACEMENT_FORM, StartPlacement, initial=initial)
    )


@router.post("/new")
async def post_new(call: DeskCall, client: UUID) -> Response:
    """Start Housing Placement."""
    form = await ruled_form(call, PLACEMENT_FORM, StartPlacement, fixed={"client_id": client})
    if done := await call.carry_out(form, start_placement):
        return call.redirect(
            "placement", placement_id=done.result, notice=call._("The housing placement has started.")
        )
    return await _start_form(call, client, form, status=422)


async def _start_form(call: PageCall, client_id: UUID, form: object, status: int = 200) -> Response:
    return call.page(
        "placements/start.html",
        status=status,
        form=form,
        person=await call.ask(client, client_id),
        lists=await choices(call, *_LISTS),
        programs=await program_choices(call),
        people=await colleagues(call),
        in_force=await call.ask(purposes_in_force, client_id),
    )


@router.get("/{placement_id}/edit", name="placement_edit")
async def edit(call: DeskCall, placement_id: UUID) -> Response:
    """The form to change what is sought."""
    one = await call.ask(placement, placement_id)
    initial = {name: getattr(one, name, None) for name in ChangePlacement.model_fields}
    if one.monthly_income is not None:
        initial["monthly_income"] = Income(amount=one.monthly_income, currency=one.currency)
    form = await ruled_form(call, PLACEMENT_FORM, ChangePlacement, record=placement_id, initial=initial)
    return await _change_form(call, one, form)


@router.post("/{placement_id}/edit")
async def post_edit(call: DeskCall, placement_id: UUID) -> Response:
    """Change what is sought."""
    form = await ruled_form(
        call, PLACEMENT_FORM, ChangePlacement, record=placement_id, fixed={"placement_id": placement_id}
    )
    if await call.carry_out(form, change_placement):
        return call.redirect("placement", placement_id=placement_id, notice=call._("The changes are saved."))
    return await _change_form(call, await call.ask(placement, placement_id), form, status=422)


async def _change_form(call: PageCall, one: PlacementView, form: object, status: int = 200) -> Response:
    return call.page(
        "placements/change.html",
        status=status,
        form=form,
        one=one,
        lists=await choices(call, *_LISTS),
        programs=await program_choices(call, including=one.program_id),
        people=await colleagues(call, including=one.caseworker),
    )


@router.get("/{placement_id}/attempts", name="attempts")
async def attempts_tab(call: DeskCall, placement_id: UUID) -> Response:
    """The attempts of a placement (P4)."""
    one = await call.ask(placement, placement_id)
    return call.page("placements/attempts.html", one=one, attempts=await call.ask(attempts, placement_id))


@router.get("/{placement_id}/attempts/new", name="attempt_new")
async def new_attempt(call: DeskCall, placement_id: UUID) -> Response:
    """The form for an attempt."""
    initial = {"attempted_on": call.today, "caseworker": call.actor.subject}
    return await _attempt_form(
        call, placement_id, await ruled_form(call, ATTEMPT_FORM, RecordAttempt, initial=initial)
    )


@router.post("/{placement_id}/attempts/new")
async def post_attempt(call: DeskCall, placement_id: UUID) -> Response:
    """Record an attempt; a final one ends the placement."""
    form = await ruled_form(call, ATTEMPT_FORM, RecordAttempt, fixed={"placement_id": placement_id})
    if await call.carry_out(form, record_attempt):
        return call.redirect("attempts", placement_id=placement_id, notice=call._("The attempt is recorded."))
    return await _attempt_form(call, placement_id, form, status=422)


async def _attempt_form(call: PageCall, placement_id: UUID, form: object, status: int = 200) -> Response:
    return call.page(
        "placements/attempt.html",
        status=status,
        form=form,
        one=await call.ask(placement, placement_id),
        lists=await choices(call, REASON_NOT_SECURED),
        people=await colleagues(call),
    )


@router.get("/{placement_id}/attempts/{attempt_id}/correction", name="attempt_correct")
async def correct(call: DeskCall, placement_id: UUID, attempt_id: UUID) -> Response:
    """The form to correct an attempt."""
    found = await _attempt(call, placement_id, attempt_id)
    return await _correction_page(
        call,
        placement_id,
        found,
        await ruled_form(call, ATTEMPT_FORM, CorrectAttempt, record=attempt_id, initial=found),
    )


@router.post("/{placement_id}/attempts/{attempt_id}/correction")
async def post_correction(call: DeskCall, placement_id: UUID, attempt_id: UUID) -> Response:
    """Correct an attempt."""
    form = await ruled_form(
        call,
        ATTEMPT_FORM,
        CorrectAttempt,
        record=attempt_id,
        fixed={"placement_id": placement_id, "attempt_id": attempt_id},
    )
    if await call.carry_out(form, correct_attempt):
        return call.redirect("attempts", placement_id=placement_id, notice=call._("It is corrected."))
    return await _correction_page(
        call, placement_id, await _attempt(call, placement_id, attempt_id), form, 422
    )


async def _attempt(call: PageCall, placement_id: UUID, attempt_id: UUID) -> AttemptView:
    found: list[AttemptView] = await call.ask(attempts, placement_id)
    for one in found:
        if one.id == attempt_id:
            return one
    raise NotFound(what="attempt")


async def _correction_page(
    call: PageCall, placement_id: UUID, found: AttemptView, form: object, status: int = 200
) -> Response:
    return call.page(
        "placements/correct.html",
        status=status,
        form=form,
        one=await call.ask(placement, placement_id),
        lists=await choices(call, REASON_NOT_SECURED),
        people=await colleagues(call, including=found.caseworker),
    )


@router.get("/{placement_id}/timeline", name="placement_timeline")
async def timeline_tab(call: DeskCall, placement_id: UUID) -> Response:
    """Everything that happened to a placement (P10)."""
    one = await call.ask(placement, placement_id)
    return call.page("placements/timeline.html", one=one, lines=await call.ask(timeline, placement_id))
