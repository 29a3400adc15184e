"""Events about entry to tenants' homes: the inventory's requests, and the landlord's answers (U7)."""

from __future__ import annotations

from chassis.bus import Incoming
from chassis.bus.events import Events
from chassis.perform import perform_in
from chassis.publisher import Outgoing
from chassis.tx import Tx
from contracts import tenancy, units
from contracts.words import EntryAnswer, EntryRefusal
from tenancy_svc.entry.commands import receive_entry_request, receive_entry_withdrawal
from tenancy_svc.entry.model import (
    EntryAnswered,
    EntryPurpose,
    EntryWithdrawal,
    ReceiveEntryRequest,
    ReceiveEntryWithdrawal,
)

EVENTS = Events()


@EVENTS.publishes(EntryAnswered)
def entry_answered(fact: EntryAnswered) -> Outgoing:
    """Whether somebody's home may be entered."""
    event = tenancy.EntryAnsweredV1(
        request=fact.request,
        unit=fact.unit,
        answer=EntryAnswer(fact.answer.value),
        entry_from=fact.entry_from,
        reason=EntryRefusal(fact.reason.value) if fact.reason else None,
    )
    return Outgoing(event, fact.number, fact.to)


@EVENTS.on(units.EntryRequestedV1)
async def entry_requested(tx: Tx, incoming: Incoming) -> None:
    """Record a request to enter a home."""
    event = incoming.parse(units.EntryRequestedV1)
    await perform_in(
        tx,
        receive_entry_request,
        ReceiveEntryRequest(
            inventory=incoming.sender,
            request=event.request,
            unit=event.unit,
            purpose=EntryPurpose(event.purpose.value),
            starts_at=event.starts_at,
            ends_at=event.ends_at,
            asked_at=incoming.time,
        ),
    )


@EVENTS.on(units.EntryRequestWithdrawnV1)
async def entry_request_withdrawn(tx: Tx, incoming: Incoming) -> None:
    """Note that the inventory withdrew a request."""
    event = incoming.parse(units.EntryRequestWithdrawnV1)
    await perform_in(
        tx,
        receive_entry_withdrawal,
        ReceiveEntryWithdrawal(
            inventory=incoming.sender,
            request=event.request,
            unit=event.unit,
            reason=EntryWithdrawal(event.reason.value),
            withdrawn_at=incoming.time,
        ),
    )
