"""Draft leases whose signing has to be arranged or held (F2, T5)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import or_, select

from chassis.tx import ReadTx
from chassis.usecase import query
from tenancy_svc.applications.model import Application
from tenancy_svc.homes.model import Hold, Home, held_for, stands_at
from tenancy_svc.leases.feature import VIEW_LEASES
from tenancy_svc.leases.model import Lease, LeaseEdition, LeaseStatus, first_tenant, is_current_edition
from tenancy_svc.signings.model import Signing, scheduled
from trade.due import CUT, Due, DueList, Urgency, urgency_at


@query(VIEW_LEASES)
async def due(tx: ReadTx) -> DueList:
    """Return the leases that aren't signed yet and whose home is still held."""
    rows: Iterable[Any] = await tx.execute(
        select(Lease, Home, Signing, first_tenant())
        .join(LeaseEdition, is_current_edition())
        .outerjoin(Home, Home.unit == Lease.unit)
        .outerjoin(Signing, (Signing.lease_id == Lease.id) & scheduled())
        .join(Application, Application.id == Lease.application_id)
        .outerjoin(Hold, held_for(Application.unit.expression, Application.request.expression))
        .where(
            Lease.status == LeaseStatus.DRAFT,
            # Without its hold a household can't sign any more: what is left to do is due on its application.
            or_(Hold.request.is_(None), stands_at(tx.now)),
        )
        .order_by(Lease.id)
        .limit(CUT)
    )
    return DueList.all_of([_of(tx, *row) for row in rows])


def _of(tx: ReadTx, lease: Lease, home: Home | None, signing: Signing | None, name: str | None) -> Due:
    notes = tuple(note for note in (name, home.address_line if home is not None else "") if note)
    number = str(lease.number)
    if signing is None:
        return Due(
            task="arrange_signing",
            urgency=Urgency.TODAY,
            page="lease_signings",
            at={"lease_id": lease.id},
            name=number,
            notes=notes,
        )
    return Due(
        task="hold_signing",
        urgency=urgency_at(signing.starts_at, tx.now, tx.runtime.time_zone),
        page="signing",
        at={"signing_id": signing.id},
        name=number,
        by=signing.starts_at,
        notes=notes,
    )
