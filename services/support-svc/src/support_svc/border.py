"""The service's part of the broker: its stream, its grants in both directions, and its published events."""

from chassis.bus.events import events_of
from chassis.publisher import FormsPublisher
from contracts import envelope
from contracts.border import OwnBorder
from contracts.parties import RegisterFile
from contracts.words import Service
from support_svc.features import FEATURES
from support_svc.settings import Settings

SERVICE = Service.SUPPORT


def publisher(party: str) -> FormsPublisher:
    """Return what publishes this service's facts for the party that runs it."""
    return FormsPublisher(party, SERVICE, envelope.write, events_of(FEATURES).forms)


def part_of_broker(settings: Settings) -> OwnBorder:
    """Return this service's part of the broker, with the register of parties from which it follows.

    Raises ValueError when the register can't be relied on, or has no such service of this party.
    """
    return OwnBorder.of(settings.entity, SERVICE, RegisterFile(settings.parties_file, settings.parties_keys))
