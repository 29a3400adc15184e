"""The service's part of the broker: its stream, what it receives, what others may receive, and its events.

From support it receives nothing but a referral, its withdrawal, the withdrawal of its contact, and whether an
advocate comes to a signing (W2).
"""

from __future__ import annotations

from chassis.bus.events import events_of
from chassis.publisher import FormsPublisher
from contracts import envelope
from contracts.border import OwnBorder
from contracts.parties import RegisterFile
from contracts.words import Service
from tenancy_svc.features import FEATURES
from tenancy_svc.settings import TenancySettings

SERVICE = Service.TENANCY


def publisher(party: str) -> FormsPublisher:
    """Return what publishes this service's facts for the party that runs it."""
    return FormsPublisher(party, SERVICE, envelope.write, events_of(FEATURES).forms)


def part_of_broker(settings: TenancySettings) -> OwnBorder:
    """Return this service's part of the broker, with the register of parties from which it follows.

    Raises ValueError when the register can't be relied on, or has no such service of this party.
    """
    return OwnBorder.of(settings.entity, SERVICE, RegisterFile(settings.parties_file, settings.parties_keys))
