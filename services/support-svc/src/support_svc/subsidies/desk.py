"""Subsidies on the Front Desk: the list, those of a case, one with its payments (S1, S2, P9, H2)."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response

from chassis.errors import NotFound
from deskkit.call import DeskCall, PageCall
from deskkit.router import DeskRouter
from support_svc.field_rules.desk import ruled_form
from support_svc.field_rules.queries import rules_for
from support_svc.housing_loss_prevention.queries import prevention
from support_svc.lookups.desk import choices
from support_svc.placements.queries import placement
from support_svc.programs.desk import program_choices
from support_svc.programs.model import SubsidyKind
from support_svc.subsidies.commands import (
    SUBSIDY_FORM,
    ChangeRate,
    ChangeSubsidy,
    EndSubsidy,
    PaidAmount,
    RecordPreventionSubsidy,
    RecordSubsidy,
    ReportSubsidy,
    change_rate,
    change_subsidy,
    end_subsidy,
    record_prevention_subsidy,
    record_subsidy,
    report_subsidy,
)
from support_svc.subsidies.feature import SUBSIDY_REASON
from support_svc.subsidies.model import Outcome, SubsidyState
from support_svc.subsidies.payments import (
    CorrectPayment,
    RecordPayment,
    correct_payment,
    record_payment,
)
from support_svc.subsidies.queries import (
    Payments,
    PaymentView,
    SubsidyFilter,
    SubsidyView,
    payments_of,
    subsidies,
    subsidies_of_placement,
    subsidies_of_prevention,
    subsidy,
    subsidy_changes,
)
from support_svc.subsidies.schedule import PaymentState
from trade.schedule import Frequency

router = DeskRouter(prefix="/front-desk/subsidies")
of_placement = DeskRouter(prefix="/front-desk/placements/{placement_id}/subsidies")
of_prevention = DeskRouter(prefix="/front-desk/housing-loss-preventions/{prevention_id}/subsidies")
routers = (router, of_placement, of_prevention)


@router.get("", name="subsidies")
async def page(call: DeskCall) -> Response:
    """The list of rent subsidies."""
    form = call.sought(SubsidyFilter)
    return call.page(
        "subsidies/list.html",
        found=await call.ask(subsidies, form.command),
        wanted=form.command,
        form=form,
        programs=await program_choices(call, everything=True),
        kinds=SubsidyKind,
        states=SubsidyState,
        payments=Payments,
    )


@of_placement.get("", name="subsidies_of_placement")
async def placement_tab(call: DeskCall, placement_id: UUID) -> Response:
    """The subsidies of a placement (P9)."""
    one = await call.ask(placement, placement_id)
    found = await call.ask(subsidies_of_placement, placement_id)
    return call.page("subsidies/of_placement.html", one=one, found=found)


@of_placement.get("/new", name="subsidy_new")
async def new(call: DeskCall, placement_id: UUID) -> Response:
    """The form for a subsidy of a placement."""
    one = await call.ask(placement, placement_id)
    initial = {"program_id": one.program_id, "starts_on": call.today, "frequency": Frequency.MONTHLY}
    form = await ruled_form(call, SUBSIDY_FORM, RecordSubsidy, initial=initial)
    back = call.url("subsidies_of_placement", placement_id=placement_id)
    return await _form(call, form, one.client_name, back)


@of_placement.post("/new")
async def post_new(call: DeskCall, placement_id: UUID) -> Response:
    """Record a subsidy of a placement."""
    form = await ruled_form(call, SUBSIDY_FORM, RecordSubsidy, fixed={"placement_id": placement_id})
    if done := await call.carry_out(form, record_subsidy):
        return call.redirect("subsidy", subsidy_id=done.result, notice=call._("The subsidy is recorded."))
    one = await call.ask(placement, placement_id)
    back = call.url("subsidies_of_placement", placement_id=placement_id)
    return await _form(call, form, one.client_name, back, status=422)


@of_prevention.get("", name="subsidies_of_prevention")
async def prevention_tab(call: DeskCall, prevention_id: UUID) -> Response:
    """The subsidies of a housing loss prevention (H2)."""
    one = await call.ask(prevention, prevention_id)
    found = await call.ask(subsidies_of_prevention, prevention_id)
    return call.page("subsidies/of_prevention.html", one=one, found=found)


@of_prevention.get("/new", name="subsidy_new_of_prevention")
async def new_of_prevention(call: DeskCall, prevention_id: UUID) -> Response:
    """The form for a subsidy of a housing loss prevention."""
    one = await call.ask(prevention, prevention_id)
    initial = {
        "program_id": one.program_id,
        "starts_on": call.today,
        "frequency": Frequency.ONE_TIME,
    }
    form = await ruled_form(call, SUBSIDY_FORM, RecordPreventionSubsidy, initial=initial)
    back = call.url("subsidies_of_prevention", prevention_id=prevention_id)
    return await _form(call, form, one.client_name, back)


@of_prevention.post("/new")
async def post_new_of_prevention(call: DeskCall, prevention_id: UUID) -> Response:
    """Record a subsidy of a housing loss prevention."""
    form = await ruled_form(
        call, SUBSIDY_FORM, RecordPreventionSubsidy, fixed={"prevention_id": prevention_id}
    )
    if done := await call.carry_out(form, record_prevention_subsidy):
        return call.redirect("subsidy", subsidy_id=done.result, notice=call._("The subsidy is recorded."))
    one = await call.ask(prevention, prevention_id)
    back = call.url("subsidies_of_prevention", prevention_id=prevention_id)
    return await _form(call, form, one.client_name, back, status=422)


async def _form(call: PageCall, form: Any, name: str, back: str, status: int = 200) -> Response:
    return call.page(
        "subsidies/new.html",
        status=status,
        form=form,
        name=name,
        back=back,
        programs=await program_choices(call),
        lists=await choices(call, SUBSIDY_REASON),
        frequencies=Frequency,
        kinds=SubsidyKind,
    )


@router.get("/{subsidy_id}", name="subsidy")
async def record(
    call: DeskCall, subsidy_id: UUID, year: Annotated[int | None, Query(ge=1900, le=2199)] = None
) -> Response:
    """A subsidy: what is paid, the payments of a year, and what the landlord knows."""
    one = await call.ask(subsidy, subsidy_id)
    last = one.line.ends_on.year if one.line.ends_on else max(call.today, one.until).year
    shown = year or min(max(call.today.year, one.line.starts_on.year), last)
    return call.page(
        "subsidies/record.html",
        fields=await call.ask(rules_for, SUBSIDY_FORM, subsidy_id),
        one=one,
        year=shown,
        years=(one.line.starts_on.year, last),
        payments=await call.ask(payments_of, subsidy_id, date(shown, 1, 1), date(shown, 12, 31)),
        changes=await call.ask(subsidy_changes, subsidy_id),
    )


@router.post("/{subsidy_id}/report", name="subsidy_report")
async def post_report(call: DeskCall, subsidy_id: UUID) -> Response:
    """Inform the landlord of what couldn't be reported before."""
    form = await call.form(ReportSubsidy, fixed={"subsidy_id": subsidy_id})
    if await call.carry_out(form, report_subsidy):
        return call.redirect("subsidy", subsidy_id=subsidy_id, notice=call._("The landlord is informed."))
    return call.page("subsidies/report.html", status=422, form=form, one=await call.ask(subsidy, subsidy_id))


@router.get("/{subsidy_id}/edit", name="subsidy_edit")
async def edit(call: DeskCall, subsidy_id: UUID) -> Response:
    """The form to change the reason or the comments."""
    one = await call.ask(subsidy, subsidy_id)
    initial = {name: getattr(one, name) for name in ("reason_id", "comments", "version")}
    return await _edit(
        call, one, await ruled_form(call, SUBSIDY_FORM, ChangeSubsidy, record=subsidy_id, initial=initial)
    )


@router.post("/{subsidy_id}/edit")
async def post_edit(call: DeskCall, subsidy_id: UUID) -> Response:
    """Change the reason or the comments."""
    form = await ruled_form(
        call, SUBSIDY_FORM, ChangeSubsidy, record=subsidy_id, fixed={"subsidy_id": subsidy_id}
    )
    if await call.carry_out(form, change_subsidy):
        return call.redirect("subsidy", subsidy_id=subsidy_id, notice=call._("The changes are saved."))
    return await _edit(call, await call.ask(subsidy, subsidy_id), form, status=422)


async def _edit(call: PageCall, one: SubsidyView, form: Any, status: int = 200) -> Response:
    found = (await choices(call, SUBSIDY_REASON))[SUBSIDY_REASON]
    if str(one.reason_id) not in {value for value, _ in found}:
        found = [*found, (str(one.reason_id), one.reason(call.locale))]
    return call.page("subsidies/edit.html", status=status, form=form, one=one, reasons=found)


@router.get("/{subsidy_id}/rate", name="subsidy_rate")
async def rate(call: DeskCall, subsidy_id: UUID) -> Response:
    """The form for another amount or frequency."""
    one = await call.ask(subsidy, subsidy_id)
    initial = {"amount": _amount(one), "frequency": one.line.frequency, "version": one.version}
    return _rate(call, one, await call.form(ChangeRate, initial=initial))


@router.post("/{subsidy_id}/rate")
async def post_rate(call: DeskCall, subsidy_id: UUID) -> Response:
    """Pay another amount, or otherwise, from a day on."""
    form = await call.form(ChangeRate, fixed={"subsidy_id": subsidy_id})
    if await call.carry_out(form, change_rate):
        return call.redirect("subsidy", subsidy_id=subsidy_id, notice=call._("The changes are saved."))
    return _rate(call, await call.ask(subsidy, subsidy_id), form, status=422)


def _rate(call: PageCall, one: SubsidyView, form: Any, status: int = 200) -> Response:
    return call.page("subsidies/rate.html", status=status, form=form, one=one, frequencies=Frequency)


def _amount(one: SubsidyView) -> PaidAmount:
    return PaidAmount(amount=one.line.amount, currency=one.line.currency)


@router.get("/{subsidy_id}/end", name="subsidy_end")
async def end(call: DeskCall, subsidy_id: UUID) -> Response:
    """The form for the last day of a subsidy."""
    one = await call.ask(subsidy, subsidy_id)
    initial = {"ends_on": one.line.ends_on or call.today, "version": one.version}
    form = await call.form(EndSubsidy, initial=initial)
    return call.page("subsidies/end.html", form=form, one=one)


@router.post("/{subsidy_id}/end")
async def post_end(call: DeskCall, subsidy_id: UUID) -> Response:
    """Pay nothing after a day."""
    form = await call.form(EndSubsidy, fixed={"subsidy_id": subsidy_id})
    if await call.carry_out(form, end_subsidy):
        return call.redirect("subsidy", subsidy_id=subsidy_id, notice=call._("The last day is recorded."))
    one = await call.ask(subsidy, subsidy_id)
    return call.page("subsidies/end.html", status=422, form=form, one=one)


@router.get("/{subsidy_id}/payments/{due_on}", name="subsidy_payment")
async def payment(call: DeskCall, subsidy_id: UUID, due_on: date) -> Response:
    """The form for what became of a payment."""
    found = await _payment(call, subsidy_id, due_on)
    if found.state in (PaymentState.PAID, PaymentState.MISSED):
        return call.redirect("subsidy_payment_correct", subsidy_id=subsidy_id, due_on=due_on)
    initial = {
        "outcome": Outcome.PAID,
        "paid_on": min(due_on, call.today),
        "amount": PaidAmount(amount=found.amount, currency=found.currency),
    }
    form = await call.form(RecordPayment, initial=initial)
    return await _payment_page(call, "payment", subsidy_id, found, form)


@router.post("/{subsidy_id}/payments/{due_on}")
async def post_payment(call: DeskCall, subsidy_id: UUID, due_on: date) -> Response:
    """Record what became of a payment."""
    form = await call.form(RecordPayment, fixed={"subsidy_id": subsidy_id, "due_on": due_on})
    if await call.carry_out(form, record_payment):
        return call.redirect("subsidy", subsidy_id=subsidy_id, notice=call._("The payment is recorded."))
    found = await _payment(call, subsidy_id, due_on)
    return await _payment_page(call, "payment", subsidy_id, found, form)


@router.get("/{subsidy_id}/payments/{due_on}/correction", name="subsidy_payment_correct")
async def correction(call: DeskCall, subsidy_id: UUID, due_on: date) -> Response:
    """The form to correct what was recorded of a payment."""
    found = await _payment(call, subsidy_id, due_on)
    if found.version is None:
        raise NotFound(what="payment")
    initial = {
        "outcome": Outcome(found.state.value),
        "paid_on": found.paid_on,
        "amount": PaidAmount(amount=found.amount, currency=found.currency) if found.paid_on else None,
        "why": found.why,
        "version": found.version,
    }
    form = await call.form(CorrectPayment, initial=initial)
    return await _payment_page(call, "correct", subsidy_id, found, form)


@router.post("/{subsidy_id}/payments/{due_on}/correction")
async def post_correction(call: DeskCall, subsidy_id: UUID, due_on: date) -> Response:
    """Correct what was recorded of a payment."""
    form = await call.form(CorrectPayment, fixed={"subsidy_id": subsidy_id, "due_on": due_on})
    if await call.carry_out(form, correct_payment):
        return call.redirect("subsidy", subsidy_id=subsidy_id, notice=call._("The correction is recorded."))
    found = await _payment(call, subsidy_id, due_on)
    return await _payment_page(call, "correct", subsidy_id, found, form)


async def _payment(call: PageCall, subsidy_id: UUID, due_on: date) -> PaymentView:
    found: list[PaymentView] = await call.ask(payments_of, subsidy_id, due_on, due_on)
    if not found:
        raise NotFound(what="payment")
    return found[0]


async def _payment_page(
    call: PageCall, name: str, subsidy_id: UUID, found: PaymentView, form: Any
) -> Response:
    one = await call.ask(subsidy, subsidy_id)
    status = 422 if form.errors else 200
    return call.page(f"subsidies/{name}.html", status=status, form=form, one=one, payment=found)
