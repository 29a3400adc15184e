"""Leases of homes that were held for another applicant, so that somebody reads what followed (F2, T4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from chassis.tx import ReadTx
from chassis.usecase import query
from tenancy_svc.homes.model import Hold, Home
from tenancy_svc.leases.feature import VIEW_LEASES
from tenancy_svc.leases.model import Lease, LeaseStatus
from tenancy_svc.leases.queries import crossed
from trade.due import CUT, Due, DueList, Urgency

SHOWN_FOR = dt.timedelta(days=14)


@query(VIEW_LEASES)
async def due(tx: ReadTx) -> DueList:
    """Return the leases of homes held for another, for two weeks after the inventory ended the hold."""
    rows: Iterable[Any] = await tx.execute(
        select(Lease, Home)
        .join(Hold, crossed(Lease))
        .outerjoin(Home, Home.unit == Lease.unit)
        .where(Lease.status == LeaseStatus.IN_FORCE, Hold.released_at > tx.now - SHOWN_FOR)
        .order_by(Hold.released_at)
        .limit(CUT)
    )
    return DueList.all_of(
        [
            Due(
                task="crossed_hold",
                urgency=Urgency.TODAY,
                page="lease",
                at={"lease_id": lease.id},
                name=str(lease.number),
                notes=(home.address_line,) if home is not None else (),
            )
            for lease, home in rows
        ]
    )
