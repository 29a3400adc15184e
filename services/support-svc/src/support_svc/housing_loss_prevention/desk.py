"""Housing loss prevention on the Front Desk: list, record, debts, offers (H1, H3, H4)."""

from uuid import UUID

from fastapi import Response

from chassis.errors import NotFound
from deskkit.call import DeskCall, PageCall
from deskkit.router import DeskRouter
from support_svc.clients.queries import client
from support_svc.field_rules.desk import ruled_form
from support_svc.field_rules.queries import rules_for
from support_svc.housing_loss_prevention.commands import (
    PREVENTION_FORM,
    AddDebt,
    ChangeDebt,
    ChangePrevention,
    ClosePrevention,
    OpenPrevention,
    Owed,
    RemoveDebt,
    ReopenPrevention,
    add_debt,
    change_debt,
    change_prevention,
    close_prevention,
    open_prevention,
    remove_debt,
    reopen_prevention,
)
from support_svc.housing_loss_prevention.feature import CREDITOR_KIND, REASON_FOR_SERVICE
from support_svc.housing_loss_prevention.listing import PreventionFilter, preventions
from support_svc.housing_loss_prevention.queries import (
    DebtView,
    PreventionView,
    history_of_prevention,
    offer,
    offers,
    prevention,
)
from support_svc.housing_loss_prevention.risks import (
    AddToOpen,
    DeclineOffer,
    TakeUpOffer,
    add_to_open,
    decline_offer,
    take_up_offer,
)
from support_svc.lookups.desk import choices, colleagues
from support_svc.programs.desk import program_choices

router = DeskRouter(prefix="/front-desk")
_LISTS = (REASON_FOR_SERVICE,)
_RECORD = "/housing-loss-preventions/{prevention_id}"


@router.get("/housing-loss-preventions", name="preventions")
async def page(call: DeskCall) -> Response:
    """The list of housing loss prevention, and the offers that wait for an answer (H1, H3)."""
    form = call.sought(PreventionFilter)
    return call.page(
        "housing_loss_prevention/list.html",
        found=await call.ask(preventions, form.command),
        wanted=form.command,
        form=form,
        offered=await call.ask(offers, form.command.caseworker or None),
        lists=await choices(call, *_LISTS),
        programs=await program_choices(call, everything=True),
        people=await colleagues(call, everybody=True),
    )


@router.get("/housing-loss-preventions/new", name="prevention_new")
async def new(call: DeskCall, client: UUID) -> Response:
    """The form of Add Housing Loss Prevention (H1)."""
    return await _new_form(
        call, client, await ruled_form(call, PREVENTION_FORM, OpenPrevention, initial=_usual(call))
    )


@router.post("/housing-loss-preventions/new")
async def post_new(call: DeskCall, client: UUID) -> Response:
    """Add Housing Loss Prevention."""
    form = await ruled_form(call, PREVENTION_FORM, OpenPrevention, fixed={"client_id": client})
    if done := await call.carry_out(form, open_prevention):
        notice = call._("The housing loss prevention is open.")
        return call.redirect("prevention", prevention_id=done.result, notice=notice)
    return await _new_form(call, client, form, status=422)


def _usual(call: PageCall) -> dict[str, object]:
    return {"caseworker": call.actor.subject, "started_on": call.today}


async def _new_form(call: PageCall, client_id: UUID, form: object, status: int = 200) -> Response:
    return call.page(
        "housing_loss_prevention/new.html",
        status=status,
        form=form,
        person=await call.ask(client, client_id),
        lists=await choices(call, *_LISTS),
        programs=await program_choices(call),
        people=await colleagues(call),
    )


@router.get(_RECORD, name="prevention")
async def record(call: DeskCall, prevention_id: UUID) -> Response:
    """The details of a housing loss prevention, with its debts and notices (H1, H3, H4)."""
    one = await call.ask(prevention, prevention_id)
    fields = await call.ask(rules_for, PREVENTION_FORM, prevention_id)
    return call.page("housing_loss_prevention/record.html", one=one, fields=fields)


@router.get(_RECORD + "/edit", name="prevention_edit")
async def edit(call: DeskCall, prevention_id: UUID) -> Response:
    """The form to change what was decided."""
    one = await call.ask(prevention, prevention_id)
    form = await ruled_form(call, PREVENTION_FORM, ChangePrevention, record=prevention_id, initial=one)
    return await _change_form(call, one, form)


@router.post(_RECORD + "/edit")
async def post_edit(call: DeskCall, prevention_id: UUID) -> Response:
    """Change what was decided."""
    form = await ruled_form(
        call, PREVENTION_FORM, ChangePrevention, record=prevention_id, fixed={"prevention_id": prevention_id}
    )
    if await call.carry_out(form, change_prevention):
        return _back(call, prevention_id, call._("The changes are saved."))
    return await _change_form(call, await call.ask(prevention, prevention_id), form, status=422)


async def _change_form(call: PageCall, one: PreventionView, form: object, status: int = 200) -> Response:
    return call.page(
        "housing_loss_prevention/change.html",
        status=status,
        form=form,
        one=one,
        lists=await choices(call, *_LISTS),
        programs=await program_choices(call, including=one.program_id),
        people=await colleagues(call, including=one.caseworker),
    )


def _back(call: PageCall, prevention_id: UUID, notice: str) -> Response:
    return call.redirect("prevention", prevention_id=prevention_id, notice=notice)


@router.get(_RECORD + "/end", name="prevention_close")
async def end(call: DeskCall, prevention_id: UUID) -> Response:
    """The form to close it (H4)."""
    form = await call.form(ClosePrevention, initial={"ended_on": call.today})
    return await _end_form(call, prevention_id, form)


@router.post(_RECORD + "/end")
async def post_end(call: DeskCall, prevention_id: UUID) -> Response:
    """Close it with its outcome."""
    form = await call.form(ClosePrevention, fixed={"prevention_id": prevention_id})
    if await call.carry_out(form, close_prevention):
        return _back(call, prevention_id, call._("The housing loss prevention is closed."))
    return await _end_form(call, prevention_id, form, status=422)


async def _end_form(call: PageCall, prevention_id: UUID, form: object, status: int = 200) -> Response:
    one = await call.ask(prevention, prevention_id)
    return call.page("housing_loss_prevention/end.html", status=status, form=form, one=one)


@router.get(_RECORD + "/reopening", name="prevention_reopen")
async def reopening(call: DeskCall, prevention_id: UUID) -> Response:
    """What opening it again means, to be confirmed (W12)."""
    return await _reopen_page(call, prevention_id, await call.form(ReopenPrevention))


@router.post(_RECORD + "/reopening")
async def post_reopening(call: DeskCall, prevention_id: UUID) -> Response:
    """Open it again."""
    form = await call.form(ReopenPrevention, fixed={"prevention_id": prevention_id})
    if await call.carry_out(form, reopen_prevention):
        return _back(call, prevention_id, call._("The housing loss prevention is open."))
    return await _reopen_page(call, prevention_id, form, status=422)


async def _reopen_page(call: PageCall, prevention_id: UUID, form: object, status: int = 200) -> Response:
    one = await call.ask(prevention, prevention_id)
    return call.page("housing_loss_prevention/reopen.html", status=status, form=form, one=one)


@router.get(_RECORD + "/history", name="prevention_history")
async def history(call: DeskCall, prevention_id: UUID) -> Response:
    """What happened to it, and who did it (X3)."""
    one = await call.ask(prevention, prevention_id)
    entries = await call.ask(history_of_prevention, prevention_id)
    return call.page("housing_loss_prevention/history.html", one=one, entries=entries)


@router.get(_RECORD + "/debts/new", name="debt_new")
async def new_debt(call: DeskCall, prevention_id: UUID) -> Response:
    """The form for a debt (H4)."""
    return await _debt_form(call, prevention_id, await call.form(AddDebt))


@router.post(_RECORD + "/debts/new")
async def post_debt(call: DeskCall, prevention_id: UUID) -> Response:
    """Record a debt."""
    form = await call.form(AddDebt, fixed={"prevention_id": prevention_id})
    if await call.carry_out(form, add_debt):
        return _back(call, prevention_id, call._("The debt is recorded."))
    return await _debt_form(call, prevention_id, form, status=422)


@router.get(_RECORD + "/debts/{debt_id}", name="debt_edit")
async def debt(call: DeskCall, prevention_id: UUID, debt_id: UUID) -> Response:
    """The form to change a debt, or to take it off the record."""
    found = await _debt(call, prevention_id, debt_id)
    initial = {
        "creditor_kind_id": found.creditor_kind_id,
        "owed": Owed(amount=found.amount, currency=found.currency),
        "repayment_plan": found.repayment_plan,
        "version": found.version,
    }
    return await _debt_form(call, prevention_id, await call.form(ChangeDebt, initial=initial), found)


@router.post(_RECORD + "/debts/{debt_id}")
async def post_debt_change(call: DeskCall, prevention_id: UUID, debt_id: UUID) -> Response:
    """Change a debt."""
    form = await call.form(ChangeDebt, fixed={"prevention_id": prevention_id, "debt_id": debt_id})
    if await call.carry_out(form, change_debt):
        return _back(call, prevention_id, call._("The changes are saved."))
    found = await _debt(call, prevention_id, debt_id)
    return await _debt_form(call, prevention_id, form, found, status=422)


@router.post(_RECORD + "/debts/{debt_id}/removal", name="debt_remove")
async def post_debt_removal(call: DeskCall, prevention_id: UUID, debt_id: UUID) -> Response:
    """Take a debt off the record."""
    form = await call.form(RemoveDebt, fixed={"prevention_id": prevention_id, "debt_id": debt_id})
    if await call.carry_out(form, remove_debt):
        return _back(call, prevention_id, call._("The debt is taken off the record."))
    found = await _debt(call, prevention_id, debt_id)
    return await _debt_form(call, prevention_id, form, found, status=422)


async def _debt(call: PageCall, prevention_id: UUID, debt_id: UUID) -> DebtView:
    debts: tuple[DebtView, ...] = (await call.ask(prevention, prevention_id)).debts
    for found in debts:
        if found.id == debt_id:
            return found
    raise NotFound(what="debt")


async def _debt_form(
    call: PageCall, prevention_id: UUID, form: object, found: DebtView | None = None, status: int = 200
) -> Response:
    return call.page(
        "housing_loss_prevention/debt.html",
        status=status,
        form=form,
        found=found,
        one=await call.ask(prevention, prevention_id),
        lists=await choices(call, CREDITOR_KIND),
    )


@router.get("/offers/{risk}", name="offer")
async def offered(call: DeskCall, risk: UUID) -> Response:
    """A risk to a tenancy, and what can be done about the offer of help (H3)."""
    return await _offer_page(
        call, risk, await ruled_form(call, PREVENTION_FORM, TakeUpOffer, initial=_usual(call))
    )


@router.post("/offers/{risk}")
async def post_take_up(call: DeskCall, risk: UUID) -> Response:
    """Take an offer up: open housing loss prevention."""
    form = await ruled_form(call, PREVENTION_FORM, TakeUpOffer, fixed={"risk": risk})
    if done := await call.carry_out(form, take_up_offer):
        return _back(call, done.result, call._("The housing loss prevention is open."))
    return await _offer_page(call, risk, form, status=422)


@router.post("/offers/{risk}/addition", name="offer_add")
async def post_addition(call: DeskCall, risk: UUID) -> Response:
    """Take an offer up in the housing loss prevention that is open."""
    form = await call.form(AddToOpen, fixed={"risk": risk})
    if done := await call.carry_out(form, add_to_open):
        return _back(call, done.result, call._("The notice belongs to the housing loss prevention now."))
    return await _offer_page(call, risk, form, status=422)


@router.post("/offers/{risk}/refusal", name="offer_decline")
async def post_refusal(call: DeskCall, risk: UUID) -> Response:
    """Decline an offer; nothing follows from it."""
    form = await call.form(DeclineOffer, fixed={"risk": risk})
    if await call.carry_out(form, decline_offer):
        notice = call._("The offer is declined. It can be taken up later.")
        return call.redirect("offer", risk=risk, notice=notice)
    return await _offer_page(call, risk, form, status=422)


async def _offer_page(call: PageCall, risk: UUID, form: object, status: int = 200) -> Response:
    return call.page(
        "housing_loss_prevention/offer.html",
        status=status,
        form=form,
        one=await call.ask(offer, risk),
        lists=await choices(call, *_LISTS),
        programs=await program_choices(call),
        people=await colleagues(call),
    )
