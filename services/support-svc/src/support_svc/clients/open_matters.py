"""What is open for a client, asked of every feature that can have something open (C1).

Clients know nothing of placements or stays: each such feature offers its own answer.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from chassis.feature import offers_of
from chassis.tx import ReadTx, Tx


class MatterKind(StrEnum):
    """What can be open for a client."""

    PLACEMENT = "placement"
    HOME = "home"
    STAY = "stay"
    PREVENTION = "prevention"


@dataclass(frozen=True, slots=True)
class OpenMatter:
    """Something open for a client: `named` identifies it; it's closed in the record of the id, if any."""

    kind: MatterKind
    named: str
    placement_id: UUID | None = None
    prevention_id: UUID | None = None


Open = Callable[[Tx | ReadTx, UUID], Awaitable[Sequence[OpenMatter]]]
"""What one feature has open for a client; a feature offers it as `open_matters`."""


async def open_matters(tx: Tx | ReadTx, client_id: UUID) -> list[OpenMatter]:
    """Return everything that is open for a client, by its kind."""
    asked: list[Open] = offers_of(tx.runtime.features, "open_matters")
    found = [matter for its in asked for matter in await its(tx, client_id)]
    return sorted(found, key=lambda matter: list(MatterKind).index(matter.kind))
