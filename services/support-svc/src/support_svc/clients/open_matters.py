"""What is open for a client, asked of every feature that can have something open (C1).

Clients know nothing of placements or stays: each such feature offers its own answer, and `wiring` puts them
together.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from chassis.tx import ReadTx, Tx


class MatterKind(StrEnum):
    """What can be open for a client."""

    PLACEMENT = "placement"
    HOME = "home"
    STAY = "stay"


@dataclass(frozen=True, slots=True)
class OpenMatter:
    """Something open for a client: `named` says which, `placement_id` where it is dealt with, if in one."""

    kind: MatterKind
    named: str
    placement_id: UUID | None = None


Offer = Callable[[Tx | ReadTx, UUID], Awaitable[Sequence[OpenMatter]]]
"""What one feature has open for a client."""

_offers: dict[str, Offer] = {}


def offer(feature: str, its: Offer) -> None:
    """Let `open_matters` ask a feature too; a feature has one offer."""
    _offers[feature] = its


async def open_matters(tx: Tx | ReadTx, client_id: UUID) -> list[OpenMatter]:
    """Return everything that is open for a client."""
    return [matter for its in _offers.values() for matter in await its(tx, client_id)]
