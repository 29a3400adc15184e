"""The log of who looked is deleted when its period is over (X7)."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, select

from chassis.db.tables import access_log
from chassis.erasing import Expiring
from chassis.tx import ReadTx, Tx
from support_svc.view_log.feature import RETAIN_VIEWS


def _over(tx: Tx | ReadTx, last: date, spared: Collection[UUID]) -> ColumnElement[bool]:
    end = datetime.combine(last + timedelta(days=1), time(), tx.runtime.time_zone)
    return and_(access_log.c.at < end, access_log.c.record_id.not_in([str(one) for one in spared]))


async def _count(tx: Tx | ReadTx, last: date, spared: Collection[UUID]) -> int:
    count = select(func.count()).select_from(access_log).where(_over(tx, last, spared))
    return await tx.scalar(count) or 0


async def _delete(tx: Tx, last: date, spared: Collection[UUID]) -> int:
    gone = await tx.execute(delete(access_log).where(_over(tx, last, spared)).returning(access_log.c.id))
    return len(gone.all())


_EXPIRING = Expiring(RETAIN_VIEWS, _count, _delete)


def expiring() -> Expiring:
    """What of this feature is deleted by itself when its period is over."""
    return _EXPIRING
