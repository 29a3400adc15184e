"""Subsidies through the API (S1, S2, P9, H2)."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query

from chassis.http import ApiRouter, Call, Created, direct
from chassis.paging import Page
from support_svc.subsidies.commands import (
    ChangeRate,
    ChangeSubsidy,
    DetailFields,
    EndFields,
    EndSubsidy,
    RateFields,
    RecordPreventionSubsidy,
    RecordSubsidy,
    ReportSubsidy,
    SubsidyFields,
    change_rate,
    change_subsidy,
    end_subsidy,
    record_prevention_subsidy,
    record_subsidy,
    report_subsidy,
)
from support_svc.subsidies.payments import (
    CorrectPayment,
    PaymentCorrection,
    PaymentFields,
    RecordPayment,
    correct_payment,
    record_payment,
)
from support_svc.subsidies.queries import (
    PaymentView,
    SubsidyFilter,
    SubsidyLine,
    SubsidyView,
    payments_of,
    subsidies,
    subsidies_of_placement,
    subsidies_of_prevention,
    subsidy,
)
from trade.dates import SubsidyDay

router = ApiRouter(tags=["subsidies"])


@router.get("/subsidies")
async def get_subsidies(call: Call, wanted: Annotated[SubsidyFilter, Query()]) -> Page[SubsidyLine]:
    """A page of the list of subsidies."""
    return await call.ask(subsidies, wanted)


@router.get("/placements/{placement_id}/subsidies")
async def get_subsidies_of_placement(call: Call, placement_id: UUID) -> list[SubsidyLine]:
    """The subsidies of a placement."""
    return await call.ask(subsidies_of_placement, placement_id)


@router.post("/placements/{placement_id}/subsidies", status_code=201)
@direct
async def post_subsidy(call: Call, placement_id: UUID, body: SubsidyFields) -> Created:
    """Record a subsidy of a placement."""
    command = RecordSubsidy(placement_id=placement_id, **dict(body))
    return Created(id=await call.perform(record_subsidy, command))


@router.get("/housing-loss-preventions/{prevention_id}/subsidies")
async def get_subsidies_of_prevention(call: Call, prevention_id: UUID) -> list[SubsidyLine]:
    """The subsidies of a housing loss prevention."""
    return await call.ask(subsidies_of_prevention, prevention_id)


@router.post("/housing-loss-preventions/{prevention_id}/subsidies", status_code=201)
async def post_prevention_subsidy(call: Call, prevention_id: UUID, body: SubsidyFields) -> Created:
    """Record a subsidy of a housing loss prevention."""
    command = RecordPreventionSubsidy(prevention_id=prevention_id, **dict(body))
    return Created(id=await call.perform(record_prevention_subsidy, command))


@router.get("/subsidies/{subsidy_id}")
async def get_subsidy(call: Call, subsidy_id: UUID) -> SubsidyView:
    """One subsidy."""
    return await call.ask(subsidy, subsidy_id)


@router.put("/subsidies/{subsidy_id}", status_code=204)
async def put_subsidy(call: Call, subsidy_id: UUID, body: DetailFields) -> None:
    """Change the reason or the comments of a subsidy."""
    await call.perform(change_subsidy, ChangeSubsidy(subsidy_id=subsidy_id, **dict(body)))


@router.post("/subsidies/{subsidy_id}/rates", status_code=204)
async def post_rate(call: Call, subsidy_id: UUID, body: RateFields) -> None:
    """Pay another amount, or otherwise, from a day on."""
    await call.perform(change_rate, ChangeRate(subsidy_id=subsidy_id, **dict(body)))


@router.put("/subsidies/{subsidy_id}/end", status_code=204)
async def put_end(call: Call, subsidy_id: UUID, body: EndFields) -> None:
    """Pay nothing after a day."""
    await call.perform(end_subsidy, EndSubsidy(subsidy_id=subsidy_id, **dict(body)))


@router.get("/subsidies/{subsidy_id}/payments")
async def get_payments(
    call: Call, subsidy_id: UUID, first: SubsidyDay, last: SubsidyDay
) -> list[PaymentView]:
    """The payments of a subsidy that fall due in a period."""
    return await call.ask(payments_of, subsidy_id, first, last)


@router.post("/subsidies/{subsidy_id}/payments/{due_on}", status_code=204)
async def post_payment(call: Call, subsidy_id: UUID, due_on: date, body: PaymentFields) -> None:
    """Record what became of a payment."""
    command = RecordPayment(subsidy_id=subsidy_id, due_on=due_on, **dict(body))
    await call.perform(record_payment, command)


@router.put("/subsidies/{subsidy_id}/payments/{due_on}", status_code=204)
async def put_payment(call: Call, subsidy_id: UUID, due_on: date, body: PaymentCorrection) -> None:
    """Correct what was recorded of a payment."""
    command = CorrectPayment(subsidy_id=subsidy_id, due_on=due_on, **dict(body))
    await call.perform(correct_payment, command)


@router.post("/subsidies/{subsidy_id}/report", status_code=204)
async def post_report(call: Call, subsidy_id: UUID) -> None:
    """Inform the landlord of a subsidy that couldn't be reported before."""
    await call.perform(report_subsidy, ReportSubsidy(subsidy_id=subsidy_id))
