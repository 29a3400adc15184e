"""The service's part of the broker: its stream, what it may receive, what it grants to others, and the form
in which its facts leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.bus.events import events_of
from chassis.publisher import FormsPublisher
from contracts import envelope
from contracts.border import OwnBorder
from contracts.parties import RegisterFile
from contracts.words import Service
from units_svc.features import FEATURES
from units_svc.inventory.events import write_listings
from units_svc.settings import UnitsSettings

if TYPE_CHECKING:
    from chassis.tx import Tx

SERVICE = Service.UNITS


class UnitsPublisher(FormsPublisher):
    """Publishes what the inventory decides, listings also in bulk."""

    def __init__(self, party: str) -> None:
        super().__init__(party, SERVICE, envelope.write, events_of(FEATURES).forms)

    async def publish_listings(self, tx: Tx) -> int:
        """Publish the units in the temporary table `unit_to_publish`; return how many."""
        return await write_listings(tx, self.party, self.source)


def part_of_broker(settings: UnitsSettings) -> OwnBorder:
    """Return this service's part of the broker, with the register of parties from which it follows.

    Raises ValueError when the register can't be relied on, or has no such service of this party.
    """
    return OwnBorder.of(settings.entity, SERVICE, RegisterFile(settings.parties_file, settings.parties_keys))
