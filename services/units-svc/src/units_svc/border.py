"""The service's part of the broker: its stream, what it may receive, what it grants to others, and the form
in which its facts leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.bus.events import events_of
from chassis.publisher import FormsPublisher
from contracts import envelope
from contracts.border import OwnBorder
from contracts.words import Service
from units_svc.features import FEATURES
from units_svc.inventory.events import write_listings

if TYPE_CHECKING:
    from chassis.tx import Tx

BORDER = OwnBorder(Service.UNITS)


class UnitsPublisher(FormsPublisher):
    """Publishes what the inventory decides, listings also in bulk."""

    def __init__(self, entity: str) -> None:
        super().__init__(f"/{entity}/units", envelope.write, events_of(FEATURES).forms)

    async def publish_listings(self, tx: Tx) -> int:
        """Publish the units in the temporary table `unit_to_publish`; return how many."""
        return await write_listings(tx, self.source)
