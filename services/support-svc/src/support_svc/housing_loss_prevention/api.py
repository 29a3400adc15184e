"""Housing loss prevention and offers of help through the API (H1, H3, H4)."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from chassis.http import ApiRouter, Call, Created
from chassis.paging import CountedPage
from support_svc.history.records import RecordChange
from support_svc.housing_loss_prevention.commands import (
    AddDebt,
    ChangedDebt,
    ChangeDebt,
    ChangedPrevention,
    ChangePrevention,
    ClosePrevention,
    DebtFields,
    NewPrevention,
    OpenPrevention,
    PreventionEnd,
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
from support_svc.housing_loss_prevention.listing import PreventionFilter, PreventionLine, preventions
from support_svc.housing_loss_prevention.queries import (
    PreventionView,
    RiskView,
    history_of_prevention,
    offer,
    offers,
    prevention,
    risks_of,
)
from support_svc.housing_loss_prevention.risks import (
    AddToOpen,
    DeclineOffer,
    TakeUpOffer,
    add_to_open,
    decline_offer,
    take_up_offer,
)

router = ApiRouter(tags=["housing loss prevention"])


@router.get("/housing-loss-preventions")
async def find_preventions(
    call: Call, wanted: Annotated[PreventionFilter, Query()]
) -> CountedPage[PreventionLine]:
    """The list of housing loss prevention, the earliest remedy date first."""
    return await call.ask(preventions, wanted)


@router.post("/housing-loss-preventions", status_code=201)
async def post_prevention(call: Call, command: OpenPrevention) -> Created:
    """Add Housing Loss Prevention."""
    return Created(id=await call.perform(open_prevention, command))


@router.get("/housing-loss-preventions/{prevention_id}")
async def get_prevention(call: Call, prevention_id: UUID) -> PreventionView:
    """A housing loss prevention's record; the view is logged."""
    return await call.ask(prevention, prevention_id)


@router.put("/housing-loss-preventions/{prevention_id}", status_code=204)
async def put_prevention(call: Call, prevention_id: UUID, body: ChangedPrevention) -> None:
    """Change the reason, the start, the caseworker or the program."""
    await call.perform(change_prevention, ChangePrevention(prevention_id=prevention_id, **dict(body)))


@router.put("/housing-loss-preventions/{prevention_id}/end", status_code=204)
async def put_end(call: Call, prevention_id: UUID, body: PreventionEnd) -> None:
    """Close it with its outcome."""
    await call.perform(close_prevention, ClosePrevention(prevention_id=prevention_id, **dict(body)))


@router.delete("/housing-loss-preventions/{prevention_id}/end", status_code=204)
async def delete_end(call: Call, prevention_id: UUID) -> None:
    """Open it again."""
    await call.perform(reopen_prevention, ReopenPrevention(prevention_id=prevention_id))


@router.get("/housing-loss-preventions/{prevention_id}/history")
async def get_history(call: Call, prevention_id: UUID) -> tuple[RecordChange, ...]:
    """What happened to it, the latest first."""
    return await call.ask(history_of_prevention, prevention_id)


@router.post("/housing-loss-preventions/{prevention_id}/debts", status_code=201)
async def post_debt(call: Call, prevention_id: UUID, body: DebtFields) -> Created:
    """Record a debt."""
    return Created(id=await call.perform(add_debt, AddDebt(prevention_id=prevention_id, **dict(body))))


@router.put("/housing-loss-preventions/{prevention_id}/debts/{debt_id}", status_code=204)
async def put_debt(call: Call, prevention_id: UUID, debt_id: UUID, body: ChangedDebt) -> None:
    """Change a debt."""
    command = ChangeDebt(prevention_id=prevention_id, debt_id=debt_id, **dict(body))
    await call.perform(change_debt, command)


@router.delete("/housing-loss-preventions/{prevention_id}/debts/{debt_id}", status_code=204)
async def delete_debt(call: Call, prevention_id: UUID, debt_id: UUID) -> None:
    """Take a debt off the record."""
    await call.perform(remove_debt, RemoveDebt(prevention_id=prevention_id, debt_id=debt_id))


@router.get("/offers")
async def find_offers(call: Call, caseworker: str | None = None) -> list[RiskView]:
    """The offers of help that nobody has answered, the earliest remedy date first."""
    return await call.ask(offers, caseworker)


@router.get("/offers/{risk}")
async def get_offer(call: Call, risk: UUID) -> RiskView:
    """A risk to a tenancy, and the offer of help with it."""
    return await call.ask(offer, risk)


@router.post("/offers/{risk}/prevention", status_code=201)
async def post_take_up(call: Call, risk: UUID, body: NewPrevention) -> Created:
    """Take an offer up: open housing loss prevention."""
    return Created(id=await call.perform(take_up_offer, TakeUpOffer(risk=risk, **dict(body))))


@router.put("/offers/{risk}/prevention")
async def put_take_up(call: Call, risk: UUID) -> Created:
    """Take an offer up in the housing loss prevention that is open for the client."""
    return Created(id=await call.perform(add_to_open, AddToOpen(risk=risk)))


@router.post("/offers/{risk}/refusal", status_code=204)
async def post_refusal(call: Call, risk: UUID) -> None:
    """Decline an offer; nothing follows from it."""
    await call.perform(decline_offer, DeclineOffer(risk=risk))


@router.get("/clients/{client_id}/risks")
async def get_risks(call: Call, client_id: UUID) -> list[RiskView]:
    """The risks to the tenancies of a client that aren't resolved."""
    return await call.ask(risks_of, client_id)
