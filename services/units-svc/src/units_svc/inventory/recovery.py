"""Continuing from what a lost database had published about homes, after an older one was restored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from units_svc.inventory.model import Unit
from units_svc.publishing import publish_listings

if TYPE_CHECKING:
    from chassis.bus.healing import TakenBack
    from chassis.tx import Tx


async def follow_taken_back(tx: Tx, taken_back: Sequence[TakenBack]) -> None:
    """Number the listings of homes on from the last one published, and publish them as they stand here.

    Otherwise the next change of such a home would carry a number that other services have seen, and be
    ignored.
    """
    last: dict[object, int] = {}
    for event in taken_back:
        last[event.aggregate] = max(event.version, last.get(event.aggregate, 0))
    for unit, version in last.items():
        await tx.execute(
            update(Unit)
            .where(Unit.id == unit, Unit.listing_version < version)
            .values(listing_version=version)
        )
    await publish_listings(tx, select(Unit.id).where(Unit.id.in_(list(last))))
