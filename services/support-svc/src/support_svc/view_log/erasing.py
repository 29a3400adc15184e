"""The log of who looked is deleted when its period is over (X7)."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from uuid import UUID

from chassis.erasing import Expiring, count_views, delete_views
from chassis.tx import ReadTx, Tx
from support_svc.view_log.feature import RETAIN_VIEWS


def _end(tx: Tx | ReadTx, last: date) -> datetime:
    return datetime.combine(last + timedelta(days=1), time(), tx.runtime.time_zone)


async def _count(tx: Tx | ReadTx, last: date, spared: Collection[UUID]) -> int:
    return await count_views(tx, _end(tx, last), spared)


async def _delete(tx: Tx, last: date, spared: Collection[UUID]) -> int:
    return await delete_views(tx, _end(tx, last), spared)


_EXPIRING = Expiring(RETAIN_VIEWS, _count, _delete)


def expiring() -> Expiring:
    """What of this feature is deleted by itself when its period is over."""
    return _EXPIRING
