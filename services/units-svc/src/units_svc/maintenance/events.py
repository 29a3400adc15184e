"""Entry to homes that are lived in: asked of the landlord, answered by it (U7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.bus import Incoming
from chassis.bus.events import Events
from chassis.perform import perform_in
from chassis.publisher import Outgoing
from contracts import tenancy, units
from contracts.words import EntryPurpose, EntryWithdrawal
from units_svc.maintenance import entry_requests
from units_svc.maintenance.model import Answer, EntryRequested, EntryWithdrawn, Refusal

if TYPE_CHECKING:
    from chassis.tx import Tx

EVENTS = Events()

# A request is made once and given up at most once, in that order.


@EVENTS.publishes(EntryRequested)
def entry_requested(fact: EntryRequested) -> Outgoing:
    """Somebody's home should be entered for work."""
    event = units.EntryRequestedV1(
        request=fact.request_id,
        unit=fact.unit_id,
        purpose=EntryPurpose(fact.purpose.value),
        starts_at=fact.starts_at,
        ends_at=fact.ends_at,
    )
    return Outgoing(event, 1, fact.to)


@EVENTS.publishes(EntryWithdrawn)
def entry_request_withdrawn(fact: EntryWithdrawn) -> Outgoing:
    """The entry isn't needed any more."""
    event = units.EntryRequestWithdrawnV1(
        request=fact.request_id, unit=fact.unit_id, reason=EntryWithdrawal(fact.reason.value)
    )
    return Outgoing(event, 2, fact.to)


@EVENTS.on(tenancy.EntryAnsweredV1)
async def entry_answered(tx: Tx, incoming: Incoming) -> None:
    """The property entity answers whether somebody's home may be entered."""
    event = incoming.parse(tenancy.EntryAnsweredV1)
    await perform_in(
        tx,
        entry_requests.receive_entry_answer,
        entry_requests.ReceiveEntryAnswer(
            request_id=event.request,
            sender=incoming.sender,
            number=incoming.version,
            answer=Answer(event.answer.value),
            answered_at=incoming.time,
            entry_from=event.entry_from,
            refusal=Refusal(event.reason.value) if event.reason else None,
        ),
    )
