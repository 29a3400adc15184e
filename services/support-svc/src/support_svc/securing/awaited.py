"""What the search for a home waits for: the inventory's answer, and a landlord's to a referral (F4)."""

from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, func, select

from chassis.tx import ReadTx
from support_svc.awaited import Awaited
from support_svc.clients.finding import may_see
from support_svc.clients.model import Client
from support_svc.placements.model import Placement, SecuringState, TimelineEntry, TimelineKind
from support_svc.securing.model import Securing


def awaited(tx: ReadTx) -> list[Awaited]:
    """Return the requests and the referrals that nobody has answered."""
    asked = (
        select(Client, Placement.id)
        .select_from(Securing)
        .join(Placement, Placement.id == Securing.placement_id)
        .join(Client, Client.id == Placement.client_id)
        .where(may_see(tx))
    )
    referred_at = (
        select(func.max(TimelineEntry.at))
        .where(
            TimelineEntry.placement_id == Securing.placement_id, TimelineEntry.kind == TimelineKind.REFERRED
        )
        .correlate(Securing)
        .scalar_subquery()
    )
    return [
        Awaited(
            task="ask_inventory_again",
            page="placement",
            parameter="placement_id",
            statement=asked.where(Securing.state == SecuringState.ASKED),
            asked_at=Securing.asked_at,
            caseworker=Placement.caseworker,
            id=Securing.request,
        ),
        Awaited(
            task="ask_landlord_again",
            page="placement",
            parameter="placement_id",
            statement=asked.where(
                Securing.state == SecuringState.HELD,
                Securing.referral.is_not(None),
                Securing.referral_withdrawn_at.is_(None),
                Securing.application.is_(None),
            ),
            asked_at=cast("ColumnElement[datetime]", referred_at),
            caseworker=Placement.caseworker,
            id=func.coalesce(Securing.referral, Securing.request),
        ),
    ]
