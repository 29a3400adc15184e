"""Events about subsidies that support organisations publish (S1)."""

from __future__ import annotations

from chassis.bus import Incoming
from chassis.bus.events import Events
from chassis.perform import perform_in
from chassis.tx import Tx
from contracts import support
from tenancy_svc.subsidies.commands import receive_end, receive_subsidy
from tenancy_svc.subsidies.model import ReceiveEnd, ReceiveSubsidy
from trade.schedule import Frequency

EVENTS = Events()


@EVENTS.on(support.SubsidyCommittedV1)
async def subsidy_committed(tx: Tx, incoming: Incoming) -> None:
    """A program pays an amount towards a home."""
    await perform_in(tx, receive_subsidy, _dated(incoming.parse(support.SubsidyCommittedV1), incoming))


@EVENTS.on(support.SubsidyChangedV1)
async def subsidy_changed(tx: Tx, incoming: Incoming) -> None:
    """From a day on another amount is paid, or otherwise."""
    await perform_in(tx, receive_subsidy, _dated(incoming.parse(support.SubsidyChangedV1), incoming))


def _dated(
    event: support.SubsidyCommittedV1 | support.SubsidyChangedV1, incoming: Incoming
) -> ReceiveSubsidy:
    return ReceiveSubsidy(
        party=incoming.sender,
        referral=event.referral,
        reference=event.subsidy,
        amount=event.amount.amount,
        currency=event.amount.currency,
        frequency=Frequency(event.frequency.value),
        first_on=event.first_on,
        counted_from=event.counted_from,
        last_on=event.last_on,
        number=incoming.version,
    )


@EVENTS.on(support.SubsidyEndedV1)
async def subsidy_ended(tx: Tx, incoming: Incoming) -> None:
    """Nothing is paid after a day."""
    event = incoming.parse(support.SubsidyEndedV1)
    end = ReceiveEnd(
        party=incoming.sender,
        referral=event.referral,
        reference=event.subsidy,
        last_on=event.last_on,
        number=incoming.version,
    )
    await perform_in(tx, receive_end, end)
