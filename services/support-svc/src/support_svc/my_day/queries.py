"""The front page: what is due and overdue for me (F2)."""

from sqlalchemy import ColumnElement, func, select

from chassis.tx import ReadTx
from chassis.usecase import query
from support_svc.access import Permission
from support_svc.consents.model import Consent
from support_svc.consents.queries import expiring
from support_svc.followups.queries import follow_ups_due
from support_svc.my_day.model import MyDay
from support_svc.placements.model import Placement, PlacementMember
from support_svc.placements.queries import holds_and_move_ins
from support_svc.signings.queries import signings_ahead


@query(Permission.VIEW_MY_DAY)
async def my_day(tx: ReadTx) -> MyDay:
    """What waits for the person who asks; somebody without a view of clients gets an empty day."""
    if not tx.runtime.access.permits(tx.actor, Permission.VIEW_PLACEMENTS):
        return MyDay((), (), (), ())
    me = tx.actor.subject
    return MyDay(
        follow_ups=tuple(await follow_ups_due(tx, me)),
        placements=tuple(await holds_and_move_ins(tx, me)),
        signings=tuple(await signings_ahead(tx, me)),
        consents=tuple(await expiring(tx, _reminded() == me)),
    )


def _reminded() -> ColumnElement[str]:
    """Who is reminded of a consent: the caseworker of the person's placement, else who took it."""
    caseworker = (
        select(Placement.caseworker)
        .join(PlacementMember, PlacementMember.placement_id == Placement.id)
        .where(PlacementMember.client_id == Consent.client_id, PlacementMember.active)
        .correlate(Consent)
        .scalar_subquery()
    )
    return func.coalesce(caseworker, Consent.taken_by)
