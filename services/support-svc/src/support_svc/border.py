"""The service's part of the broker: its stream, its grants in both directions, and its published events."""

from chassis.bus.events import events_of
from chassis.publisher import FormsPublisher
from contracts import envelope
from contracts.border import OwnBorder
from contracts.words import Service
from support_svc.features import FEATURES

BORDER = OwnBorder(Service.SUPPORT)


def publisher(entity: str) -> FormsPublisher:
    """Return what publishes this service's facts for the legal entity that runs it."""
    return FormsPublisher(f"/{entity}/support", envelope.write, events_of(FEATURES).forms)
