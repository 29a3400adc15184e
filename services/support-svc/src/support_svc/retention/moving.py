"""Moving legal holds and erasures when two records of one person are merged (C3, X7)."""

from collections.abc import Sequence

from sqlalchemy import delete, select

from chassis.errors import DomainError
from chassis.tx import ReadTx, Tx
from support_svc.clients.one_person import Moved, MovesRows, MovesToClient, Moving, Pair, Undoing
from support_svc.retention.model import ErasureAsked, ErasureRequest, LegalHold, RequestState, RetentionDue


class MovesRequests(MovesRows):
    """Erasures that were asked for; records that are about to be erased aren't merged."""

    async def obstacles(self, tx: Tx | ReadTx, pair: Pair) -> Sequence[DomainError]:
        """Refuse while it's to be decided about one of the records, or an erasure is about to happen."""
        open_ones = select(ErasureRequest.id).where(
            ErasureRequest.client_id.in_(pair.both), ErasureRequest.state != RequestState.REFUSED
        )
        return [] if await tx.scalar(open_ones.limit(1)) is None else [ErasureAsked()]


class ForgetsDueDays(Moving):
    """Days on which records are due, which are found again the next night."""

    columns = (RetentionDue.client_id,)

    async def move(self, tx: Tx, pair: Pair) -> Moved:
        """Forget the days of both records."""
        await tx.execute(delete(RetentionDue).where(RetentionDue.client_id.in_(pair.both)))
        return {}

    async def move_back(self, tx: Tx, undoing: Undoing, moved: Moved) -> None:
        """Forget the day of the record."""
        await tx.execute(delete(RetentionDue).where(RetentionDue.client_id.in_(undoing.both)))


_PARTS = (MovesRows(LegalHold.client_id), MovesRequests(ErasureRequest.client_id), ForgetsDueDays())


def moved_to_client() -> Sequence[MovesToClient]:
    """What of this feature is moved when two records of one person are merged."""
    return _PARTS
