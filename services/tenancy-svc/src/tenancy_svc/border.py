"""The service's part of the broker: its stream, what it receives, what others may receive, and its events.

From support it receives nothing but a referral, its withdrawal, the withdrawal of its contact, and whether an
advocate comes to a signing (W2).
"""

from __future__ import annotations

from chassis.bus.events import events_of
from chassis.publisher import FormsPublisher
from contracts import envelope
from contracts.border import OwnBorder
from contracts.words import Service
from tenancy_svc.features import FEATURES

BORDER = OwnBorder(Service.TENANCY)


def publisher(entity: str) -> FormsPublisher:
    """Return what publishes this service's facts for the legal entity that runs it."""
    return FormsPublisher(f"/{entity}/tenancy", envelope.write, events_of(FEATURES).forms)
