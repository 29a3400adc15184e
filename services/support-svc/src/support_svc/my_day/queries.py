"""The front page: what is due and overdue for me (F2)."""

from chassis.tx import ReadTx
from chassis.usecase import query
from support_svc.access import Permission
from support_svc.consents.queries import expiring_consents
from support_svc.followups.queries import follow_ups_due
from support_svc.my_day.model import MyDay
from support_svc.placements.queries import holds_and_move_ins
from support_svc.signings.model import SigningState
from support_svc.signings.queries import signings


@query(Permission.VIEW_MY_DAY)
async def my_day(tx: ReadTx) -> MyDay:
    """What waits for the person who asks; somebody without a view of clients gets an empty day."""
    if not tx.runtime.access.permits(tx.actor, Permission.VIEW_PLACEMENTS):
        return MyDay((), (), (), ())
    me = tx.actor.subject
    ahead = [one for one in await signings(tx, me) if one.state is SigningState.SCHEDULED]
    return MyDay(
        follow_ups=tuple(await follow_ups_due(tx, me)),
        placements=tuple(await holds_and_move_ins(tx, me)),
        signings=tuple(one for one in ahead if one.starts_at is not None and one.starts_at >= tx.now),
        consents=tuple(await expiring_consents(tx, me)),
    )
