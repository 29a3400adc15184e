"""Moves out of the homes of third-party landlords, for the inventory (P8, U4)."""

from chassis.bus.events import Events
from chassis.publisher import Outgoing
from contracts import support
from support_svc.followups.model import HouseholdMovedOut

EVENTS = Events()


@EVENTS.publishes(HouseholdMovedOut)
def household_moved_out(fact: HouseholdMovedOut) -> Outgoing:
    """A household left a third-party landlord's home."""
    event = support.HouseholdMovedOutV1(request=fact.request, unit=fact.unit, moved_out_on=fact.moved_out_on)
    return Outgoing(event, fact.number, fact.inventory)
