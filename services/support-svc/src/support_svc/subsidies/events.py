"""What is published about subsidies (S1, W5)."""

from typing import TypeVar

from chassis.bus.events import Events
from chassis.publisher import Outgoing
from contracts import support
from contracts.words import Money, PayFrequency
from support_svc.subsidies.model import SubsidyChanged, SubsidyCommitted, SubsidyEnded

EVENTS = Events()

Dated = TypeVar("Dated", support.SubsidyCommittedV1, support.SubsidyChangedV1)


@EVENTS.publishes(SubsidyCommitted)
def subsidy_committed(fact: SubsidyCommitted) -> Outgoing:
    """A program pays an amount towards the home."""
    return Outgoing(_dated(support.SubsidyCommittedV1, fact), fact.number, fact.landlord)


@EVENTS.publishes(SubsidyChanged)
def subsidy_changed(fact: SubsidyChanged) -> Outgoing:
    """From a day on another amount is paid, or otherwise."""
    return Outgoing(_dated(support.SubsidyChangedV1, fact), fact.number, fact.landlord)


def _dated(model: type[Dated], fact: SubsidyCommitted) -> Dated:
    return model(
        referral=fact.referral,
        subsidy=fact.subsidy,
        amount=Money(amount=fact.amount, currency=fact.currency),
        frequency=PayFrequency(fact.frequency.value),
        first_on=fact.first_on,
        counted_from=fact.counted_from,
        last_on=fact.last_on,
    )


@EVENTS.publishes(SubsidyEnded)
def subsidy_ended(fact: SubsidyEnded) -> Outgoing:
    """Nothing is paid after a day."""
    event = support.SubsidyEndedV1(referral=fact.referral, subsidy=fact.subsidy, last_on=fact.last_on)
    return Outgoing(event, fact.number, fact.landlord)
