"""Moves into the homes of third-party landlords, for the inventory (P7, U4)."""

from chassis.bus.events import Events
from chassis.publisher import Outgoing
from contracts import support
from support_svc.moving_in.model import HouseholdMovedIn

EVENTS = Events()


@EVENTS.publishes(HouseholdMovedIn)
def household_moved_in(fact: HouseholdMovedIn) -> Outgoing:
    """A household lives in a third-party landlord's home."""
    event = support.HouseholdMovedInV1(request=fact.request, unit=fact.unit, moved_in_on=fact.moved_in_on)
    return Outgoing(event, fact.number, fact.inventory)
